import type { RejectedRow } from '../core/batch.js';
import type { LineTexts } from '../core/charge.js';
import type { IsoDate } from '../core/date.js';
import type { DecimalText, Micros } from '../core/money.js';
import type { Declaration, ProgressState } from './contract.js';
import type { HttpClient } from './http.js';
import type { ServiceProblem } from './problems.js';
import type { SecretName } from './secret.js';

/** What a connector declares of its service, for the runner and for `spendshift doctor`. */
export interface ServiceFacts {
  /** What may be done with the credentials, and nothing more: each has a verdict in `check`. */
  readonly permissions: readonly Permission[];
  /** The permissions as the service wants them granted, ready to paste: an IAM policy, a list of scopes. */
  readonly grant: string;
  /** Time between two requests, from the service's limits; 0 where it states none that matters. */
  readonly requestIntervalMs: number;
  /** Price of one request, where it has one. */
  readonly requestPrice?: { readonly micros: Micros; readonly currency: string };
  /** How long one request may take; 60 seconds where nothing else is stated. */
  readonly requestTimeoutMs?: number;
}

export interface Permission {
  /** As the service calls it: `ce:GetCostAndUsage`. */
  readonly id: string;
  /** What it is for, in words. */
  readonly why: string;
  /** False where the connector does without, with less evidence. */
  readonly required: boolean;
}

/** Whether a permission is there, and what to do if not. */
export interface Verdict {
  /** The `id` of the permission. */
  readonly permission: string;
  readonly granted: boolean;
  /** What was seen: `3 accounts`, or the service's refusal in plain words. */
  readonly detail: string;
  /** What to do about it, as a sentence; for permissions that are not granted. */
  readonly hint?: string;
}

/** What a connector to a service may use. All effects come by parameter. */
export interface ServiceContext<Settings> {
  readonly sourceId: string;
  readonly settings: Settings;
  /** Absolute path of the workspace. */
  readonly workspaceFolder: string;
  /** Folder for temporary files, removed by the runner after the run. */
  readonly temporaryFolder: string;
  readonly now: () => Date;
  readonly signal: AbortSignal;
  readonly progress: (state: ProgressState) => void;
  /** The secret that a setting names. */
  readonly secret: (name: SecretName) => Promise<string>;
  /** Writes a new secret in the place of one kept in a file, where the service changes it with each use. */
  readonly replaceSecret: (name: SecretName, value: string) => Promise<void>;
  /** Counts a text as secret, so that it is in no message, log or archive: a token that was made from a secret. */
  readonly keepSecret: (value: string) => void;
  /**
   * Sends one request. The runner waits for its turn, counts its price against the ceilings, ends it after its time,
   * repeats it after failures that may pass, and archives the reply. Every request goes through it, each page of its own.
   *
   * @param request what is asked, for messages and the archive: `GetCostAndUsage 2026-10 by account and service, page 2`
   * @throws RetryableError when it still fails after all attempts, SourceError or SettingsError when repeating is useless.
   */
  readonly call: <Reply>(
    request: string,
    send: (signal: AbortSignal) => Promise<Reply>,
    options?: CallOptions,
  ) => Promise<Reply>;
  /** JSON over HTTPS for services without an SDK; each request goes through `call`. */
  readonly http: HttpClient;
  /** Remembers for the whole run what is made once: a client, a token, the names of accounts. */
  readonly once: <Value>(key: string, make: () => Promise<Value>) => Promise<Value>;
}

export interface CallOptions {
  /** Price of this request, in micro-units of the currency of `requestPrice`, where it differs; 0n for one that is free. */
  readonly priceMicros?: Micros;
  /** False for replies that carry secrets (tokens). */
  readonly archive?: boolean;
  /** Where it differs from the service's. */
  readonly timeoutMs?: number;
}

/** Days to pull: `from` is in it, `to` is not. In the connector's time zone. */
export interface PullWindow {
  readonly from: IsoDate;
  readonly to: IsoDate;
}

