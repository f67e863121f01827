import { statfs } from 'node:fs/promises';
import { dirname } from 'node:path';

import { SpendshiftError } from '../core/errors.js';
import type { ServiceEffects } from '../pull/effects.js';
import { lastOccurrence } from '../pull/occurrences.js';
import { lastRuns, runLogFile, type RunRecord } from '../pull/run-log.js';
import { withTemporaryFolder } from '../pull/temporary.js';
import type { SourceSettings } from '../settings/types.js';
import { scheduleOf } from './agent.js';
import { liveConnectorOf, type LiveConnector } from './live.js';
import { blamingConnector, liveVerdicts } from './live-check.js';
import { connectorOf, type Session } from './session.js';

/** One thing that was looked at, and what to do about it. */
export interface HealthRow {
  /** `ledger`, `disk`, `clock`, or the id of a source. */
  readonly subject: string;
  /** What was looked at: `integrity`, a permission, `last run`. */
  readonly what: string;
  /** `bad`: something does not work; `warning`: something is lacking or will be. */
  readonly state: 'good' | 'warning' | 'bad';
  readonly detail: string;
  /** What to do, as a sentence; empty where all is well. */
  readonly hint: string;
  /** What a permission is for, where it is not there. */
  readonly purpose?: string;
}

/** Free space below which a pull may fail, and below which somebody should know. */
const DISK_BYTES_MIN = 200 * 1024 * 1024;
const DISK_BYTES_LOW = 2 * 1024 * 1024 * 1024;
const PULL_AGAIN = 'Run `spendshift pull` again, or start the agent: it goes on where it was.';
/** A clock that is behind the last run by more than this is wrong. */
const CLOCK_BEHIND_MS = 5 * 60_000;
/** A source whose last good run is older than so many of its own rounds needs a look. */
const ROUNDS_MISSED_MAX = 2;

interface DoctorOptions {
  readonly effects: ServiceEffects;
  readonly signal: AbortSignal;
}

/** Looks at everything that unattended running needs: ledger, disk, clock, and every source with all its permissions. */
export async function checkHealth(session: Session, options: DoctorOptions): Promise<HealthRow[]> {
  const { workspace } = session;
  const runs = await lastRuns(runLogFile(workspace.ledgerFile));
  const rows = [await ledgerRow(session), await diskRow(dirname(workspace.ledgerFile)), clockRow(runs, options)];
  await withTemporaryFolder(async (temporaryFolder) => {
    for (const source of workspace.sources) {
      rows.push(runRow(source, runs.get(source.id), options));
      const live = liveConnectorOf(session, source);
      const found =
        live === undefined
          ? await fileRows(session, source, temporaryFolder, options)
          : await permissionRows(session, source, live, temporaryFolder, options);
      rows.push(...found);
    }
  });
  return rows;
}

function row(subject: string, what: string, state: HealthRow['state'], detail: string, hint = ''): HealthRow {
  return { subject, what, state, detail, hint };
}

async function ledgerRow({ ledger }: Session): Promise<HealthRow> {
  const problems = await ledger.integrityProblems();
  if (problems.length === 0) return row('ledger', 'integrity', 'good', 'sound');
  const hint = 'Put back a backup, or delete the file and pull again: it is made from your sources alone.';
  return row('ledger', 'integrity', 'bad', problems.join('; '), hint);
}

async function diskRow(folder: string): Promise<HealthRow> {
  const { bavail, bsize } = await statfs(folder);
  const free = bavail * bsize;
  const detail = `${Math.floor(free / 1024 / 1024).toLocaleString('en')} MiB free`;
  if (free < DISK_BYTES_MIN)
    return row('disk', 'free space', 'bad', detail, 'Make room: pulls fail when the disk is full.');
  if (free < DISK_BYTES_LOW) return row('disk', 'free space', 'warning', detail, 'Make room before the disk is full.');
  return row('disk', 'free space', 'good', detail);
}

