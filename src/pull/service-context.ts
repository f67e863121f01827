import { ServiceCaller, type ReplyArchive, type RequestMeter } from '../connector/call.js';
import type { ProgressState } from '../connector/contract.js';
import { asksThisMachine } from '../connector/endpoint.js';
import { httpClient } from '../connector/http.js';
import type { Secrets } from '../connector/secret.js';
import type { ServiceContext, ServiceDeclaration } from '../connector/service.js';
import type { ServiceEffects } from './effects.js';

/** What one run of a live source is made of. */
export interface ServiceRun {
  readonly sourceId: string;
  readonly connector: ServiceDeclaration<unknown>;
  readonly settings: unknown;
  readonly workspaceFolder: string;
  readonly temporaryFolder: string;
  readonly effects: ServiceEffects;
  readonly secrets: Secrets;
  readonly meter: RequestMeter;
  readonly archive: ReplyArchive | undefined;
  readonly progress: (state: ProgressState) => void;
  readonly signal: AbortSignal;
  /** Called before every request and after every wait. */
  readonly alive: () => void;
}

/** The connector's view of a run. */
export function serviceContext(run: ServiceRun): ServiceContext<unknown> {
  const { connector, effects, secrets, sourceId } = run;
  const place = { source: sourceId };
  const caller = new ServiceCaller({
    source: sourceId,
    facts: asksThisMachine(run.settings) ? { ...connector.service, requestIntervalMs: 0 } : connector.service,
    problemOf: connector.problemOf === undefined ? undefined : (error) => connector.problemOf?.(error),
    now: effects.now,
    sleep: effects.sleep,
    random: effects.random,
    signal: run.signal,
    redact: (text) => secrets.redact(text),
    meter: run.meter,
    archive: run.archive,
    alive: run.alive,
  });
  const made = new Map<string, Promise<unknown>>();
  return {
    sourceId,
    settings: run.settings,
    workspaceFolder: run.workspaceFolder,
    temporaryFolder: run.temporaryFolder,
    now: effects.now,
    signal: run.signal,
    // A long reading of files says that it is alive by its progress alone.
    progress: (state) => {
      run.alive();
      run.progress(state);
    },
    secret: (name) => secrets.read(name, place),
    replaceSecret: (name, value) => secrets.replace(name, value, place),
    keepSecret: (value) => {
      secrets.remember(value);
    },
    call: caller.call,
    http: httpClient(caller, effects.now),
    once: <Value>(key: string, make: () => Promise<Value>): Promise<Value> => {
      const known = made.get(key) as Promise<Value> | undefined;
      if (known !== undefined) return known;
      const value = make();
      made.set(key, value);
      // What failed is tried again when it is asked for again.
      value.catch(() => made.delete(key));
      return value;
    },
  };
}