/** One charge as a service states it: spend positive, refunds and credits negative. */
export interface ServiceCharge {
  /** What the service says of the line; what is absent is empty. Never changed later: one object may serve many charges. */
  readonly texts: Partial<LineTexts>;
  /** Identifies the charge in the whole source, made of the service's own keys alone. */
  readonly key: string;
  /** What a person can look up at the service, such as the id of the transaction; empty when there is no such thing. */
  readonly reference: string;
  readonly day: IsoDate;
  /** ISO 4217, upper case. */
  readonly currency: string;
  readonly cash: DecimalText;
  /** Where the service spreads cost over time; as `cash` otherwise. */
  readonly accrual?: DecimalText;
}

/** A part of a pull, usually one page. */
export interface ServiceBatch {
  readonly charges: readonly ServiceCharge[];
  /** Rows that cannot be read; `file` names the request, `row` is the place in its reply, from 1. */
  readonly rejected?: readonly RejectedRow[];
  /** Rows that are no spend (declined, not settled), left out on purpose. */
  readonly skippedCount?: number;
}

/** What is known after the last page. */
export interface PullEnd {
  /** False while the service says that the figures of the window are an estimate; such windows are read again. */
  readonly isFinal: boolean;
  /**
   * True where the service has nothing of the window, not even that it is empty: a bill that is not made yet, or that was
   * removed. Charges that were read of it before stay.
   */
  readonly isAbsent?: boolean;
  /** The service's own totals of the window, asked apart from the charges; their sum counts where it has none. */
  readonly totals?: readonly {
    readonly currency: string;
    readonly cash: DecimalText;
    readonly accrual?: DecimalText;
  }[];
  /** Things worth a person's look that stopped nothing, in sentences. */
  readonly remarks: readonly string[];
}

/** Requests that a pull of one window will make, as far as can be told before. */
export interface PlannedRequest {
  /** What is asked, in words. */
  readonly what: string;
  /** At least so many; pages after the first are not known before. */
  readonly count: number;
  /** Price of all of them together, in the currency of `requestPrice`. */
  readonly priceMicros: Micros;
}

/** What every connector to a service has. */
export interface ServiceDeclaration<Settings> extends Declaration<Settings> {
  readonly service: ServiceFacts;
  /** Says of an error of the service or its SDK what the runner must do; undefined where only the general rules hold. */
  problemOf?(error: unknown): ServiceProblem | undefined;
  /** Tries each permission with the smallest request; throws only where nothing at all can be told. */
  check(context: ServiceContext<Settings>): Promise<readonly Verdict[]>;
}

/** A connector that gives charges of a live service, window by window. */
export interface ServiceConnector<Settings = unknown> extends ServiceDeclaration<Settings> {
  readonly feed: 'charges';
  readonly history: ServiceHistory;
  /** Whole months that can still be read, where it depends on the settings; instead of `history.monthsMax`. */
  monthsMax?(settings: Settings): number | undefined;
  /** The requests that reading a window will make; for services whose requests cost money. */
  plan?(context: ServiceContext<Settings>, window: PullWindow): Promise<readonly PlannedRequest[]>;
  /**
   * Reads the charges of a half-open window of days, each exactly once, as the service states them now. Pulling two
   * windows that meet gives what one pull over both gives.
   */
  pull(context: ServiceContext<Settings>, window: PullWindow): AsyncGenerator<ServiceBatch, PullEnd>;
}

/** How a service keeps its past. */
export interface ServiceHistory {
  /** The smallest stretch of time that charges are stated for. */
  readonly grain: 'day' | 'month';
  /** IANA name of the zone in which the service's days and months begin. */
  readonly timeZone: string;
  /** Days after the end of a month in which the service still changes it. */
  readonly restatementDays: number;
  /** Whole months before the current one that can still be read; undefined: all of them. */
  readonly monthsMax?: number;
}

/** Types a connector to a live service without losing its settings type. */
export function defineService<Settings>(
  connector: Omit<ServiceConnector<Settings>, 'feed'>,
): ServiceConnector<Settings> {
  return { ...connector, feed: 'charges' };
}
