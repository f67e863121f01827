import { daysBetween, parseIsoDate, type IsoDate } from '../../src/core/date.js';
import { decimalText } from '../../src/core/decimal.js';
import { dayOf, partitionOf, type GcpBooks } from './gcp-billing-books.js';
import { exactOf, type GcpRow } from './gcp-billing-records.js';
import type { SchemaField, ServedTable } from './gcp-billing-schema.js';

/**
 * Understands the queries of the connector and answers them from the rows of the books. It is no SQL engine: it knows the
 * forms that are written here, checks each column against the table, and refuses everything else.
 */
export class QueryError extends Error {}

type Cell = string | bigint | null;
type Read = (row: GcpRow, cells: Readonly<Record<string, unknown>>) => Cell;

export interface ParsedQuery {
  readonly table: ServedTable;
  readonly from: IsoDate;
  readonly to: IsoDate;
  /** First part of the table that is read; undefined where the days themselves bound it. */
  readonly partitionFrom: IsoDate | undefined;
  readonly inner: readonly { readonly name: string; readonly read: Read }[];
  readonly outer: readonly Outer[];
  readonly grouped: readonly string[];
}

type Outer =
  | { readonly name: string; readonly kind: 'group' | 'max' | 'sum'; readonly of: string }
  | { readonly name: string; readonly kind: 'unpriced'; readonly of: readonly string[] };

/** How much earlier than its days a query may begin to read parts; more would be paid for nothing. */
const LEAD_DAYS_MAX = 10;

