import { createHash } from 'node:crypto';

import { parseIsoDate, daysBetween, type IsoDate } from '../../src/core/date.js';
import { addDecimals, decimalText } from '../../src/core/decimal.js';
import type { DecimalText } from '../../src/core/money.js';
import type { AzureBooks } from './azure-cost-management-data.js';
import type { AzureRecord } from './azure-cost-management-records.js';
import { Refusal, type ServiceReply } from './server.js';

/** Rows of a page; the real service gives 1,000. Small, so that there are pages. */
export const PAGE_ROWS = 250;
const DAILY_DAYS_MAX = 31;
const GROUPINGS_MAX = 2;
const AGGREGATIONS_MAX = 2;

/** Dimensions of a Microsoft Customer Agreement, as the real service lists them in its refusals. */
export const DIMENSIONS: readonly string[] =
  'ResourceGroup,ResourceGroupName,ResourceType,ResourceId,ResourceLocation,SubscriptionId,SubscriptionName,MeterCategory,MeterSubcategory,Meter,ServiceFamily,UnitOfMeasure,PartNumber,BillingAccountName,BillingProfileId,BillingProfileName,InvoiceSection,InvoiceSectionId,InvoiceSectionName,Product,ResourceGuid,ChargeType,ServiceName,ProductOrderId,ProductOrderName,PublisherType,ReservationId,ReservationName,Frequency,InvoiceId,PricingModel,CostAllocationRuleName,MarkupRuleName,BillingMonth,Provider,BenefitId,BenefitName,CustomerName,PartnerName'.split(
    ',',
  );

/** Refuses a query as the service does. */
export function badRequest(message: string): Refusal {
  const id = '(Request ID: 5a3c0c0e-9d6e-4b0e-8f7a-2b1d5a9f1c11)';
  return new Refusal(message, {
    status: 400,
    body: { error: { code: 'BadRequest', message: `${message}\r\n\r\n ${id}` } },
  });
}

interface Query {
  readonly type: 'ActualCost' | 'AmortizedCost';
  readonly from: IsoDate;
  readonly to: IsoDate;
  readonly daily: boolean;
  readonly column: string;
  readonly groups: readonly { readonly type: string; readonly name: string }[];
  readonly filters: readonly { readonly name: string; readonly values: readonly string[] }[];
}

type Json = Readonly<Record<string, unknown>>;

function object(value: unknown, what: string): Json {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Json;
  throw badRequest(`Invalid query definition: ${what} is invalid or not supplied`);
}

function checkedQuery(body: Json, today: string): Query {
  const { type, timeframe } = body;
  if (type !== 'ActualCost' && type !== 'AmortizedCost')
    throw badRequest(`Invalid query definition: type ${String(type)}`);
  if (timeframe !== 'Custom') throw badRequest('the stand-in takes the timeframe Custom alone');
  const period = object(body['timePeriod'], 'TimePeriod');
  const [from, to] = [dayOf(period['from']), dayOf(period['to'])];
  const dataset = object(body['dataset'], 'Dataset');
  const { granularity } = dataset;
  if (granularity !== undefined && granularity !== 'Daily')
    throw badRequest(`Invalid granularity: ${JSON.stringify(granularity)}`);
  // The real service swaps, cuts or moves such spans without a word, which is worse.
  if (from > to) throw badRequest('from is after to');
  if (from > today) throw badRequest('the whole period is in the future');
  if (granularity === 'Daily' && daysBetween(from, to) >= DAILY_DAYS_MAX) throw badRequest('more than 31 days by day');
  const aggregations = Object.values(object(dataset['aggregation'], 'Aggregation')).map((entry) =>
    object(entry, 'Aggregation'),
  );
  if (aggregations.length > AGGREGATIONS_MAX) throw badRequest('Invalid query definition: more than 2 aggregations');
  const [sum] = aggregations;
  const column = sum?.['name'];
  if (column !== 'Cost' || sum?.['function'] !== 'Sum') throw badRequest('Invalid aggregation');
  return {
    type,
    from,
    to,
    daily: granularity === 'Daily',
    column,
    groups: groupsOf(dataset['grouping']),
    filters: filtersOf(dataset['filter']),
  };
}

