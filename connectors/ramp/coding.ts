import { z } from 'zod';

import { accountText, optionalText } from '../../src/connector/rows.js';
import { canonicalTags } from '../../src/core/charge.js';
import { currencyAmount } from './money.js';
import type { RampSettings } from './settings.js';

/** What was chosen in one field of the accounting: its kind and name stand in `category_info`. */
const selection = z.object({
  name: optionalText,
  external_code: optionalText,
  category_info: z.object({ type: optionalText, name: optionalText }).nullish(),
});
export type Selection = z.output<typeof selection>;

/** Where a row or one of its lines is booked. */
export const selections = z
  .array(selection)
  .nullish()
  .transform((chosen) => chosen ?? []);

/** A line of a row: its own amount and where it is booked. */
export const lines = z
  .array(z.object({ amount: currencyAmount.nullish(), accounting_field_selections: selections }))
  .nullish()
  .transform((all) => all ?? []);

/** The texts that say where money is booked. */
export interface Coding {
  readonly ledgerAccount: string;
  readonly costCenter: string;
  readonly project: string;
  readonly tags: string;
}

type CodingSettings = Pick<RampSettings, 'costCenterField' | 'tags'>;

/**
 * Where a line is booked.
 *
 * @param line what was chosen on the line; what was chosen on the whole row counts where the line has nothing
 * @param department of who bought it, for lines on which no cost centre was chosen
 */
export function codingOf(
  line: readonly Selection[],
  row: readonly Selection[],
  department: string,
  { costCenterField, tags }: CodingSettings,
): Coding {
  const byKind = (kind: string): string => labelOf(found(line, row, ({ type }) => type === kind));
  const byName = (name: string): string => labelOf(found(line, row, (info) => isNamed(info.name, name)));
  const account = found(line, row, ({ type }) => type === 'GL_ACCOUNT');
  const chosen = costCenterField === undefined ? byKind('COST_CENTER') : byName(costCenterField);
  return {
    ledgerAccount: account === undefined ? '' : accountText(account.external_code, account.name),
    costCenter: chosen === '' ? department : chosen,
    project: byKind('PROJECT'),
    tags: canonicalTags(tags.map((name) => [name, byName(name)])),
  };
}

function found(
  line: readonly Selection[],
  row: readonly Selection[],
  matches: (info: { readonly type: string; readonly name: string }) => boolean,
): Selection | undefined {
  return [...line, ...row].find(({ category_info: info }) => info !== null && info !== undefined && matches(info));
}

function isNamed(name: string, wanted: string): boolean {
  return name.toLowerCase() === wanted.toLowerCase();
}

function labelOf(chosen: Selection | undefined): string {
  if (chosen === undefined) return '';
  return chosen.name === '' ? chosen.external_code : chosen.name;
}

/** The coding that all lines agree on; where they differ a text is empty. */
export function commonCoding(codings: readonly Coding[]): Coding {
  const common = (key: keyof Coding, none: string): string => {
    const values = new Set(codings.map((coding) => coding[key]));
    return values.size === 1 ? ([...values][0] ?? none) : none;
  };
  return {
    ledgerAccount: common('ledgerAccount', ''),
    costCenter: common('costCenter', ''),
    project: common('project', ''),
    tags: common('tags', '{}'),
  };
}