function clockRow(runs: ReadonlyMap<string, RunRecord>, { effects }: DoctorOptions): HealthRow {
  const now = effects.now();
  const latest = Math.max(0, ...[...runs.values()].map(({ finishedAt }) => Date.parse(finishedAt)));
  const detail = `${now.toISOString().slice(0, 16).replace('T', ' ')} UTC`;
  if (latest - now.getTime() <= CLOCK_BEHIND_MS) return row('clock', 'time', 'good', detail);
  const after = new Date(latest).toISOString().slice(0, 16).replace('T', ' ');
  const hint = 'Set the clock: services refuse requests that are signed at a wrong time, and schedules follow it.';
  return row('clock', 'time', 'bad', `${detail}, but a run ended at ${after} UTC`, hint);
}

function runRow(source: SourceSettings, run: RunRecord | undefined, { effects }: DoctorOptions): HealthRow {
  const what = 'last run';
  if (run === undefined)
    return row(source.id, what, 'warning', 'never pulled', 'Run `spendshift pull`, or start the agent.');
  const when = `${run.finishedAt.slice(0, 16).replace('T', ' ')} UTC`;
  if (run.outcome === 'failed') {
    if (run.stopped === true) return row(source.id, what, 'warning', `stopped ${when}`, PULL_AGAIN);
    const said = run.error?.split('\n')[0]?.replace(`source ${source.id}: `, '') ?? '';
    const detail = `failed ${when}: ${said}`;
    const hint =
      run.mayPass === true
        ? 'It may pass by itself; the agent tries again.'
        : 'Do what the message says, then pull again.';
    return row(source.id, what, run.mayPass === true ? 'warning' : 'bad', detail, hint);
  }
  if (isOverdue(source, run, effects.now())) {
    const hint = 'Is the agent running? `spendshift agent` pulls what was missed as soon as it starts.';
    return row(source.id, what, 'warning', `${when}, and its time has come round since`, hint);
  }
  return row(source.id, what, 'good', `${when}, ${run.outcome}`);
}

function isOverdue(source: SourceSettings, run: RunRecord, now: Date): boolean {
  let moment: Date | undefined = now;
  for (let round = 0; round < ROUNDS_MISSED_MAX; round += 1) {
    moment = lastOccurrence(scheduleOf(source), new Date(moment.getTime() - 1));
    if (moment === undefined) return false;
  }
  return Date.parse(run.startedAt) < moment.getTime();
}

async function fileRows(
  session: Session,
  source: SourceSettings,
  temporaryFolder: string,
  { signal }: DoctorOptions,
): Promise<HealthRow[]> {
  const connector = connectorOf(session, source.connector);
  if (connector.feed !== 'files') return [];
  const context = {
    sourceId: source.id,
    settings: source.settings,
    workspaceFolder: session.workspace.folder,
    temporaryFolder,
    progress: () => undefined,
    signal,
  };
  return attempt(source.id, 'files', async () => {
    await blamingConnector({ ...context, connector }, () => connector.check(context));
    return [row(source.id, 'files', 'good', 'can be read')];
  });
}

async function permissionRows(
  session: Session,
  source: SourceSettings,
  connector: LiveConnector,
  temporaryFolder: string,
  options: DoctorOptions,
): Promise<HealthRow[]> {
  const { permissions } = connector.service;
  return attempt(source.id, 'service', async () => {
    const verdicts = await liveVerdicts(session.workspace, source, connector, temporaryFolder, options);
    return verdicts.map(({ permission, granted, detail, hint }) => {
      if (granted) return row(source.id, permission, 'good', detail);
      const declared = permissions.find(({ id }) => id === permission);
      const advice = hint ?? `Grant it as the README of the connector ${connector.id} shows.`;
      const state = declared?.required === false ? 'warning' : 'bad';
      const purpose = declared === undefined ? {} : { purpose: declared.why };
      return { ...row(source.id, permission, state, detail, advice), ...purpose };
    });
  });
}

async function attempt(source: string, what: string, work: () => Promise<HealthRow[]>): Promise<HealthRow[]> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof SpendshiftError)) throw error;
    return error.mistakes.map(({ message, hint }) => row(source, what, 'bad', message, hint ?? ''));
  }
}
