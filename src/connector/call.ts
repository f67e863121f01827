import { RetryableError, SpendshiftError, type Mistake } from '../core/errors.js';
import { generalProblem, ServiceError, type ServiceProblem } from './problems.js';
import type { CallOptions, ServiceFacts } from './service.js';

/** Attempts at one request, the first included. */
export const ATTEMPTS_MAX = 6;
/** Wait before the second attempt; doubled before each further one, up to the longest, and shortened by chance. */
const BACKOFF_FIRST_MS = 1_000;
const BACKOFF_MAX_MS = 120_000;
/** A service that wants to be left alone for longer is asked again in the next run. */
const RETRY_AFTER_MAX_MS = 15 * 60_000;
/** No service wants to be left alone for longer in earnest. */
const LEFT_ALONE_MAX_MS = 24 * 60 * 60_000;
const REQUEST_TIMEOUT_MS = 60_000;
/** An error of a service is cut to so much in a message. */
const DETAIL_CHARACTERS_MAX = 500;

/** Where raw replies go. */
export interface ReplyArchive {
  add(request: string, reply: unknown): Promise<void>;
}

/** Counts what requests cost. */
export interface RequestMeter {
  /** Counts a request before it is sent. @throws SourceError when it would pass a ceiling. */
  charge(request: string, priceMicros: bigint): void;
}

/** What the caller needs of the world. */
export interface CallerOptions {
  readonly source: string;
  readonly facts: ServiceFacts;
  readonly problemOf?: ((error: unknown) => ServiceProblem | undefined) | undefined;
  readonly now: () => Date;
  /** Waits; ends at once when the signal does. */
  readonly sleep: (ms: number, signal: AbortSignal) => Promise<void>;
  /** A number from 0 to 1. */
  readonly random: () => number;
  readonly signal: AbortSignal;
  readonly redact: (text: string) => string;
  readonly meter: RequestMeter;
  readonly archive: ReplyArchive | undefined;
  /** Called before every attempt and after every wait: the run is alive. */
  readonly alive: () => void;
}

/** Sends requests one after the other by the rules of the service; see `ServiceContext.call`. */
export class ServiceCaller {
  readonly #options: CallerOptions;
  #lastSentMs = Number.NEGATIVE_INFINITY;

  constructor(options: CallerOptions) {
    this.#options = options;
  }

  readonly call = async <Reply>(
    request: string,
    send: (signal: AbortSignal) => Promise<Reply>,
    options: CallOptions = {},
  ): Promise<Reply> => {
    const { facts, meter, archive, signal, sleep } = this.#options;
    for (let attempt = 1; ; attempt += 1) {
      signal.throwIfAborted();
      await this.#waitForTurn();
      meter.charge(request, options.priceMicros ?? facts.requestPrice?.micros ?? 0n);
      let failure: unknown;
      try {
        const reply = await this.#send(send, options.timeoutMs ?? facts.requestTimeoutMs ?? REQUEST_TIMEOUT_MS);
        if (options.archive !== false) await archive?.add(request, reply);
        return reply;
      } catch (error) {
        failure = error;
      }
      await sleep(this.#waitAfter(request, failure, attempt), signal);
    }
  };

  /** How long to wait before the next attempt. @throws when there is to be none. */
  #waitAfter(request: string, failure: unknown, attempt: number): number {
    const { signal, random, problemOf, now } = this.#options;
    if (signal.aborted) throw signal.reason;
    if (failure instanceof SpendshiftError) throw failure;
    const problem = problemOf?.(failure) ?? generalProblem(failure) ?? unknownProblem(failure);
    if (problem.kind !== 'retry') throw this.errorOf(request, problem);
    const backoffMs = Math.min(BACKOFF_MAX_MS, BACKOFF_FIRST_MS * 2 ** (attempt - 1));
    // Half of the wait is fixed, half is chance, so that many clients do not come back at the same moment.
    // A service that says `at once`, or names a moment that is over, gets its rest all the same.
    const waitMs = problem.afterMs || Math.round(backoffMs * (0.5 + random() / 2));
    if (attempt < ATTEMPTS_MAX && waitMs <= RETRY_AFTER_MAX_MS) return waitMs;
    const tried = attempt === 1 ? 'once' : `${attempt} times`;
    const { message, ...mistake } = this.#mistake(request, problem);
    const { afterMs } = problem;
    const notBefore =
      afterMs === undefined ? undefined : new Date(now().getTime() + Math.min(afterMs, LEFT_ALONE_MAX_MS));
    throw new RetryableError({ ...mistake, message: `${message} (tried ${tried})` }, { notBefore });
  }

  /** The error that says of a request what is wrong with its answer. */
  errorOf(request: string, problem: ServiceProblem): ServiceError {
    return new ServiceError(this.#mistake(request, problem), problem.kind);
  }

  #mistake(request: string, problem: ServiceProblem): Mistake {
    const { redact, source } = this.#options;
    const detail = redact(problem.message).slice(0, DETAIL_CHARACTERS_MAX);
    const hint = problem.hint ?? HINTS[problem.kind];
    return { place: { source }, message: `${redact(request)}: ${detail}`, hint: redact(hint) };
  }

  async #waitForTurn(): Promise<void> {
    const { facts, now, sleep, signal, alive } = this.#options;
    const waitMs = this.#lastSentMs + facts.requestIntervalMs - now().getTime();
    // A clock that was put back must not make the run wait for hours.
    if (waitMs > 0) await sleep(Math.min(waitMs, facts.requestIntervalMs), signal);
    this.#lastSentMs = now().getTime();
    alive();
  }

  /** Sends with a time limit, also where the SDK does not heed the signal. */
  async #send<Reply>(send: (signal: AbortSignal) => Promise<Reply>, timeoutMs: number): Promise<Reply> {
    const { signal } = this.#options;
    const limit = new AbortController();
    const timer = setTimeout(() => {
      limit.abort(new DOMException('the service did not answer in time', 'TimeoutError'));
    }, timeoutMs);
    const stop = (): void => {
      limit.abort(signal.reason);
    };
    signal.addEventListener('abort', stop, { once: true });
    try {
      const ended = new Promise<never>((_resolve, reject) => {
        limit.signal.addEventListener('abort', () => {
          reject(limit.signal.reason as Error);
        });
      });
      return await Promise.race([send(limit.signal), ended]);
    } catch (error) {
      throw limit.signal.aborted ? limit.signal.reason : error;
    } finally {
      clearTimeout(timer);
      signal.removeEventListener('abort', stop);
    }
  }
}

/** The words of the innermost error: the outer ones say little more than that a request failed. */
function unknownProblem(error: unknown): ServiceProblem {
  let inner = error;
  while (inner instanceof Error && inner.cause instanceof Error && inner.cause.message !== '') inner = inner.cause;
  return { kind: 'refused', message: inner instanceof Error ? inner.message : String(inner) };
}

const HINTS: Readonly<Record<ServiceProblem['kind'], string>> = {
  retry: 'Nothing of this window was taken; it is read again in the next run.',
  credentials: 'The secret is wrong, or it has expired: make a new one and put it in its place.',
  permission: "Grant what the connector's README lists; `spendshift doctor` shows which permission is missing.",
  refused: "Compare the source's settings with the connector's README.",
  reply: 'The service may have changed: look for a newer version of Spendshift, or report this.',
};