function dayOf(value: unknown): IsoDate {
  const day =
    typeof value === 'string' && /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}Z$/.test(value)
      ? parseIsoDate(value.slice(0, 10))
      : undefined;
  if (day === undefined) throw badRequest(`Invalid query definition: time period ${String(value)}`);
  return day;
}

function groupsOf(value: unknown): Query['groups'] {
  if (value === undefined) return [];
  const groups = (value as readonly unknown[]).map((entry) => object(entry, 'Grouping'));
  if (groups.length > GROUPINGS_MAX)
    throw badRequest('Invalid query definition: at most 2 group-by clauses are supported');
  const read = groups.map(({ type, name }) => ({ type: String(type), name: String(name) }));
  for (const { type, name } of read) {
    if (type === 'Dimension') refuseUnknown(name, 'grouping');
    else if (type !== 'TagKey') throw badRequest(`Invalid query definition: grouping type ${type}`);
  }
  if (new Set(read.map(({ name }) => name)).size !== read.length) throw badRequest('Duplicate columns in grouping');
  return read;
}

function refuseUnknown(name: string, where: string): void {
  if (DIMENSIONS.includes(name)) return;
  const valid = [...DIMENSIONS, ''].map((known) => `'${known}'`).join(',');
  throw badRequest(`Invalid query definition: Invalid dataset ${where}: '${name}'; valid values: ${valid}.`);
}

function filtersOf(value: unknown): Query['filters'] {
  if (value === undefined) return [];
  const filter = object(value, 'Filter');
  if ('and' in filter) {
    const parts = filter['and'] as readonly unknown[];
    if (parts.length < 2) throw badRequest('Invalid query definition: And must have 2 or more expressions');
    return parts.flatMap(filtersOf);
  }
  const { name, operator, values } = object(filter['dimensions'], 'Filter');
  if (operator !== 'In' || !Array.isArray(values) || values.length === 0) throw badRequest('Invalid filter');
  refuseUnknown(String(name), 'filter');
  return [{ name: String(name), values: values.map(String) }];
}

type Row = readonly (string | null)[];
interface Answer {
  readonly columns: readonly { readonly name: string; readonly type: string }[];
  /** Cells as JSON text: numbers keep every digit. */
  readonly rows: readonly Row[];
}

/** Answers queries over the books, page by page. */
export class QueryDesk {
  readonly #books: AzureBooks;
  readonly #now: () => Date;
  /** The answer that is being paged through, so that it is not made again for every page. */
  #last: { readonly key: string; readonly answer: Answer } | undefined;

  constructor(books: AzureBooks, now: () => Date) {
    this.#books = books;
    this.#now = now;
  }

  /** @param nextLink makes the address of the page with a token */
  page(bodyText: string, token: string | null, nextLink: (token: string) => string): ServiceReply {
    const hash = createHash('sha256').update(bodyText).digest('hex').slice(0, 12);
    const number = token === null ? 0 : pageOf(token, hash);
    const answer = this.#answer(bodyText, hash);
    const pages = pagesOf(answer.rows);
    const rows = pages[number];
    if (rows === undefined) throw badRequest('Invalid skiptoken');
    const next = number + 1 < pages.length ? JSON.stringify(nextLink(tokenOf(hash, number + 1))) : 'null';
    const name = `${hash}-${number}`;
    const body = `{"id":"providers/Microsoft.CostManagement/query/${name}","name":"${name}","type":"Microsoft.CostManagement/query",
      "location":null,"sku":null,"eTag":null,"properties":{"nextLink":${next},"columns":${JSON.stringify(answer.columns)},
      "rows":[${rows.map((row) => `[${row.map((cell) => cell ?? 'null').join(',')}]`).join(',')}]}}`;
    return { headers: { 'content-type': 'application/json; charset=utf-8', 'x-ms-request-id': name }, body };
  }

