import { lastOccurrence, type Schedule } from './occurrences.js';
import type { RunRecord } from './run-log.js';

/** Wait before a failed run is tried again, where the failure may pass by itself; doubled after each further failure. */
export const RETRY_FIRST_MS = 5 * 60_000;
export const RETRY_MAX_MS = 6 * 60 * 60_000;
/** A run that starts later than this after its time was missed: the agent was not there. */
const LATE_MS = 10 * 60_000;
/** Clocks are set by a little now and then; by more only when they were wrong. */
const CLOCK_STEP_MS = 60 * 60_000;

/** What the run log says of a source. */
export interface SourceHistory {
  /** Start of the latest run that came to its end. */
  readonly succeededAt: Date | undefined;
  /** When that run ended. */
  readonly endedAt?: Date | undefined;
  /** Runs that failed since then, the latest, and whether it may pass by itself. */
  readonly failures: number;
  readonly failedAt: Date | undefined;
  readonly mayPass: boolean;
  /** Until then its service wants to be left alone. */
  readonly notBefore?: Date | undefined;
}

/** Why a source is pulled now. */
export type DueReason = 'first' | 'scheduled' | 'missed' | 'retry';

export interface DueSource {
  readonly source: string;
  readonly reason: DueReason;
}

const NEVER: SourceHistory = { succeededAt: undefined, failures: 0, failedAt: undefined, mayPass: false };

/** What the run log says of each source, from its end backwards until enough is known of all of them. */
export async function sourceHistories(
  sources: readonly string[],
  records: AsyncIterable<RunRecord>,
): Promise<ReadonlyMap<string, SourceHistory>> {
  const histories = new Map<string, SourceHistory>();
  const open = new Set(sources);
  for await (const record of records) {
    if (!open.has(record.source) || record.stopped === true) continue;
    const known = histories.get(record.source) ?? NEVER;
    if (record.outcome !== 'failed') {
      const [succeededAt, endedAt] = [new Date(record.startedAt), new Date(record.finishedAt)];
      histories.set(record.source, { ...known, succeededAt, endedAt });
      open.delete(record.source);
      if (open.size === 0) break;
    } else {
      const latest = known.failures > 0 ? known : failureOf(record);
      histories.set(record.source, { ...known, ...latest, failures: known.failures + 1 });
    }
  }
  return histories;
}

function failureOf({
  finishedAt,
  mayPass,
  notBefore,
}: RunRecord): Pick<SourceHistory, 'failedAt' | 'mayPass' | 'notBefore'> {
  const wish = notBefore === undefined ? {} : { notBefore: new Date(notBefore) };
  return { failedAt: new Date(finishedAt), mayPass: mayPass === true, ...wish };
}

/**
 * The sources that have to be pulled at a moment: those never pulled, those whose time came round since their last run that
 * came to its end (however long ago: what was missed is caught up, once), and failed ones whose wait is over. A failure
 * that somebody has to mend is tried again at the source's next time.
 */
export function dueSources(
  now: Date,
  sources: readonly { readonly id: string; readonly schedule: Schedule }[],
  histories: ReadonlyMap<string, SourceHistory>,
): DueSource[] {
  return sources.flatMap(({ id, schedule }) => {
    const reason = dueReason(now, schedule, histories.get(id) ?? NEVER);
    return reason === undefined ? [] : [{ source: id, reason }];
  });
}

function dueReason(now: Date, schedule: Schedule, history: SourceHistory): DueReason | undefined {
  const { succeededAt, failures, failedAt, mayPass } = history;
  // A run of the future was logged while the clock was wrong, and would keep the source waiting until then.
  if (isAhead(now, failures > 0 ? failedAt : succeededAt)) return 'missed';
  if (succeededAt === undefined && failedAt === undefined) return 'first';
  const occurrence = lastOccurrence(schedule, now);
  const sinceMs = occurrence?.getTime() ?? Number.NEGATIVE_INFINITY;
  if (succeededAt !== undefined && succeededAt.getTime() >= sinceMs && failures === 0) return undefined;
  if (failedAt !== undefined && failures > 0) {
    if (isLeftAlone(now, failedAt, history.notBefore)) return undefined;
    // A run of its own time comes before any other wait.
    if (failedAt.getTime() < sinceMs) return lateness(now, sinceMs);
    return mayPass && now.getTime() >= failedAt.getTime() + retryWaitMs(failures) ? 'retry' : undefined;
  }
  return lateness(now, sinceMs);
}

/** Whether the service wants to be left alone still; a clock that was put back says nothing of that. */
function isLeftAlone(now: Date, failedAt: Date, notBefore: Date | undefined): boolean {
  return notBefore !== undefined && now >= failedAt && now < notBefore;
}

function isAhead(now: Date, at: Date | undefined): boolean {
  return at !== undefined && at.getTime() - now.getTime() > CLOCK_STEP_MS;
}

function lateness(now: Date, sinceMs: number): DueReason {
  return now.getTime() - sinceMs > LATE_MS ? 'missed' : 'scheduled';
}

/** How long to wait after so many failures in a row. */
export function retryWaitMs(failures: number): number {
  return Math.min(RETRY_MAX_MS, RETRY_FIRST_MS * 2 ** Math.max(0, failures - 1));
}
