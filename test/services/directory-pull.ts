import directory from '../../connectors/directory/index.js';
import type { DirectorySettings } from '../../connectors/directory/settings.js';
import type { DirectoryPerson } from '../../src/connector/reference.js';
import type { ServiceContext } from '../../src/connector/service.js';
import type { RejectedRow } from '../../src/core/batch.js';

/** Everything a pull of a directory gave. */
export interface PulledPeople {
  readonly people: readonly DirectoryPerson[];
  readonly rejected: readonly RejectedRow[];
  readonly remarks: readonly string[];
}

/** Pulls a directory to its end. */
export async function pullPeople(context: ServiceContext<DirectorySettings>): Promise<PulledPeople> {
  const people: DirectoryPerson[] = [];
  const rejected: RejectedRow[] = [];
  const walk = directory.pull(context);
  for (;;) {
    const step = await walk.next();
    if (step.done === true) return { people, rejected, remarks: step.value.remarks };
    people.push(...step.value.items);
    rejected.push(...(step.value.rejected ?? []));
  }
}
