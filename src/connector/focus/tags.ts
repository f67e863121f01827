import { sqlText } from '../duckdb.js';
import type { FoundColumn } from './columns.js';

/** Rows looked at to tell whether raw tags repeat. */
const PROBE_ROWS = 50_000;
/** More different raw tags than this among the probed rows, and grouping by them would keep a copy of nearly each. */
export const PROBE_DISTINCT_MAX = 25_000;

/** SQL of the tags as JSON text, from a column of JSON text, of type MAP or STRUCT, or a list of key and value. */
export function rawTagsSql(column: FoundColumn | undefined, keys: readonly string[]): string {
  if (column === undefined) return 'CAST(NULL AS VARCHAR)';
  if (column.type === 'VARCHAR' || column.type === 'JSON') return `CAST(${column.sql} AS VARCHAR)`;
  const fields = /^STRUCT\(("?\w+"?) .*, ("?\w+"?) [^,]*\)\[\]$/.exec(column.type);
  if (fields === null) return `CAST(to_json(${column.sql}) AS VARCHAR)`;
  const [, key = '', value = ''] = fields;
  const pairs = keys.map((name) => {
    return `${sqlText(name)}, list_filter(${column.sql}, lambda tag: tag.${key} = ${sqlText(name)})[1].${value}`;
  });
  return `CAST(json_object(${pairs.join(', ')}) AS VARCHAR)`;
}

/** SQL of the number of different raw tags among the first rows. */
export function probeTagsSql(from: string, tags: string): string {
  return `SELECT count(DISTINCT tags) FROM (SELECT ${tags} AS tags FROM ${from} LIMIT ${PROBE_ROWS})`;
}

/** SQL of the values of the chosen keys as a JSON array, from raw tags; text that is no JSON stays as it is. */
export function listedTagsSql(raw: string, keys: readonly string[]): string {
  const values = `json_extract_string(CASE WHEN json_valid(${raw}) THEN ${raw} END, ${pointerList(keys)})`;
  return `CASE WHEN json_valid(${raw}) THEN CAST(to_json(${values}) AS VARCHAR) ELSE ${raw} END`;
}

/**
 * SQL of the chosen tags as canonical JSON, as `canonicalTags` of core/charge.ts writes it: sorted keys, no empty values.
 * Text that is no JSON gives `{}`; `brokenTagsSql` counts it.
 *
 * @param tags SQL of raw tags or, where `listed` is true, of what `listedTagsSql` made of them
 */
export function canonicalTagsSql(tags: string, listed: string, keys: readonly string[]): string {
  if (keys.length === 0) return `'{}'`;
  const valid = `CASE WHEN json_valid(${tags}) THEN ${tags} END`;
  const values = `CASE WHEN ${listed} THEN from_json(${valid}, '["VARCHAR"]')
    ELSE json_extract_string(${valid}, ${pointerList(keys)}) END`;
  const names = sortedKeys(keys).map((key) => sqlText(`${JSON.stringify(key)}:`));
  const member = `CASE WHEN value <> '' THEN ([${names.join(', ')}])[position] || CAST(to_json(value) AS VARCHAR) END`;
  // array_to_string leaves out NULL, so that absent and empty tags vanish.
  return `'{' || coalesce(array_to_string(list_transform(${values}, lambda value, position: ${member}), ','), '') || '}'`;
}

/** Keys in the order of a JavaScript object, which puts whole numbers first. */
function sortedKeys(keys: readonly string[]): string[] {
  return Object.keys(Object.fromEntries([...keys].sort().map((key) => [key, ''])));
}

function pointerList(keys: readonly string[]): string {
  const pointers = sortedKeys(keys).map((key) => sqlText(`/${key.replace(/~/g, '~0').replace(/\//g, '~1')}`));
  return `[${pointers.join(', ')}]`;
}
