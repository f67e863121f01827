import { stringify } from 'yaml';

import type { StartedStandin } from './start.js';

/** A stand-in at work under the id of a source. */
export type StartedStandins = readonly StartedStandin[];

/** What a source over a stand-in has besides its settings. */
export interface SourceExtras {
  readonly schedule?: string;
  readonly timeZone?: string;
  readonly since?: string;
}

/** The text of a spendshift.yaml whose sources are read from stand-ins; each source has the id of its connector. */
export function standinWorkspace(
  started: StartedStandins,
  options: {
    readonly company: string;
    readonly currency: string;
    readonly extras?: (connector: string) => SourceExtras;
    readonly more?: Readonly<Record<string, unknown>>;
  },
): string {
  const sources = started.map(({ connector, running }) => [
    connector,
    { connector, ...options.extras?.(connector), ...running.settings },
  ]);
  const { company, currency, more = {} } = options;
  return stringify({ company, currency, ...more, sources: Object.fromEntries(sources) as Record<string, unknown> });
}

/** The environment in which all sources find their secrets. */
export function standinEnvironment(started: StartedStandins): Record<string, string> {
  return Object.assign({}, ...started.map(({ running }) => running.secrets)) as Record<string, string>;
}
