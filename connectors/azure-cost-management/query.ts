import { z } from 'zod';

import { eachPage } from '../../src/connector/paging.js';
import { currencyCode, readRows } from '../../src/connector/values.js';
import type { RejectedRow } from '../../src/core/batch.js';
import { isCalendarDay, isoDate, type IsoDate } from '../../src/core/date.js';
import type { DecimalText } from '../../src/core/money.js';
import { addressOf, ask, nextAddress, unexpected, type AzureContext } from './client.js';

/** `ActualCost`: as billed. `AmortizedCost`: reservations and savings plans spread over the days they serve. */
export type CostType = 'ActualCost' | 'AmortizedCost';

/** A run of days, both included, as Cost Management takes it. It answers by day for 31 days at most. */
export interface DaySpan {
  readonly from: IsoDate;
  readonly to: IsoDate;
}

export interface Group {
  readonly type: 'Dimension' | 'TagKey';
  readonly name: string;
}

export interface DimensionFilter {
  readonly name: string;
  readonly values: readonly string[];
}

/** A question to Cost Management. */
export interface CostQuery {
  readonly type: CostType;
  readonly span: DaySpan;
  /** By day, or one sum of all days. */
  readonly daily: boolean;
  /** Two at most: the service takes no more. */
  readonly groups: readonly Group[];
  /** All of them hold. */
  readonly filters: readonly DimensionFilter[];
  /** For messages: `usage of Azure`. */
  readonly about: string;
}

/** A row of an answer. */
export interface CostRow {
  readonly cost: DecimalText;
  readonly currency: string;
  /** Where the query was by day. */
  readonly day: IsoDate | undefined;
  /** Of the query's groups, in their order; empty where the service has none. */
  readonly values: readonly string[];
}

export interface CostPage {
  readonly rows: readonly CostRow[];
  readonly rejected: readonly RejectedRow[];
}

export function dimension(name: string): Group {
  return { type: 'Dimension', name };
}

/** Walks the pages of an answer. Each is asked for with the same body; the SDK and many tools stop after the first. */
export async function* costPages(context: AzureContext, query: CostQuery): AsyncGenerator<CostPage> {
  const json = bodyOf(query);
  const about = `${query.type} ${query.span.from} to ${query.span.to}, ${query.about}`;
  yield* eachPage(about, context.sourceId, async (cursor, number) => {
    const what = `${about}, page ${number}`;
    const address = cursor === undefined ? addressOf(context, 'query') : nextAddress(context, cursor, what);
    const reply = await ask(context, { what, address, json }, queryReply);
    if (reply === undefined) return { content: { rows: [], rejected: [] }, rowCount: 0, next: undefined };
    const { columns, rows, nextLink } = reply.properties;
    const places = placesOf(context, query, columns, what);
    const read = readRows(
      rowSchema(query.daily),
      rows.map((row) => named(row, places)),
      what,
    );
    refuseOtherDays(context, query, read.rows, what);
    const next = nextLink === undefined || nextLink === null || nextLink === '' ? undefined : nextLink;
    return { content: read, rowCount: rows.length, next };
  });
}

/**
 * All rows of an answer that must be whole, because it decides what is asked next.
 *
 * @throws SourceError when a row cannot be read.
 */
export async function allRows(context: AzureContext, query: CostQuery): Promise<readonly CostRow[]> {
  const all: CostRow[] = [];
  for await (const { rows, rejected } of costPages(context, query)) {
    const [first] = rejected;
    if (first !== undefined) throw unexpected(context, first.file, `row ${first.row}: ${first.reason}`);
    all.push(...rows);
  }
  return all;
}

/** The body of a query. Times are UTC, both days are included. */
export function bodyOf({ type, span, daily, groups, filters }: CostQuery): unknown {
  const conditions = filters.map(({ name, values }) => ({ dimensions: { name, operator: 'In', values } }));
  const [only] = conditions;
  return {
    type,
    timeframe: 'Custom',
    timePeriod: { from: `${span.from}T00:00:00Z`, to: `${span.to}T23:59:59Z` },
    dataset: {
      ...(daily ? { granularity: 'Daily' } : {}),
      // The alias is the column's own name: answers have been seen under either.
      aggregation: { Cost: { name: 'Cost', function: 'Sum' } },
      ...(groups.length === 0 ? {} : { grouping: groups }),
      // `and` needs two conditions at least.
      ...(only === undefined ? {} : { filter: conditions.length === 1 ? only : { and: conditions } }),
    },
  };
}

