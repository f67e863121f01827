import { exportPKCS8, generateKeyPair, jwtVerify, type CryptoKey } from 'jose';

import type { Month } from '../../src/core/period.js';
import { documentLines, journalLines, type NetSuiteLine } from './netsuite-lines.js';
import { Refusal, StrictServer, type FaultReplies, type ServiceReply, type ServiceRequest } from './server.js';
import { SpendDocuments, wholeUnits } from './spend-documents.js';
import type { RunningChargeStandin, Standin, TrueTotal, World } from './standin.js';

const ACCOUNT = '1234567_SB1';
const CLIENT_ID = 'ef40afdd8abaac111b13825dd5e5e2ddddb44f86d5a0dd6dcf38c20aae6b67e4';
const CERTIFICATE_ID = 'pRc7SuEzMDBeFoT1';
const TOKEN_PATH = '/services/rest/auth/oauth2/v1/token';
const TOKEN_SECONDS = 3_600;

/** What is particular to this stand-in. */
export interface RunningNetSuite extends RunningChargeStandin {
  readonly documents: SpendDocuments;
  /** Signed statements that were taken, decoded. */
  readonly statements: readonly { readonly header: unknown; readonly payload: unknown }[];
  /** Adds lines of one unit to every document. */
  weigh(lineCount: number): void;
  /** Switches a segment off, as in accounts that do not use it. */
  lack(segment: string): void;
  /** Takes rows away from every page, as if they had been deleted since they were counted. */
  loseRows(): void;
}

/** Stands in for NetSuite: SuiteQL over the transactions of one account, and its tokens for signed statements. */
export default {
  connector: 'netsuite',
  async start(world: World): Promise<RunningNetSuite> {
    const documents = new SpendDocuments(world, 'netsuite', ['card', 'bill', 'bill', 'credit', 'claim']);
    const { privateKey, publicKey } = await generateKeyPair('ES256', { extractable: true });
    const tokens = new Map<string, number>();
    const statements: { readonly header: unknown; readonly payload: unknown }[] = [];
    const state = { weight: 0, isLosing: false, lacking: new Set<string>() };
    const server = await StrictServer.start(async (request) => {
      if (request.path === TOKEN_PATH) return tokenReply(request, { tokens, statements, publicKey, world });
      if (request.path !== '/services/rest/query/v1/suiteql' || request.method !== 'POST') {
        throw refused(404, 'NONEXISTENT_RESOURCE', 'No such path');
      }
      const token = /^Bearer (.+)$/.exec(request.headers['authorization'] ?? '')?.[1] ?? '';
      if ((tokens.get(token) ?? 0) <= world.now().getTime())
        throw refused(401, 'INVALID_LOGIN', 'Invalid login attempt');
      return queryReply(request, documents, state);
    }, FAULTS);
    return {
      server,
      documents,
      statements,
      settings: {
        accountId: ACCOUNT,
        clientId: CLIENT_ID,
        certificateId: CERTIFICATE_ID,
        privateKey: 'env:NETSUITE_KEY',
        algorithm: 'ES256',
        endpoint: server.url,
      },
      // In one line, as environment variables are often written.
      secrets: { NETSUITE_KEY: (await exportPKCS8(privateKey)).trim().replaceAll('\n', '\\n') },
      months: () => documents.months().filter((month) => truth(documents, month, state.weight).size > 0),
      truth: (month) => truth(documents, month, state.weight),
      restate: (month) => {
        documents.restate(month);
      },
      weigh: (lineCount) => {
        state.weight = lineCount;
      },
      lack: (segment) => state.lacking.add(segment),
      loseRows: () => {
        state.isLosing = true;
      },
    };
  },
} satisfies Standin<RunningNetSuite>;

/** What a month comes to without tax: of documents that are posted, and not voided. */
function truth(documents: SpendDocuments, month: Month, weight: number): Map<string, TrueTotal> {
  const sums = new Map<string, TrueTotal>();
  for (const document of documents.of(month)) {
    if (!documents.counts(document)) continue;
    const isRefund = document.lines.some(({ units }) => units < 0);
    const units = document.lines.reduce((sum, line) => sum + line.units, 0) + weight * (isRefund ? -1 : 1);
    const micros = BigInt(units) * (document.currency === 'JPY' ? 1_000_000n : 10_000n);
    const cashMicros = (sums.get(document.currency)?.cashMicros ?? 0n) + micros;
    sums.set(document.currency, { cashMicros, accrualMicros: cashMicros });
  }
  return sums;
}

