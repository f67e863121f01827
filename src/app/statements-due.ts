import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { z } from 'zod';

import { dayIn } from '../connector/values.js';
import { addDays } from '../core/date.js';
import { DataError } from '../core/errors.js';
import { addMonths, lastDay, monthOf, parseMonth, type Month } from '../core/period.js';
import type { SourceReport } from '../ledger/reads.js';
import type { PeriodRequest } from '../statement/choose-periods.js';
import { whyIncomplete } from './live-months.js';
import { connectorOf, type Session } from './session.js';

/** A month whose sources are still not complete after so many days is stated all the same, and says so. */
export const PATIENCE_DAYS = 10;
/** Months that are caught up after the agent was not there. */
const MONTHS_MAX = 12;
const INDEX_FILE = 'index.json';

/** A statement that was written. */
export interface WrittenStatement {
  readonly month: Month;
  /** Sources that were not complete, with the reason, in sentences; none: the statement is complete. */
  readonly waitingFor: readonly string[];
  /** ISO 8601, UTC. */
  readonly writtenAt: string;
}

/** A month that is to be stated, or that waits for its sources. */
export interface StatementDue {
  readonly month: Month;
  readonly write: boolean;
  readonly waitingFor: readonly string[];
  readonly periods: PeriodRequest;
}

/** The statements that were written, by month; the list stands beside them. */
export async function writtenStatements(session: Session): Promise<readonly WrittenStatement[]> {
  const file = indexFile(session);
  try {
    const list = indexSchema.safeParse(JSON.parse(await readFile(file, 'utf8')));
    if (list.success) return list.data.statements;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return [];
    if (!(error instanceof SyntaxError)) throw error;
  }
  const hint = 'Put back a copy of it, or delete it: the statements of the latest months are then written again.';
  throw new DataError({ place: { file }, message: 'the list of written statements cannot be read', hint });
}

const indexSchema = z.object({
  statements: z.array(
    z.object({
      month: z.custom<Month>((value) => typeof value === 'string' && parseMonth(value) !== undefined),
      waitingFor: z.array(z.string()),
      writtenAt: z.string(),
    }),
  ),
});

/** Notes that a statement was written. */
export async function noteStatement(session: Session, due: StatementDue, now: Date): Promise<void> {
  const others = (await writtenStatements(session)).filter(({ month }) => month !== due.month);
  const entry = { month: due.month, waitingFor: due.waitingFor, writtenAt: now.toISOString() };
  const statements = [...others, entry].sort((left, right) => (left.month < right.month ? -1 : 1));
  const file = indexFile(session);
  await mkdir(statementsFolder(session), { recursive: true });
  const unfinished = `${file}.${process.pid}.unfinished`;
  await writeFile(unfinished, `${JSON.stringify({ schema: 'spendshift.statements/1', statements }, null, 2)}\n`);
  await rename(unfinished, file);
}

/** Folder of the monthly statements, absolute. */
export function statementsFolder({ workspace }: Session): string {
  return join(workspace.folder, workspace.agent.statements.folder);
}

function indexFile(session: Session): string {
  return join(statementsFolder(session), INDEX_FILE);
}

/**
 * The ended months that have no complete statement yet, earliest first: since the last one that was written, or the last
 * that ended. Each is to be written when all its sources are complete, or after `PATIENCE_DAYS`.
 */
export async function dueStatements(session: Session, now: Date): Promise<StatementDue[]> {
  const range = await session.ledger.monthRange();
  if (range === undefined) return [];
  const today = dayIn(session.workspace.agent.timeZone, now);
  const last = addMonths(monthOf(today), -1);
  const written = new Map((await writtenStatements(session)).map((entry) => [entry.month, entry]));
  const reports = new Map((await session.ledger.sources()).map((report) => [report.source, report]));
  const due: StatementDue[] = [];
  for (let month = firstOpen(written, last); month <= last; month = addMonths(month, 1)) {
    const periods = periodsOf(month, range.first);
    if (periods === undefined || written.get(month)?.waitingFor.length === 0) continue;
    const waitingFor = await incompleteSources(session, reports, month);
    const patient = today < addDays(lastDay(month), PATIENCE_DAYS);
    // Of a month without any charge there is nothing to state; what it waits for is told all the same.
    const isThere = month <= range.last;
    const write = isThere && (waitingFor.length === 0 || (!patient && !written.has(month)));
    if (isThere || waitingFor.length > 0) due.push({ month, write, waitingFor, periods });
  }
  return due;
}

/** The first month that may still have to be written: the first incomplete one, or the one after the last complete. */
function firstOpen(written: ReadonlyMap<Month, WrittenStatement>, last: Month): Month {
  const months = [...written.values()].sort((left, right) => (left.month < right.month ? -1 : 1));
  const incomplete = months.find(({ waitingFor }) => waitingFor.length > 0)?.month;
  const complete = months.filter(({ waitingFor }) => waitingFor.length === 0).at(-1)?.month;
  const next = complete === undefined ? (incomplete ?? last) : addMonths(complete, 1);
  const first = incomplete !== undefined && incomplete < next ? incomplete : next;
  const earliest = addMonths(last, 1 - MONTHS_MAX);
  return first > earliest ? first : earliest;
}

/** A month against the same one a year before, or, where the ledger does not reach so far, against the one before. */
function periodsOf(month: Month, first: Month): PeriodRequest | undefined {
  if (addMonths(month, -12) >= first) return { month };
  return addMonths(month, -1) >= first ? { month, compare: 'last-month' } : undefined;
}

/** The sources that do not have all of a month yet, each with the reason. */
async function incompleteSources(
  session: Session,
  reports: ReadonlyMap<string, SourceReport>,
  month: Month,
): Promise<string[]> {
  const reasons: string[] = [];
  for (const source of session.workspace.sources) {
    if (source.kind === 'plan' || source.kind === 'chargeback' || source.kind === 'reference') continue;
    // Before the first month that is wanted of it a source has nothing to say.
    if (source.since !== undefined && month < source.since) continue;
    const connector = connectorOf(session, source.connector);
    const reason =
      connector.feed === 'charges'
        ? whyIncomplete(
            (await session.ledger.services.readings(source.id)).get(month),
            connector.history.timeZone,
            month,
          )
        : whyFilesIncomplete(reports.get(source.id), month);
    if (reason !== undefined) reasons.push(`${source.id}: ${reason}`);
  }
  return reasons;
}

function whyFilesIncomplete(report: SourceReport | undefined, month: Month): string | undefined {
  return report?.monthsWithCharges.includes(month) === true ? undefined : `no charges of ${month}`;
}
