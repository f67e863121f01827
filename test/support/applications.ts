import type { ApplicationsConnector, KnownApplication, ReferenceBatch } from '../../src/connector/reference.js';
import type { ServiceContext } from '../../src/connector/service.js';
import type { RejectedRow } from '../../src/core/batch.js';

/** Everything that a pull of applications gave. */
export interface PulledApplications {
  readonly applications: readonly KnownApplication[];
  readonly rejected: readonly RejectedRow[];
  readonly remarks: readonly string[];
  readonly batches: readonly ReferenceBatch<KnownApplication>[];
}

/** Pulls all applications. */
export async function pullApplications<Settings>(
  connector: ApplicationsConnector<Settings>,
  context: ServiceContext<Settings>,
): Promise<PulledApplications> {
  const batches: ReferenceBatch<KnownApplication>[] = [];
  const walk = connector.pull(context);
  for (;;) {
    const step = await walk.next();
    if (step.done !== true) {
      batches.push(step.value);
      continue;
    }
    return {
      applications: batches.flatMap(({ items }) => items),
      rejected: batches.flatMap(({ rejected = [] }) => rejected),
      remarks: step.value.remarks,
      batches,
    };
  }
}