const queryReply = z.object({
  properties: z.object({
    nextLink: z.string().nullish(),
    columns: z.array(z.object({ name: z.string() })),
    rows: z.array(z.unknown()),
  }),
});

interface Places {
  readonly cost: number;
  readonly currency: number;
  readonly day: number | undefined;
  readonly values: readonly number[];
}

/** Where each column stands: rows are lists, and the order of columns varies. */
function placesOf(
  context: AzureContext,
  { daily, groups }: CostQuery,
  columns: readonly { readonly name: string }[],
  what: string,
): Places {
  const names = columns.map(({ name }) => name.toLowerCase());
  const place = (name: string): number => {
    const at = names.indexOf(name.toLowerCase());
    if (at === -1) throw unexpected(context, what, `there is no column ${name}`);
    return at;
  };
  return {
    cost: place('Cost'),
    currency: place('Currency'),
    day: daily ? place('UsageDate') : undefined,
    values: groups.map(({ type, name }) => place(type === 'TagKey' ? 'TagValue' : name)),
  };
}

function named(row: unknown, places: Places): unknown {
  if (!Array.isArray(row)) return row;
  const cells = row as readonly unknown[];
  return {
    cost: cells[places.cost],
    currency: cells[places.currency],
    day: places.day === undefined ? undefined : cells[places.day],
    values: places.values.map((at) => cells[at]),
  };
}

/**
 * A number of JSON, with every digit it was written with. Azure adds up floats and writes what comes out: twenty digits
 * after the point (0.00012345678901234567), or next to nothing (1.8E-19) where amounts cancel out.
 */
const NUMBER = /^(-?)(\d{1,20})(?:\.(\d{1,60}))?(?:[eE]([+-]?\d{1,2}))?$/;

const cost = z.union([z.number(), z.string()]).transform((value, context): DecimalText => {
  const [, sign = '', whole = '', fraction = '', exponent = '0'] = NUMBER.exec(String(value)) ?? [];
  if (whole !== '') {
    const digits = BigInt(`${sign}${whole}${fraction}`);
    const scale = fraction.length - Number(exponent);
    return scale >= 0 ? { digits, scale } : { digits: digits * 10n ** BigInt(-scale), scale: 0 };
  }
  context.issues.push({ code: 'custom', input: value, message: `"${value}" is no decimal number` });
  return z.NEVER;
});

/** `20261101`, a number. */
const usageDate = z.union([z.number(), z.string()]).transform((value, context): IsoDate => {
  const found = /^(\d{4})(\d{2})(\d{2})$/.exec(String(value));
  const [year, month, day] = (found ?? []).slice(1).map(Number);
  if (year !== undefined && month !== undefined && day !== undefined && isCalendarDay(year, month, day)) {
    return isoDate(year, month, day);
  }
  context.issues.push({ code: 'custom', input: value, message: `"${value}" is no day written as 20261101` });
  return z.NEVER;
});

const text = z
  .string()
  .nullable()
  .transform((value) => value?.trim() ?? '');

const sumRow: z.ZodType<CostRow> = z
  .object({ cost, currency: currencyCode, values: z.array(text) })
  .transform((row) => ({ ...row, day: undefined }));
const dayRow: z.ZodType<CostRow> = z.object({ cost, currency: currencyCode, day: usageDate, values: z.array(text) });

function rowSchema(daily: boolean): z.ZodType<CostRow> {
  return daily ? dayRow : sumRow;
}

/** The service moves a span that it does not like (in the future, too long) without a word. */
function refuseOtherDays(context: AzureContext, { span }: CostQuery, rows: readonly CostRow[], what: string): void {
  for (const { day } of rows) {
    if (day !== undefined && (day < span.from || day > span.to)) {
      throw unexpected(context, what, `it has charges of ${day}, which was not asked for`);
    }
  }
}
