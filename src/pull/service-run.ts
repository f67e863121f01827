import type { ReplyArchive } from '../connector/call.js';
import type { ProgressState } from '../connector/contract.js';
import type { Secrets } from '../connector/secret.js';
import type { ServiceConnector, ServiceContext } from '../connector/service.js';
import { dayIn } from '../connector/values.js';
import type { ControlTotal, ReadingSummary } from '../core/batch.js';
import type { SourceKind } from '../core/charge.js';
import { SourceError, SpendshiftError } from '../core/errors.js';
import { fingerprint } from '../core/ids.js';
import type { Month } from '../core/period.js';
import type { Ledger } from '../ledger/ledger.js';
import type { WindowChange } from '../ledger/pull-writer.js';
import { removeOldReplies, WindowArchive, type ArchiveSettings } from './archive.js';
import { WindowCollector } from './collect.js';
import { dueMonths, windowOf, type DueMonths } from './due-months.js';
import type { ServiceEffects } from './effects.js';
import { withLease, type HeldLease } from './lease.js';
import { RunMeter, type Ceilings } from './meter.js';
import { serviceContext } from './service-context.js';

/** A live source to pull: what the workspace says of it and the connector that reads it. */
export interface LiveSource<Of = ServiceConnector> {
  readonly id: string;
  readonly kind: SourceKind;
  readonly title: string;
  readonly settings: unknown;
  readonly settingsFingerprint: string;
  readonly connector: Of;
  /** First month wanted. */
  readonly since: Month | undefined;
  readonly ceilings: Ceilings;
}

/** Effects a run of a live source needs. */
export interface LiveContext {
  readonly workspaceFolder: string;
  readonly temporaryFolder: string;
  readonly effects: ServiceEffects;
  readonly secrets: Secrets;
  readonly archive: ArchiveSettings | undefined;
  /** What earlier runs of this calendar month cost. */
  readonly spentThisMonthMicros: bigint;
  readonly progress: (state: ProgressState) => void;
  readonly signal: AbortSignal;
  /** Told after each window that is in the ledger, so that a run that is stopped later is known as far as it came. */
  readonly onWindow?: (change: WindowChange) => void;
}

/** What a run of a live source did. */
export interface LiveResult {
  readonly source: string;
  /** Windows that were read, latest first. */
  readonly windowsRead: readonly string[];
  /** Of them, those that the service still calls an estimate. */
  readonly estimates: readonly string[];
  readonly rowCount: number;
  readonly rejectedCount: number;
  readonly added: number;
  readonly changed: number;
  readonly removed: number;
  /** The source's totals of each window that was read, against the ledger's. */
  readonly totals: readonly ControlTotal[];
  readonly requestCount: number;
  readonly costMicros: bigint;
  /** In sentences. */
  readonly remarks: readonly string[];
}

/** What a run did, and what ended it early. */
export interface LiveOutcome {
  readonly result: LiveResult;
  /** Undefined when it came to its end. What was read before stays in the ledger. */
  readonly error: Error | undefined;
}

interface LiveProgress {
  windowsRead: string[];
  estimates: string[];
  rowCount: number;
  rejectedCount: number;
  added: number;
  changed: number;
  removed: number;
  totals: ControlTotal[];
  remarks: string[];
}

/**
 * Pulls the windows of a live source that are due, latest first, each in a transaction of its own: what was read stays
 * when a later one fails, and the next run goes on from there. One run of a source at a time, in all processes.
 *
 * The outcome's error is a RetryableError when the service fails for now or another run is at work, a SourceError or
 * SettingsError when a person must act, a LedgerError from the ledger; anything else is a bug.
 */
export async function pullLive(ledger: Ledger, source: LiveSource, context: LiveContext): Promise<LiveOutcome> {
  const meter = new RunMeter(source.id, priceCurrency(source.connector), source.ceilings, context.spentThisMonthMicros);
  const done: LiveProgress = {
    windowsRead: [],
    estimates: [],
    rowCount: 0,
    rejectedCount: 0,
    added: 0,
    changed: 0,
    removed: 0,
    totals: [],
    remarks: [],
  };
  let error: Error | undefined;
  try {
    await withLease(ledger, source.id, context.effects, async (lease) => {
      const plan = await planOf(ledger, source, context.effects.now());
      done.remarks.push(...planRemarks(plan));
      await pullMonths(ledger, source, context, { plan, lease, meter, done });
    });
  } catch (failure) {
    error = asError(failure);
  }
  const { requestCount, costMicros } = meter;
  return { result: { source: source.id, ...done, requestCount, costMicros }, error };
}

interface Work {
  readonly plan: DueMonths;
  readonly lease: HeldLease;
  readonly meter: RunMeter;
  readonly done: LiveProgress;
}

