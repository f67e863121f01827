import { readFile, writeFile } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { join } from 'node:path';

import { parse } from 'csv-parse/sync';

import type { BusinessFunction } from '../core/decision.js';
import { slug } from '../core/ids.js';
import { NOT_DECIDED } from '../ownership/mappings.js';

const COST_CENTERS_FILE = 'ownership/cost-centers.csv';
/** Cost centres written into the worksheet at once; more is a column that holds something else. */
const ROWS_MAX = 500;
/** Words by which cost centres plainly name a built-in function, beside its own id and name. */
const FUNCTION_WORDS: ReadonlyMap<string, string> = new Map([
  ['it', 'it'],
  ['ict', 'it'],
  ['itd', 'it'],
  ['information-technology', 'it'],
  ['information-services', 'it'],
  ['it-services', 'it'],
  ['it-operations', 'it'],
  ['it-department', 'it'],
  ['human-resources', 'hr'],
  ['people', 'hr'],
  ['personnel', 'hr'],
  ['accountancy', 'finance'],
  ['accounting', 'finance'],
  ['financial-services', 'finance'],
  ['legal-services', 'legal'],
  ['communications', 'marketing'],
  ['communications-and-marketing', 'marketing'],
  ['sales-and-marketing', 'marketing'],
  ['customer-support', 'support'],
  ['customer-service', 'support'],
  ['customer-services', 'support'],
]);

/** What the worksheet of cost centres got. */
export interface WorksheetResult {
  readonly file: string;
  /** Cost centres whose name says the function, with it. */
  readonly named: readonly { readonly costCenter: string; readonly functionId: string }[];
  /** Cost centres written with `?`, for a person to decide. */
  readonly open: readonly string[];
}

/**
 * Adds cost centres to the workspace's file of them: with their function where the name says it, with `?` where a person
 * must decide. Those that are there already are left alone. `undefined` when the workspace has no such file in the form
 * that `spendshift init` makes, or there is nothing to add.
 */
export async function addCostCenters(
  folder: string,
  costCenters: readonly string[],
  functions: readonly BusinessFunction[],
): Promise<WorksheetResult | undefined> {
  const path = join(folder, COST_CENTERS_FILE);
  if (!existsSync(path)) return undefined;
  const text = await readFile(path, 'utf8');
  const records: string[][] = parse(text, { bom: true, relax_column_count: true, skip_empty_lines: true });
  const header = records[0] ?? [];
  const [centerColumn, functionColumn] = [header.indexOf('cost_center'), header.indexOf('function')];
  if (centerColumn < 0 || functionColumn < 0) return undefined;
  const present = new Set(records.slice(1).map((record) => slug(record[centerColumn] ?? '')));
  const fresh = [...new Set(costCenters)].filter((name) => name !== '' && !present.has(slug(name)));
  if (fresh.length === 0 || fresh.length > ROWS_MAX) return undefined;
  const named: { costCenter: string; functionId: string }[] = [];
  const open: string[] = [];
  for (const costCenter of fresh) {
    const functionId = functionNamed(costCenter, functions);
    if (functionId === undefined) open.push(costCenter);
    else named.push({ costCenter, functionId });
  }
  const row = (costCenter: string, functionId: string): string =>
    header
      .map((_, column) => (column === centerColumn ? quoted(costCenter) : column === functionColumn ? functionId : ''))
      .join(',');
  const rows = [
    ...named.map((entry) => row(entry.costCenter, entry.functionId)),
    ...open.map((costCenter) => row(costCenter, NOT_DECIDED)),
  ];
  await writeFile(path, `${text.endsWith('\n') ? text : `${text}\n`}${rows.join('\n')}\n`);
  return { file: COST_CENTERS_FILE, named, open };
}

function functionNamed(costCenter: string, functions: readonly BusinessFunction[]): string | undefined {
  const name = slug(costCenter);
  const known = functions.filter((entry) => entry.group !== 'unassigned');
  const own = known.find((entry) => entry.id === name || slug(entry.name) === name);
  if (own !== undefined) return own.id;
  const word = FUNCTION_WORDS.get(name);
  return known.find((entry) => entry.id === word)?.id;
}

function quoted(text: string): string {
  return /[",\r\n]|^\s|\s$/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
