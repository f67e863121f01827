import type { ServiceEffects } from '../pull/effects.js';
import { withTemporaryFolder } from '../pull/temporary.js';
import { liveConnectorOf } from './live.js';
import { planLivePull, type PullPlan } from './live-check.js';
import type { Session } from './session.js';
import { configuredSources } from './sources.js';

export type { PullPlan } from './live-check.js';

/**
 * What a pull of the live sources would ask of their services now, and what that would cost. Nothing is pulled.
 *
 * @param sources ids of sources; all when empty
 * @throws UsageError for a source that is not configured, and what stands in the way of asking a service.
 */
export async function planPull(
  session: Session,
  sources: readonly string[],
  options: { readonly signal: AbortSignal; readonly effects: ServiceEffects },
): Promise<PullPlan[]> {
  return withTemporaryFolder(async (temporaryFolder) => {
    const plans: PullPlan[] = [];
    for (const source of configuredSources(session, sources)) {
      const connector = liveConnectorOf(session, source);
      if (connector === undefined) continue;
      plans.push(await planLivePull(session, source, connector, temporaryFolder, options));
    }
    return plans;
  });
}
