import { expect } from 'vitest';

import { proposeSource, type Proposal, type TableSample } from '../../connectors/csv/propose.js';
import { csvSettings } from '../../connectors/csv/settings.js';

type Table = readonly (readonly string[])[];

/** A sample as `sniffFile` would give it for a plain file. */
export function sampleOf(header: readonly string[], rows: Table, more: Partial<TableSample> = {}): TableSample {
  return { fileName: 'file.csv', header, rows, delimiter: ',', encoding: 'utf-8', headerRow: 1, ...more };
}

/** The proposal for a table. */
export function propose(header: readonly string[], rows: Table, more: Partial<TableSample> = {}): Proposal {
  return proposeSource(sampleOf(header, rows, more));
}

/** True when the connector itself takes the settings. */
export function accepted(proposal: Proposal): boolean {
  const { connector, title, kind, ...own } = proposal.settings;
  expect([connector, title === '', kind]).toEqual(['csv', false, 'payment']);
  return csvSettings.safeParse(own).success;
}

/** Keys that must be answered before the source can be read. */
export function required(proposal: Proposal): string[] {
  return proposal.open.flatMap((one) => (one.required ? [one.key] : []));
}
