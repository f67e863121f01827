import { chargeStandins, referenceStandins } from './index.js';
import type { RunningChargeStandin, RunningStandin, World } from './standin.js';

/** A stand-in at work, and the connector it is for. */
export interface StartedStandin {
  readonly connector: string;
  readonly running: RunningStandin;
  /** The same where it gives charges. */
  readonly charges: RunningChargeStandin | undefined;
}

/** Starts the stand-ins of some connectors, or of all. */
export async function startAll(world: World, only?: readonly string[]): Promise<StartedStandin[]> {
  const wanted = ({ connector }: { readonly connector: string }): boolean => only?.includes(connector) ?? true;
  const started: StartedStandin[] = [];
  for (const standin of chargeStandins.filter(wanted)) {
    const charges = await standin.start(world);
    started.push({ connector: standin.connector, running: charges, charges });
  }
  for (const standin of referenceStandins.filter(wanted)) {
    started.push({ connector: standin.connector, running: await standin.start(world), charges: undefined });
  }
  return started;
}

/** Ends stand-ins with all their servers. */
export async function stopAll(started: readonly StartedStandin[]): Promise<void> {
  for (const { running } of started) {
    await Promise.all([running.server, ...(running.others ?? [])].map((server) => server.close()));
  }
}

/** Requests that the services would have refused. */
export function allViolations(started: readonly StartedStandin[]): string[] {
  return started.flatMap(({ connector, running }) =>
    [running.server, ...(running.others ?? [])].flatMap(({ violations }) =>
      violations.map((violation) => `${connector}: ${violation}`),
    ),
  );
}