async function pullMonths(ledger: Ledger, source: LiveSource, context: LiveContext, work: Work): Promise<void> {
  const { plan, lease, meter, done } = work;
  const replies = new RunReplies();
  const view = serviceContext({
    ...context,
    sourceId: source.id,
    connector: source.connector,
    settings: source.settings,
    meter,
    archive: context.archive === undefined ? undefined : replies,
    alive: lease.alive,
  });
  const { id: name, kind, title, settingsFingerprint } = source;
  const written = { name, kind, title, settingsFingerprint, lease: lease.held };
  // First, so that replies go in time also while the source fails.
  if (context.archive !== undefined) await removeOldReplies(context.archive, dayIn('UTC', context.effects.now()));
  // What another connector left under this name: files, of which no service knows.
  const readings = await ledger.services.readings(source.id);
  const foreign = [...readings].filter(([, { readAt }]) => readAt === undefined).map(([window]) => window);
  for (const month of plan.due) {
    await replies.within(archiveOf(source.id, month, context), async () => {
      const { reading, isAbsent } = await readMonth(source, view, month).catch((error: unknown) => {
        throw failureOf(source, context, error);
      });
      const known = readings.get(month);
      if (isAbsent && known?.readAt !== undefined && known.rowCount > 0) {
        done.remarks.push(goneRemark(month, dayIn('UTC', known.readAt)));
        return;
      }
      const window = { id: month, files: [source.connector.id], fingerprint: windowFingerprint(source) };
      const { change, summary } = await ledger.pull(written, (writer) => {
        for (const name of foreign.splice(0)) note(done, writer.removeWindow(name));
        return writer.replaceWindow(window, reading);
      });
      note(done, change, summary);
      context.onWindow?.(change);
    });
  }
}

/** The months of a source that are due now. */
export async function planOf(ledger: Ledger, source: LiveSource, now: Date): Promise<DueMonths> {
  const { history } = source.connector;
  const readings = new Map(
    [...(await ledger.services.readings(source.id))].map(([name, { fingerprint: of, readAt, isFinal }]) => [
      name,
      { fingerprint: of, isFinal, readOn: readAt === undefined ? undefined : dayIn(history.timeZone, readAt) },
    ]),
  );
  const monthsMax = source.connector.monthsMax?.(source.settings) ?? history.monthsMax;
  const kept = { ...history, ...(monthsMax === undefined ? {} : { monthsMax }) };
  return dueMonths(dayIn(history.timeZone, now), kept, source.since, windowFingerprint(source), readings);
}

/** Changes when the same service would give other charges. */
function windowFingerprint(source: LiveSource): string {
  return fingerprint([source.settingsFingerprint, String(source.connector.version)]);
}

/** The currency in which a connector states the price of its requests. */
export function priceCurrency(connector: { readonly service: ServiceConnector['service'] }): string {
  return connector.service.requestPrice?.currency ?? 'USD';
}

async function readMonth(source: LiveSource, view: ServiceContext<unknown>, month: Month) {
  const window = windowOf(month);
  const collector = new WindowCollector(source.id, window);
  const readAt = view.now();
  const walk = source.connector.pull(view, window);
  try {
    for (;;) {
      view.signal.throwIfAborted();
      const step = await walk.next();
      if (step.done === true) {
        return { reading: collector.reading(step.value, readAt), isAbsent: step.value.isAbsent === true };
      }
      collector.add(step.value);
      view.progress({ step: `reading ${source.id} ${month}`, rows: collector.count });
    }
  } finally {
    // A walk that is left early closes what it has open; one that came to its end is closed already.
    await walk.return({ isFinal: false, remarks: [] });
  }
}

function archiveOf(sourceId: string, month: Month, context: LiveContext): WindowArchive | undefined {
  if (context.archive === undefined) return undefined;
  const { effects, secrets } = context;
  return new WindowArchive(context.archive, sourceId, month, effects.now(), (text) => secrets.redact(text));
}

/** Sends replies to the archive of the window that is being read. */
class RunReplies implements ReplyArchive {
  #current: WindowArchive | undefined;

  async add(request: string, reply: unknown): Promise<void> {
    await this.#current?.add(request, reply);
  }

  async within(archive: WindowArchive | undefined, work: () => Promise<void>): Promise<void> {
    this.#current = archive;
    try {
      await work();
    } finally {
      this.#current = undefined;
      await archive?.close();
    }
  }
}

function note(done: LiveProgress, change: WindowChange, summary?: ReadingSummary): void {
  done.added += change.added;
  done.changed += change.changed;
  done.removed += change.removed;
  if (summary === undefined) return;
  done.windowsRead.push(change.window);
  if (summary.service?.isFinal === false) done.estimates.push(change.window);
  done.rowCount += summary.rowCount;
  done.rejectedCount += summary.rejectedCount;
  done.totals.push(...summary.controlTotals);
}

/** An error of a connector's own code is told as its source's, so that it holds up no other. */
function failureOf(source: LiveSource, { secrets, signal }: LiveContext, error: unknown): unknown {
  if (signal.aborted || error instanceof SpendshiftError) return error;
  const message = `the connector ${source.connector.id} failed: ${secrets.redact(asError(error).message)}`;
  const hint = 'This is a mistake of the connector: please report it. Nothing of this window was taken.';
  return new SourceError({ place: { source: source.id }, message, hint }, { cause: error });
}

/** A service that has lost a month is no reason to lose it here. */
function goneRemark(month: Month, readOn: string): string {
  return `The service no longer has ${month}: its charges stay as they were read on ${readOn}.`;
}

function planRemarks({ stale, unreachable }: DueMonths): string[] {
  const remarks: string[] = [];
  if (unreachable !== undefined) {
    remarks.push(`The service no longer has ${unreachable.from} to ${unreachable.to}, which \`since\` asks for.`);
  }
  const [first] = stale;
  if (first !== undefined) {
    const last = stale.at(-1) ?? first;
    remarks.push(
      `${first === last ? first : `${first} to ${last}`} stay as they were read with earlier settings: the service no longer has them.`,
    );
  }
  return remarks;
}

/** What was thrown, as an error. */
export function asError(thrown: unknown): Error {
  return thrown instanceof Error ? thrown : new Error(String(thrown));
}
