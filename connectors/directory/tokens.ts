import { z } from 'zod';

import { ServiceError } from '../../src/connector/problems.js';
import type { DirectoryContext } from './reader.js';

/** A token is renewed so long before it expires. */
const RENEWED_BEFORE_MS = 5 * 60_000;

/** What every token endpoint of OAuth answers. */
export const tokenReply = z.object({ access_token: z.string().min(1), expires_in: z.coerce.number().positive() });
export type TokenReply = z.infer<typeof tokenReply>;

/** Keeps the token of a run, and gets a new one in time. */
export class TokenKeeper {
  readonly #context: DirectoryContext;
  readonly #ask: () => Promise<TokenReply>;
  #kept: { readonly value: string; readonly renewAtMs: number } | undefined;

  private constructor(context: DirectoryContext, ask: () => Promise<TokenReply>) {
    this.#context = context;
    this.#ask = ask;
  }

  /** The keeper of the run. */
  static of(context: DirectoryContext, ask: () => Promise<TokenReply>): Promise<TokenKeeper> {
    return context.once('token', () => Promise.resolve(new TokenKeeper(context, ask)));
  }

  /** Sends a request with the token; where it is not accepted, because it was withdrawn or has expired, once more with a new one. */
  async with<Reply>(send: (token: string) => Promise<Reply>): Promise<Reply> {
    const token = await this.#token();
    try {
      return await send(token);
    } catch (error) {
      if (!(error instanceof ServiceError) || error.kind !== 'credentials') throw error;
      this.#kept = undefined;
      return send(await this.#token());
    }
  }

  async #token(): Promise<string> {
    const nowMs = this.#context.now().getTime();
    if (this.#kept !== undefined && nowMs < this.#kept.renewAtMs) return this.#kept.value;
    const { access_token: value, expires_in: seconds } = await this.#ask();
    this.#context.keepSecret(value);
    this.#kept = { value, renewAtMs: nowMs + seconds * 1000 - RENEWED_BEFORE_MS };
    return value;
  }
}