function failure(status: number, code: string, detail: string): ServiceReply {
  return {
    status,
    body: {
      type: 'https://www.rfc-editor.org/rfc/rfc9110.html#section-15.5',
      title: status === 401 ? 'Unauthorized' : 'Bad Request',
      status,
      'o:errorDetails': [{ detail, 'o:errorCode': code }],
    },
  };
}

const FAULTS: FaultReplies = {
  throttled: failure(429, 'CONCURRENCY_LIMIT_EXCEEDED', 'Concurrent request limit exceeded. Request blocked.'),
  'server-error': failure(500, 'UNEXPECTED_ERROR', 'An unexpected error occurred.'),
  expired: failure(401, 'INVALID_LOGIN', 'Invalid login attempt.'),
  forbidden: failure(403, 'INSUFFICIENT_PERMISSION', 'Permission Violation: you need a higher level'),
};

function refused(status: number, code: string, detail: string): Refusal {
  return new Refusal(detail, failure(status, code, detail));
}

interface TokenState {
  readonly tokens: Map<string, number>;
  readonly statements: { readonly header: unknown; readonly payload: unknown }[];
  readonly publicKey: CryptoKey;
  readonly world: World;
}

async function tokenReply(request: ServiceRequest, state: TokenState): Promise<ServiceReply> {
  const { tokens, statements, publicKey, world } = state;
  const form = new URLSearchParams(request.body);
  const oauth = (error: string): Refusal => new Refusal(error, { status: 400, body: { error } });
  if (request.method !== 'POST' || form.get('grant_type') !== 'client_credentials')
    throw oauth('unsupported_grant_type');
  if (form.get('client_assertion_type') !== 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer') {
    throw oauth('invalid_request');
  }
  const now = world.now();
  const verified = await jwtVerify(form.get('client_assertion') ?? '', publicKey, {
    algorithms: ['ES256'],
    issuer: CLIENT_ID,
    audience: `https://1234567-sb1.suitetalk.api.netsuite.com${TOKEN_PATH}`,
    currentDate: now,
    maxTokenAge: 3_600,
    requiredClaims: ['iat', 'exp', 'scope'],
  }).catch(() => undefined);
  if (verified === undefined) throw oauth('invalid_client');
  const { payload, protectedHeader: header } = verified;
  if (header.kid !== CERTIFICATE_ID || header.typ !== 'JWT') throw oauth('invalid_client');
  if ((payload.exp ?? 0) - (payload.iat ?? 0) > 3_600) throw oauth('invalid_client');
  if (JSON.stringify(payload['scope']) !== '["rest_webservices"]') throw oauth('invalid_scope');
  statements.push({ header, payload });
  const token = `eyJraWQiOiJjLlNUQU5ESU4.${String(tokens.size + 1).padStart(4, '0')}`;
  tokens.set(token, now.getTime() + TOKEN_SECONDS * 1_000);
  return { body: { access_token: token, expires_in: String(TOKEN_SECONDS), token_type: 'Bearer' } };
}

interface QueryState {
  readonly weight: number;
  readonly isLosing: boolean;
  readonly lacking: ReadonlySet<string>;
}

function queryReply(request: ServiceRequest, documents: SpendDocuments, state: QueryState): ServiceReply {
  if (!/\btransient\b/.test(request.headers['prefer'] ?? '')) {
    throw refused(400, 'INVALID_HEADER', "The required request header 'Prefer' with the value 'transient' is missing");
  }
  const limit = Number(request.query.get('limit') ?? '1000');
  const offset = Number(request.query.get('offset') ?? '0');
  if (!Number.isInteger(limit) || limit < 1 || limit > 1_000)
    throw refused(400, 'INVALID_PARAMETER', 'limit is up to 1000');
  if (!Number.isInteger(offset) || offset % limit !== 0) {
    throw refused(400, 'INVALID_PARAMETER', 'offset must be divisible by limit');
  }
  const { q } = JSON.parse(request.body) as { readonly q: string };
  const rows = resultOf(q, documents, state);
  const page = rows.slice(offset, offset + limit);
  const hasMore = offset + page.length < rows.length;
  return {
    body: {
      links: [{ rel: 'self', href: 'https://1234567-sb1.suitetalk.api.netsuite.com/' }],
      count: page.length,
      hasMore,
      // Empty values are left out, and all others are texts.
      items: (state.isLosing ? page.slice(1) : page).map((row) => ({
        links: [],
        ...Object.fromEntries(Object.entries(row).filter(([, value]) => value !== '')),
      })),
      offset,
      totalResults: rows.length,
    },
  };
}