/** Reads a query, or refuses it. */
export function parseQuery(sql: string, tableOf: (name: string) => ServedTable): ParsedQuery {
  const flat = sql.replace(/\s+/g, ' ').trim();
  const parts =
    /^WITH charge AS \( ?SELECT (.+?) FROM `([^`]+)` WHERE (.+?) ?\) SELECT (.+) FROM charge GROUP BY (.+)$/.exec(flat);
  if (parts === null) throw new QueryError('Syntax error: the stand-in does not know this query');
  const [, innerText = '', name = '', where = '', outerText = '', groupText = ''] = parts;
  const table = tableOf(name);
  const inner = splitTop(innerText).map((item) => readInner(item, table));
  const grouped = groupText.split(', ');
  const outer = splitTop(outerText).map((item) =>
    readOuter(
      item,
      inner.map((column) => column.name),
      grouped,
    ),
  );
  const selected = outer.flatMap((item) => (item.kind === 'group' ? [item.of] : []));
  if (selected.length !== grouped.length) throw new QueryError('the stand-in wants every grouped column selected');
  return { table, ...readWhere(where, table), inner, outer, grouped };
}

/** Answers a query; each row in the order of the selected columns. */
export function runQuery(query: ParsedQuery, books: GcpBooks): (string | null)[][] {
  const groups = new Map<string, { readonly keys: ReadonlyMap<string, Cell>; readonly rows: Map<string, Cell>[] }>();
  for (const row of books.visible(query.from, query.to)) {
    // What lies in parts that are not read is not found.
    if (query.partitionFrom !== undefined && partitionOf(row) < query.partitionFrom) continue;
    const cells = query.table.read(row);
    const values = new Map(query.inner.map(({ name, read }) => [name, read(row, cells)]));
    const key = JSON.stringify(query.grouped.map((name) => values.get(name) ?? null));
    const group = groups.get(key) ?? { keys: values, rows: [] };
    group.rows.push(values);
    groups.set(key, group);
  }
  return [...groups.values()].map(({ keys, rows }) => query.outer.map((item) => answer(item, keys, rows)));
}

function answer(
  item: Outer,
  keys: ReadonlyMap<string, Cell>,
  rows: readonly ReadonlyMap<string, Cell>[],
): string | null {
  switch (item.kind) {
    case 'group':
      return textOf(keys.get(item.of) ?? null);
    case 'max':
      return rows
        .map((row) => textOf(row.get(item.of) ?? null))
        .reduce((most, value) => (most === null || (value !== null && value > most) ? value : most), null);
    case 'unpriced':
      return String(rows.filter((row) => item.of.some((name) => (row.get(name) ?? null) === null)).length);
    case 'sum': {
      const amounts = rows.flatMap((row) => (typeof row.get(item.of) === 'bigint' ? [row.get(item.of) as bigint] : []));
      if (amounts.length === 0) return null;
      return decimalText({ digits: amounts.reduce((sum, amount) => sum + amount, 0n), scale: 38 });
    }
  }
}

function textOf(cell: Cell): string | null {
  return typeof cell === 'bigint' ? decimalText({ digits: cell, scale: 38 }) : cell;
}

/** Splits at commas that stand in no bracket and no text. */
function splitTop(text: string): string[] {
  const items: string[] = [''];
  let depth = 0;
  let isText = false;
  for (const character of text) {
    if (character === "'") isText = !isText;
    if (!isText && character === '(') depth += 1;
    if (!isText && character === ')') depth -= 1;
    if (character === ',' && depth === 0 && !isText) items.push('');
    else items.push(`${items.pop() ?? ''}${character}`);
  }
  if (depth !== 0 || isText) throw new QueryError('Syntax error: brackets or quotes do not match');
  return items.map((item) => item.trim());
}

function readInner(item: string, table: ServedTable): { name: string; read: Read } {
  const parts = /^(.+) AS ([a-z0-9_]+)$/.exec(item);
  if (parts === null) throw new QueryError(`the stand-in wants a name for ${item}`);
  return { name: parts[2] ?? '', read: readerOf(parts[1] ?? '', table) };
}

function readerOf(text: string, table: ServedTable): Read {
  if (text === 'CAST(NULL AS STRING)') return () => null;
  const day = /^CAST\(DATE\(([A-Za-z_]+), 'America\/Los_Angeles'\) AS STRING\)$/.exec(text)?.[1];
  if (day !== undefined) {
    if (fieldAt(table, day).type !== 'TIMESTAMP') throw new QueryError(`DATE of ${day}`);
    return (row) => dayOf(row);
  }
  if (/^[A-Za-z_]+(?:\.[A-Za-z_]+)*$/.test(text)) {
    const { type, mode } = fieldAt(table, text);
    if (type !== 'STRING' || mode === 'REPEATED')
      throw new QueryError(`the stand-in gives no ${type} as it is: ${text}`);
    return (_row, cells) => textAt(cells, text);
  }
  return moneyReader(text, table) ?? listReader(text, table);
}

const NET =
  'CAST(cost AS BIGNUMERIC) + IFNULL((SELECT SUM(CAST(credit.amount AS BIGNUMERIC)) FROM UNNEST(credits) AS credit), 0)';

/** Cost and credits of rows: reading floats exactly takes a while. */
const sums = new WeakMap<GcpRow, bigint | null>();

function netCost(cells: Readonly<Record<string, unknown>>): bigint | null {
  const cost = cells['cost'] as number | null;
  if (cost === null) return null;
  return (cells['credits'] as number[]).reduce((sum, credit) => sum + exactOf(credit), exactOf(cost));
}

function moneyReader(text: string, table: ServedTable): Read | undefined {
  if (text === NET) {
    fieldAt(table, 'cost');
    fieldAt(table, 'credits.amount');
    return (row, cells) => {
      const known = sums.get(row) ?? netCost(cells);
      sums.set(row, known);
      return known;
    };
  }
  const column = /^CAST\(([A-Za-z]+) AS BIGNUMERIC\)$/.exec(text)?.[1];
  if (column === undefined) return undefined;
  if (fieldAt(table, column).type !== 'NUMERIC') throw new QueryError(`the stand-in has no ${column} as NUMERIC`);
  return (_row, cells) => cells[column] as bigint | null;
}

const FOLDER =
  "(SELECT STRING_AGG(ancestor.display_name, ' / ' ORDER BY position DESC) FROM UNNEST(project.ancestors) AS ancestor " +
  "WITH OFFSET AS position WHERE STARTS_WITH(ancestor.resource_name, 'folders/'))";
const LABEL =
  /^NULLIF\(\(SELECT MAX\(label\.(\w+)\) FROM UNNEST\(([A-Za-z_.]+)\) AS label WHERE label\.(\w+) = '([^'\\]+)'\), ''\)$/;

function listReader(text: string, table: ServedTable): Read {
  if (text === FOLDER) {
    fieldAt(table, 'project.ancestors.display_name');
    return (row) => {
      const folders = (row.project?.ancestors ?? []).filter(({ resource_name: name }) => name.startsWith('folders/'));
      return folders.length === 0
        ? null
        : folders
            .map(({ display_name: name }) => name)
            .reverse()
            .join(' / ');
    };
  }
  const values = /^COALESCE\((.+)\)$/.exec(text)?.[1];
  if (values === undefined) throw new QueryError(`the stand-in does not know ${text}`);
  const readers = splitTop(values).map((value): Read => {
    const parts = LABEL.exec(value);
    if (parts === null) throw new QueryError(`the stand-in does not know ${value}`);
    const [, valueName = '', list = '', keyName = '', key = ''] = parts;
    if (fieldAt(table, list).mode !== 'REPEATED')
      throw new QueryError(`Values referenced in UNNEST must be arrays: ${list}`);
    fieldAt(table, `${list}.${valueName}`);
    fieldAt(table, `${list}.${keyName}`);
    return (_row, cells) => {
      const pairs = valueAt(cells, list) as Readonly<Record<string, string>>[];
      const found = pairs.filter((pair) => pair[keyName] === key).map((pair) => pair[valueName] ?? '');
      return found.sort().at(-1) || null;
    };
  });
  return (row, cells) => readers.map((read) => read(row, cells)).find((cell) => cell !== null) ?? null;
}

function readOuter(item: string, names: readonly string[], grouped: readonly string[]): Outer {
  const known = (name: string): string => {
    if (names.includes(name)) return name;
    throw new QueryError(`Unrecognized name: ${name}`);
  };
  if (/^[a-z0-9_]+$/.test(item)) {
    if (grouped.includes(known(item))) return { name: item, kind: 'group', of: item };
    throw new QueryError(`SELECT list expression references column ${item} which is neither grouped nor aggregated`);
  }
  const most = /^MAX\(([a-z0-9_]+)\) AS ([a-z0-9_]+)$/.exec(item);
  if (most !== null) return { name: most[2] ?? '', kind: 'max', of: known(most[1] ?? '') };
  const sum = /^CAST\(SUM\(([a-z0-9_]+)\) AS STRING\) AS ([a-z0-9_]+)$/.exec(item);
  if (sum !== null) return { name: sum[2] ?? '', kind: 'sum', of: known(sum[1] ?? '') };
  const unpriced = /^CAST\(COUNTIF\((.+)\) AS STRING\) AS ([a-z0-9_]+)$/.exec(item);
  if (unpriced === null) throw new QueryError(`the stand-in does not know ${item}`);
  const of = (unpriced[1] ?? '').split(' OR ').map((test) => known(/^([a-z0-9_]+) IS NULL$/.exec(test)?.[1] ?? test));
  return { name: unpriced[2] ?? '', kind: 'unpriced', of };
}

/** The days of a query and the parts of the table that it reads. Without a bound on them it is refused. */
function readWhere(text: string, table: ServedTable): Pick<ParsedQuery, 'from' | 'to' | 'partitionFrom'> {
  const conditions = text.split(' AND ');
  const find = (pattern: RegExp): IsoDate | undefined => {
    const at = conditions.findIndex((condition) => pattern.test(condition));
    if (at === -1) return undefined;
    return parseIsoDate(pattern.exec(conditions.splice(at, 1)[0] ?? '')?.[1] ?? '');
  };
  const partitionFrom = find(/^_PARTITIONTIME >= TIMESTAMP\('([\d-]+)'\)$/);
  const moment = `TIMESTAMP\\('([\\d-]+)', 'America/Los_Angeles'\\)$`;
  const from = find(new RegExp(`^${table.time} >= ${moment}`));
  const to = find(new RegExp(`^${table.time} < ${moment}`));
  if (conditions.length > 0) throw new QueryError(`the stand-in does not know the condition ${conditions[0] ?? ''}`);
  if (table.cutBy === undefined && partitionFrom === undefined) {
    const columns = "'_PARTITION_LOAD_TIME', '_PARTITIONDATE', '_PARTITIONTIME'";
    throw new QueryError(
      `Cannot query over table '${table.id}' without a filter over column(s) ${columns} that can be used for partition elimination`,
    );
  }
  if (table.cutBy !== undefined && partitionFrom !== undefined)
    throw new QueryError('Unrecognized name: _PARTITIONTIME');
  if (from === undefined || to === undefined || from >= to) throw new QueryError('the stand-in wants days, in order');
  if (partitionFrom !== undefined) {
    const lead = daysBetween(partitionFrom, from);
    if (lead < 0) throw new QueryError('the query leaves out parts in which rows of its days lie');
    if (lead > LEAD_DAYS_MAX) throw new QueryError('the query reads parts in which none of its rows can lie');
  }
  return { from, to, partitionFrom };
}

function fieldAt(table: ServedTable, path: string): SchemaField {
  let fields: readonly SchemaField[] = table.fields;
  let found: SchemaField | undefined;
  for (const name of path.split('.')) {
    found = fields.find((field) => field.name === name);
    if (found === undefined) throw new QueryError(`Unrecognized name: ${path} at [3:5]`);
    fields = found.fields ?? [];
  }
  if (found === undefined) throw new QueryError(`Unrecognized name: ${path} at [3:5]`);
  return found;
}

function valueAt(cells: Readonly<Record<string, unknown>>, path: string): unknown {
  return path.split('.').reduce<unknown>((value, name) => (value as Readonly<Record<string, unknown>>)[name], cells);
}

function textAt(cells: Readonly<Record<string, unknown>>, path: string): string | null {
  return valueAt(cells, path) as string | null;
}
