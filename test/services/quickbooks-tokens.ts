import { Refusal, type ServiceReply, type ServiceRequest } from './server.js';

const ACCESS_SECONDS = 3_600;
const DAY_MS = 86_400_000;

/** Intuit's tokens: a new refresh token every day, and the one before it good for a day more. */
export class QuickBooksTokens {
  readonly #now: () => Date;
  readonly #basic: string;
  readonly #refresh: { readonly value: string; readonly atMs: number }[];
  readonly #access = new Map<string, number>();

  /** @param client client id and secret, joined by a colon */
  constructor(now: () => Date, client: string) {
    this.#now = now;
    this.#basic = `Basic ${Buffer.from(client).toString('base64')}`;
    // Older than a day, so that the first use brings a new one.
    this.#refresh = [{ value: refreshValue(0), atMs: now().getTime() - 2 * DAY_MS }];
  }

  /** The newest refresh token. */
  get refreshToken(): string {
    return this.#refresh.at(-1)?.value ?? '';
  }

  isGood(authorization: string | undefined): boolean {
    const token = /^Bearer (.+)$/.exec(authorization ?? '')?.[1] ?? '';
    return (this.#access.get(token) ?? 0) > this.#now().getTime();
  }

  /** Makes every token that was given invalid. */
  revoke(): void {
    this.#access.clear();
    this.#refresh.push({ value: 'revoked', atMs: 0 }, { value: 'revoked too', atMs: this.#now().getTime() });
  }

  answer(request: ServiceRequest): ServiceReply {
    const form = new URLSearchParams(request.body);
    const refusal = (status: number, error: string): Refusal => new Refusal(error, { status, body: { error } });
    if (request.method !== 'POST' || request.path !== '/oauth2/v1/tokens/bearer') throw refusal(404, 'not_found');
    if (request.headers['authorization'] !== this.#basic) throw refusal(401, 'invalid_client');
    if (form.get('grant_type') !== 'refresh_token') throw refusal(400, 'unsupported_grant_type');
    const nowMs = this.#now().getTime();
    const latest = this.#refresh.at(-1);
    const before = this.#refresh.at(-2);
    const given = form.get('refresh_token');
    const isBeforeGood = given === before?.value && nowMs - (latest?.atMs ?? 0) < DAY_MS;
    if (given !== latest?.value && !isBeforeGood) throw refusal(400, 'invalid_grant');
    if (nowMs - (latest?.atMs ?? 0) >= DAY_MS) {
      this.#refresh.push({ value: refreshValue(this.#refresh.length), atMs: nowMs });
    }
    const access = `eyJlbmMiOiJBMTI4.StandIn.${String(this.#access.size + 1).padStart(4, '0')}`;
    this.#access.set(access, nowMs + ACCESS_SECONDS * 1_000);
    return {
      body: {
        token_type: 'bearer',
        access_token: access,
        expires_in: ACCESS_SECONDS,
        refresh_token: this.refreshToken,
        x_refresh_token_expires_in: 8_726_400,
      },
    };
  }
}

function refreshValue(number: number): string {
  return `RT1-StandIn-${String(number).padStart(6, '0')}`;
}