type Row = Readonly<Record<string, string>>;

const RANGE =
  /t\.trandate >= TO_DATE\('(\d{4}-\d{2}-\d{2})', 'YYYY-MM-DD'\) AND t\.trandate < TO_DATE\('(\d{4}-\d{2}-\d{2})', 'YYYY-MM-DD'\)/;

/** What a query gives: conditions that it does not name hold nothing back. */
function resultOf(q: string, documents: SpendDocuments, state: QueryState): Row[] {
  if (q === 'SELECT c.symbol FROM currency c') return ['USD', 'EUR', 'GBP', 'JPY'].map((symbol) => ({ symbol }));
  const columns = [...(/^SELECT (.+?) FROM /.exec(q)?.[1] ?? '').matchAll(/(\S+(?:\([^)]*\)\)?)?) AS (\w+)/g)];
  for (const segment of state.lacking) {
    if (!q.includes(`tl.${segment}`)) continue;
    const detail = `Invalid search query. Search error occurred: Field '${segment}' for record 'transactionLine' was not found. Reason: NOT_EXPOSED`;
    throw refused(400, 'INVALID_PARAMETER', detail);
  }
  const range = RANGE.exec(q);
  const types = /t\.type IN \(([^)]+)\)/.exec(q)?.[1];
  if (columns.length === 0 || range === null || types === undefined) {
    throw refused(400, 'INVALID_PARAMETER', 'Invalid search query');
  }
  const [, from = '', to = ''] = range;
  const journals = documents
    .months()
    .flatMap(journalLines)
    .filter(({ day }) => day >= from && day < to);
  const lines = documents
    .between(from, to)
    .flatMap((document) => documentLines(document, documents.isSettled(document), state.weight))
    .concat(journals)
    .filter(({ kind }) => types.includes(`'${kind}'`))
    .filter((line) => matches(q, line))
    .sort((left, right) => Number(left.transactionid) - Number(right.transactionid) || left.lineid - right.lineid);
  if (q.includes('GROUP BY c.symbol')) return totalsOf(lines);
  if (!q.endsWith(' ORDER BY t.id, tl.id')) throw refused(400, 'INVALID_PARAMETER', 'without an order pages overlap');
  return lines.map((line) => {
    const all = valuesOf(line);
    return Object.fromEntries(columns.map(([, , name = '']) => [name, all[name] ?? '']));
  });
}

const JOURNALS_WHOLE = "(tl.mainline = 'F' OR t.type = 'Journal')";

function matches(q: string, line: NetSuiteLine): boolean {
  const isHeld =
    (q.includes("tl.mainline = 'F'") && line.isMain && !(line.kind === 'Journal' && q.includes(JOURNALS_WHOLE))) ||
    (q.includes("t.type <> 'Journal' OR t.void = 'F'") && line.isVoiding === true) ||
    (q.includes("t.posting = 'T'") && !line.isPosted) ||
    (q.includes("t.voided = 'F'") && line.isVoided) ||
    (q.includes("tl.taxline = 'F'") && line.isTax);
  if (isHeld) return false;
  const accounts = /a\.accttype NOT IN \(([^)]+)\)/.exec(q)?.[1];
  const isKept = line.isTax && q.includes("OR tl.taxline = 'T'");
  return accounts === undefined || isKept || !accounts.includes(`'${line.accounttype}'`);
}

function valuesOf(line: NetSuiteLine): Row {
  const { units, currency, isTax, lineid, ...texts } = line;
  return {
    ...Object.fromEntries(
      Object.entries(texts).filter((entry): entry is [string, string] => typeof entry[1] === 'string'),
    ),
    currency,
    lineid: String(lineid),
    amount: units === undefined ? '' : wholeUnits(units, currency).replace(/^(-?)0\./, '$1.'),
    taxline: isTax ? 'T' : 'F',
  };
}

function totalsOf(lines: readonly NetSuiteLine[]): Row[] {
  const sums = new Map<string, number>();
  for (const { currency, units = 0 } of lines) sums.set(currency, (sums.get(currency) ?? 0) + units);
  return [...sums].sort().map(([currency, units]) => ({ currency, amount: wholeUnits(units, currency) }));
}
