import { Secrets } from '../connector/secret.js';
import type { PlannedRequest, Verdict } from '../connector/service.js';
import { SettingsError, SourceError, SpendshiftError, type Mistake } from '../core/errors.js';
import type { Month } from '../core/period.js';
import { windowOf } from '../pull/due-months.js';
import { RunMeter } from '../pull/meter.js';
import { serviceContext, type ServiceRun } from '../pull/service-context.js';
import { planOf, priceCurrency } from '../pull/service-run.js';
import type { SourceSettings, Workspace } from '../settings/types.js';
import { liveSource, spentInMonth, type LiveConnector, type LiveOptions } from './live.js';
import type { Session } from './session.js';

type CheckOptions = Pick<LiveOptions, 'signal' | 'effects'>;

function runOf(
  workspace: Workspace,
  source: SourceSettings,
  connector: LiveConnector,
  temporaryFolder: string,
  { signal, effects }: CheckOptions,
): ServiceRun {
  return {
    sourceId: source.id,
    connector,
    settings: source.settings,
    workspaceFolder: workspace.folder,
    temporaryFolder,
    effects,
    secrets: new Secrets(effects.environment, workspace.folder),
    meter: new RunMeter(source.id, priceCurrency(connector), source.ceilings, 0n),
    archive: undefined,
    progress: () => undefined,
    signal,
    alive: () => undefined,
  };
}

/** Asks a service for every permission that its connector needs. Throws what stands in the way of asking. */
export async function liveVerdicts(
  workspace: Workspace,
  source: SourceSettings,
  connector: LiveConnector,
  temporaryFolder: string,
  options: CheckOptions,
): Promise<readonly Verdict[]> {
  const run = runOf(workspace, source, connector, temporaryFolder, options);
  const redact = (text: string): string => run.secrets.redact(text);
  return blamingConnector({ ...run, redact }, () => connector.check(serviceContext(run)));
}

interface Blamed {
  readonly sourceId: string;
  readonly connector: { readonly id: string };
  readonly signal: AbortSignal;
  /** Takes out the secrets that were read; a connector of files reads none. */
  readonly redact?: (text: string) => string;
}

/** Tells an error of a connector's own code as its source's, so that the others are still looked at. */
export async function blamingConnector<Result>(
  { sourceId, connector, signal, redact = (text) => text }: Blamed,
  work: () => Promise<Result>,
): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    if (signal.aborted || error instanceof SpendshiftError) throw error;
    const said = redact(error instanceof Error ? error.message : String(error));
    const message = `the connector ${connector.id} failed: ${said}`;
    const hint = 'This is a mistake of the connector: please report it.';
    throw new SourceError({ place: { source: sourceId }, message, hint }, { cause: error });
  }
}

/**
 * Refuses a source that lacks a permission it cannot do without.
 *
 * @throws SettingsError with each of them and what to do.
 */
export function requirePermissions(
  source: SourceSettings,
  connector: LiveConnector,
  verdicts: readonly Verdict[],
): void {
  const required = new Set(connector.service.permissions.filter((entry) => entry.required).map(({ id }) => id));
  const mistakes: Mistake[] = verdicts
    .filter((verdict) => !verdict.granted && required.has(verdict.permission))
    .map(({ permission, detail, hint }) => ({
      place: { ...source.place, source: source.id },
      message: `${permission}: ${detail}`,
      hint: hint ?? `Grant it as the README of the connector ${connector.id} shows.`,
    }));
  if (mistakes.length > 0) throw new SettingsError(mistakes);
}

/** What a pull of a live source would do now. */
export interface PullPlan {
  readonly source: string;
  /** Months that would be read, latest first; empty for sources without months. */
  readonly months: readonly Month[];
  /** False for a source that is always read as a whole: rates, people, applications. */
  readonly monthly: boolean;
  /** Undefined where requests cost nothing and are not planned. */
  readonly requests: readonly PlannedRequest[] | undefined;
  readonly priceMicros: bigint;
  readonly currency: string;
  /** What its requests have cost in this calendar month so far. */
  readonly spentThisMonthMicros: bigint;
  readonly ceilings: SourceSettings['ceilings'];
}

/** The plan of a source's next pull and its price; asks the service only where that is free. */
export async function planLivePull(
  session: Session,
  source: SourceSettings,
  connector: LiveConnector,
  temporaryFolder: string,
  options: CheckOptions,
): Promise<PullPlan> {
  const spentThisMonthMicros = await spentInMonth(session, source.id, options.effects.now());
  const common = {
    source: source.id,
    spentThisMonthMicros,
    ceilings: source.ceilings,
    currency: priceCurrency(connector),
  };
  if (connector.feed !== 'charges')
    return { ...common, months: [], monthly: false, requests: undefined, priceMicros: 0n };
  const { due } = await planOf(session.ledger, liveSource(source, connector), options.effects.now());
  if (connector.plan === undefined)
    return { ...common, months: due, monthly: true, requests: undefined, priceMicros: 0n };
  const run = runOf(session.workspace, source, connector, temporaryFolder, options);
  const view = serviceContext(run);
  const requests: PlannedRequest[] = [];
  for (const month of due) {
    const planned = await blamingConnector(run, async () => connector.plan?.(view, windowOf(month)));
    requests.push(...(planned ?? []));
  }
  const joined = joinPlans(requests);
  const priceMicros = joined.reduce((sum, request) => sum + request.priceMicros, 0n);
  return { ...common, months: due, monthly: true, requests: joined, priceMicros };
}

/** The same request of several months is one row. */
function joinPlans(requests: readonly PlannedRequest[]): PlannedRequest[] {
  const joined = new Map<string, PlannedRequest>();
  for (const { what, count, priceMicros } of requests) {
    const known = joined.get(what) ?? { what, count: 0, priceMicros: 0n };
    joined.set(what, { what, count: known.count + count, priceMicros: known.priceMicros + priceMicros });
  }
  return [...joined.values()];
}