  #answer(bodyText: string, hash: string): Answer {
    const key = `${hash} ${this.#now().getTime()}`;
    const query = checkedQuery(object(JSON.parse(bodyText), 'Body'), this.#now().toISOString().slice(0, 10));
    if (this.#last?.key === key) return this.#last.answer;
    const answer = answerOf(query, this.#books.visible(query.from, query.to), Number.parseInt(hash.slice(0, 4), 16));
    this.#last = { key, answer };
    return answer;
  }

  /** Forgets what it made: the books were changed. */
  forget(): void {
    this.#last = undefined;
  }
}

function tokenOf(hash: string, page: number): string {
  return Buffer.from(`${hash} ${page}`).toString('base64');
}

function pageOf(token: string, hash: string): number {
  const [of, page] = Buffer.from(token, 'base64').toString('utf8').split(' ');
  if (of !== hash) throw badRequest('Invalid skiptoken: the query definition has changed');
  return Number(page);
}

/** Pages of rows; a long answer has an empty page in its middle, as the service gives now and then. */
function pagesOf(rows: readonly Row[]): (readonly Row[])[] {
  const pages: (readonly Row[])[] = [];
  for (let at = 0; at < rows.length; at += PAGE_ROWS) pages.push(rows.slice(at, at + PAGE_ROWS));
  if (pages.length > 1) pages.splice(1, 0, []);
  return pages.length === 0 ? [[]] : pages;
}

function answerOf(query: Query, records: readonly AzureRecord[], turn: number): Answer {
  const sums = new Map<string, { cells: Row; cost: DecimalText }>();
  for (const record of records) {
    const cost = query.type === 'ActualCost' ? record.actual : record.amortized;
    if (cost === undefined || !query.filters.every((filter) => passes(filter, record))) continue;
    const keys = query.groups
      .flatMap((group) => valuesOf(group, record))
      .map((value) => (value === null ? null : JSON.stringify(value)));
    const cells = [...(query.daily ? [record.day.replaceAll('-', '')] : []), ...keys, JSON.stringify(record.currency)];
    const name = JSON.stringify(cells);
    const sum = sums.get(name) ?? { cells, cost: { digits: 0n, scale: 0 } };
    sum.cost = addDecimals(sum.cost, cost);
    sums.set(name, sum);
  }
  const names = [
    { name: query.column, type: 'Number' },
    ...(query.daily ? [{ name: 'UsageDate', type: 'Number' }] : []),
    ...query.groups
      .flatMap(({ type, name }) => (type === 'TagKey' ? ['TagKey', 'TagValue'] : [name]))
      .map((name) => ({ name, type: 'String' })),
    { name: 'Currency', type: 'String' },
  ];
  const rows = [...sums.entries()]
    .sort(([left], [right]) => (left < right ? -1 : 1))
    .map(([, { cells, cost }]) => [numberOf(cost), ...cells]);
  const by = turn % names.length;
  const turned = <Cell>(list: readonly Cell[]): Cell[] => [...list.slice(by), ...list.slice(0, by)];
  return { columns: turned(names), rows: rows.map(turned) };
}

function passes({ name, values }: Query['filters'][number], record: AzureRecord): boolean {
  const own = (valueOf(name, record) ?? '').toLowerCase();
  return values.some((value) => value.toLowerCase() === own);
}

function valuesOf({ type, name }: Query['groups'][number], record: AzureRecord): (string | null)[] {
  if (type === 'Dimension') return [valueOf(name, record)];
  if (name.toLowerCase() !== 'owner') return [null, null];
  return [record.owner === null ? null : 'owner', record.owner];
}

function valueOf(name: string, record: AzureRecord): string | null {
  const values: Readonly<Record<string, string>> = {
    SubscriptionId: record.subscription,
    SubscriptionName: record.subscriptionName,
    InvoiceSectionName: record.section,
    ServiceName: record.service,
    Product: record.product,
    PublisherType: record.publisherType,
    ChargeType: record.chargeType,
  };
  const value = values[name];
  return value === undefined || value === '' ? null : value;
}

/** A number as the service writes floats: `0.000012` as `1.2E-05`. */
function numberOf(cost: DecimalText): string {
  const text = decimalText(cost);
  const small = /^(-?)0\.(0{4,})(\d)(\d*)$/.exec(text);
  if (small === null) return text;
  const [, sign = '', zeros = '', first = '', rest = ''] = small;
  return `${sign}${first}${rest === '' ? '' : `.${rest}`}E-${String(zeros.length + 1).padStart(2, '0')}`;
}
