import { createHash } from 'node:crypto';

import { addDays, parseIsoDate, type IsoDate } from '../../src/core/date.js';
import { addMonths, firstDay, monthOf } from '../../src/core/period.js';
import { ACCOUNTS, AMOUNT_DIGITS, finalOn, type Entry } from './aws-cost-explorer-data.js';
import { awsRefusal } from './aws-cost-explorer-signature.js';

/** Groups of a page; Cost Explorer has more, and so fewer pages. */
const PAGE_GROUPS = 400;

const METRICS: Readonly<Record<string, (entry: Entry) => bigint>> = {
  UnblendedCost: (entry) => entry.unblended,
  NetUnblendedCost: (entry) => entry.unblended,
  BlendedCost: (entry) => entry.unblended,
  AmortizedCost: (entry) => entry.amortized,
  NetAmortizedCost: (entry) => entry.netAmortized,
};

const DIMENSIONS: Readonly<Record<string, (entry: Entry) => string>> = {
  LINKED_ACCOUNT: (entry) => entry.account,
  SERVICE: (entry) => entry.service,
  RECORD_TYPE: (entry) => entry.recordType,
  LEGAL_ENTITY_NAME: (entry) => entry.seller,
  BILLING_ENTITY: (entry) => (entry.isMarketplace ? 'AWS Marketplace' : 'AWS'),
};
const FILTER_ONLY = 'BILLING_ENTITY';
const TAGS: Readonly<Record<string, (entry: Entry) => string>> = { team: (entry) => entry.team };
const CATEGORIES: Readonly<Record<string, (entry: Entry) => string>> = { Domain: (entry) => entry.domain };
const ROOTS = ['And', 'Or', 'Not', 'Dimensions', 'Tags', 'CostCategories'];

/** What the account may do and see. */
export interface CostRules {
  readonly today: IsoDate;
  /** Months before the current one that are kept by day, and by month. */
  readonly dailyMonths: number;
  readonly monthlyMonths: number;
  readonly refusesNet: boolean;
  /** Lines that are shown today, of a span of days. */
  readonly entries: (from: IsoDate, to: IsoDate) => readonly Entry[];
  /** Left out of every grouped answer, though in the total; for what should never happen. */
  readonly hides: ((entry: Entry) => boolean) | undefined;
}

type Json = Readonly<Record<string, unknown>>;

interface Group {
  readonly keys: readonly string[];
  readonly sums: readonly bigint[];
}

/** Answers GetCostAndUsage, or refuses as Cost Explorer does. */
export function getCostAndUsage(request: Json, rules: CostRules): Json {
  const { NextPageToken, ...parameters } = request;
  const { from, to, isDaily } = span(parameters, rules);
  const metrics = metricsOf(parameters['Metrics'], rules);
  const groupBy = groupsOf(parameters['GroupBy']);
  const filter = parameters['Filter'] === undefined ? (): boolean => true : filterOf(parameters['Filter']);
  const shown = groupBy.length > 0 ? (entry: Entry): boolean => rules.hides?.(entry) !== true : (): boolean => true;
  const periods = periodsOf(from, to, isDaily).map(({ start, end }) => {
    const entries = rules.entries(start, end).filter((entry) => filter(entry) && shown(entry));
    return { start, end, groups: group(entries, groupBy, metrics) };
  });
  const digest = createHash('sha256').update(JSON.stringify(parameters)).digest('hex').slice(0, 16);
  const { offset, isEmpty } = place(NextPageToken, digest);
  const resultOf = ({ start, end }: { start: IsoDate; end: IsoDate }): Json => ({
    TimePeriod: { Start: start, End: end },
    Estimated: rules.today < finalOn(start),
  });
  if (groupBy.length === 0) {
    const results = periods.map((period) => ({
      ...resultOf(period),
      Groups: [],
      Total: amounts(metrics, period.groups[0]?.sums ?? metrics.map(() => 0n)),
    }));
    return { ResultsByTime: results, DimensionValueAttributes: [], SomethingNew: true };
  }
  const all = periods.flatMap((period) => period.groups.map((one) => ({ period, one })));
  const next = offset + PAGE_GROUPS;
  if (isEmpty) return { ...described(groupBy), ResultsByTime: [], NextPageToken: tokenOf(digest, offset, false) };
  const page = all.slice(offset, next);
  const isFirst = offset === 0;
  const results = periods
    // A period that the page ends in comes again on the next; periods without money are on the first page.
    .filter((period) => page.some((row) => row.period === period) || (isFirst && period.groups.length === 0))
    .map((period) => ({
      ...resultOf(period),
      Total: {},
      Groups: page
        .filter((row) => row.period === period)
        .map(({ one }) => ({ Keys: one.keys, Metrics: amounts(metrics, one.sums), Extra: null })),
    }));
  return {
    ...described(groupBy),
    ResultsByTime: results,
    DimensionValueAttributes: attributes(
      groupBy,
      page.map(({ one }) => one),
    ),
    // After the first page comes an empty one.
    ...(next < all.length ? { NextPageToken: tokenOf(digest, next, isFirst) } : {}),
  };
}

function described(groupBy: readonly Grouping[]): Json {
  return { GroupDefinitions: groupBy.map(({ Type, Key }) => ({ Type, Key })) };
}

function span(parameters: Json, rules: CostRules): { from: IsoDate; to: IsoDate; isDaily: boolean } {
  const { TimePeriod, Granularity } = parameters;
  const { Start, End } = (TimePeriod ?? {}) as { Start?: unknown; End?: unknown };
  const from = parseIsoDate(String(Start));
  const to = parseIsoDate(String(End));
  if (from === undefined || to === undefined) throw invalid('Start time or end time is not in the format yyyy-MM-dd');
  if (to <= from) throw invalid('Start date (and hour) should be before end date (and hour)');
  if (from > rules.today) throw invalid('Start date is in the future');
  if (to > addDays(rules.today, 1)) throw invalid('End date is past tomorrow');
  if (Granularity !== 'DAILY' && Granularity !== 'MONTHLY') throw invalid('Granularity is not valid');
  const isDaily = Granularity === 'DAILY';
  const kept = isDaily ? rules.dailyMonths : rules.monthlyMonths;
  if (from < firstDay(addMonths(monthOf(rules.today), -kept))) {
    throw invalid(`You haven't enabled historical data beyond ${kept + 1} months`);
  }
  return { from, to, isDaily };
}

function invalid(message: string): Error {
  return awsRefusal('ValidationException', message);
}

function metricsOf(value: unknown, { refusesNet }: CostRules): readonly string[] {
  const metrics = Array.isArray(value) ? value.map(String) : [];
  if (metrics.length === 0) throw invalid('Metrics cannot be empty');
  for (const metric of metrics) {
    if (METRICS[metric] === undefined) throw invalid(`Metrics value ${metric} is not valid`);
    if (refusesNet && metric.startsWith('Net')) {
      throw awsRefusal('AccessDeniedException', `Not authorized to access ${metric} metric`);
    }
  }
  return metrics;
}

interface Grouping {
  readonly Type: string;
  readonly Key: string;
  readonly read: (entry: Entry) => string;
}

function groupsOf(value: unknown): readonly Grouping[] {
  const groups = (value ?? []) as { Type: string; Key: string }[];
  if (groups.length > 2) throw invalid('The number of GroupBy should be less than or equal to 2');
  return groups.map(({ Type, Key }) => ({ Type, Key, read: readerOf(Type, Key) }));
}

function readerOf(type: string, key: string): (entry: Entry) => string {
  if (type === 'DIMENSION') {
    const read = DIMENSIONS[key];
    if (read === undefined || key === FILTER_ONLY) throw invalid(`Group Definition dimension ${key} is invalid`);
    return read;
  }
  if (type !== 'TAG' && type !== 'COST_CATEGORY') throw invalid(`Group Definition type ${type} is invalid`);
  // A tag that nobody activated has no values.
  const read = (type === 'TAG' ? TAGS : CATEGORIES)[key] ?? ((): string => '');
  return (entry) => `${key}$${read(entry)}`;
}

function filterOf(value: unknown): (entry: Entry) => boolean {
  const expression = value as Json;
  const roots = Object.keys(expression);
  const [root = ''] = roots;
  if (roots.length !== 1 || !ROOTS.includes(root)) throw invalid('Expression has more than one roots, or none');
  if (root === 'Not') {
    const inner = filterOf(expression['Not']);
    return (entry) => !inner(entry);
  }
  if (root === 'And' || root === 'Or') {
    const inner = (expression[root] as unknown[]).map(filterOf);
    if (inner.length < 2) throw invalid(`${root} must have at least two operands`);
    return (entry) => (root === 'And' ? inner.every((one) => one(entry)) : inner.some((one) => one(entry)));
  }
  return valuesFilter(root, expression[root] as Json);
}

function valuesFilter(root: string, { Key, Values, MatchOptions }: Json): (entry: Entry) => boolean {
  const values = new Set(Array.isArray(Values) ? Values.map(String) : []);
  if (MatchOptions !== undefined) throw invalid('MatchOptions is not supported here');
  if (values.size === 0) throw invalid('Values cannot be empty');
  const readers = root === 'Dimensions' ? DIMENSIONS : root === 'Tags' ? TAGS : CATEGORIES;
  const read = readers[String(Key)];
  if (read === undefined) throw invalid(`${root} key ${String(Key)} is not valid`);
  return (entry) => values.has(read(entry));
}

function periodsOf(from: IsoDate, to: IsoDate, isDaily: boolean): { start: IsoDate; end: IsoDate }[] {
  const periods: { start: IsoDate; end: IsoDate }[] = [];
  let start = from;
  while (start < to) {
    const next = isDaily ? addDays(start, 1) : firstDay(addMonths(monthOf(start), 1));
    const end = next < to ? next : to;
    periods.push({ start, end });
    start = end;
  }
  return periods;
}

function group(entries: readonly Entry[], groupBy: readonly Grouping[], metrics: readonly string[]): Group[] {
  const groups = new Map<string, { keys: string[]; sums: bigint[] }>();
  for (const entry of entries) {
    const keys = groupBy.map(({ read }) => read(entry));
    const name = JSON.stringify(keys);
    const known = groups.get(name) ?? { keys, sums: metrics.map(() => 0n) };
    groups.set(name, known);
    for (const [index, metric] of metrics.entries())
      known.sums[index] = (known.sums[index] ?? 0n) + (METRICS[metric]?.(entry) ?? 0n);
  }
  return [...groups].sort(([left], [right]) => (left < right ? -1 : 1)).map(([, one]) => one);
}

function amounts(metrics: readonly string[], sums: readonly bigint[]): Json {
  return Object.fromEntries(
    metrics.map((metric, index) => [metric, { Amount: amountText(sums[index] ?? 0n), Unit: 'USD' }]),
  );
}

/** As AWS writes decimals: without zeros at the end, and tiny ones with an exponent. */
export function amountText(amount: bigint): string {
  if (amount === 0n) return '0';
  const sign = amount < 0n ? '-' : '';
  const digits = (amount < 0n ? -amount : amount).toString();
  if (digits.length <= 4) return `${sign}${digits}E-${AMOUNT_DIGITS}`;
  const padded = digits.padStart(AMOUNT_DIGITS + 1, '0');
  const whole = padded.slice(0, -AMOUNT_DIGITS);
  const fraction = padded.slice(-AMOUNT_DIGITS).replace(/0+$/, '');
  return `${sign}${whole}${fraction === '' ? '' : `.${fraction}`}`;
}

function attributes(groupBy: readonly Grouping[], groups: readonly Group[]): Json[] {
  const at = groupBy.findIndex(({ Key }) => Key === 'LINKED_ACCOUNT');
  if (at === -1) return [];
  const ids = [...new Set(groups.map(({ keys }) => keys[at] ?? ''))];
  return ids.map((id) => ({
    Value: id,
    Attributes: { description: ACCOUNTS.find((account) => account.id === id)?.name ?? '' },
  }));
}

function tokenOf(digest: string, offset: number, isEmpty: boolean): string {
  return Buffer.from(JSON.stringify([digest, offset, isEmpty])).toString('base64');
}

function place(token: unknown, digest: string): { offset: number; isEmpty: boolean } {
  if (token === undefined) return { offset: 0, isEmpty: false };
  let read: [string, number, boolean];
  try {
    read = JSON.parse(Buffer.from(typeof token === 'string' ? token : '', 'base64').toString()) as [
      string,
      number,
      boolean,
    ];
  } catch {
    throw awsRefusal('InvalidNextTokenException', 'The pagination token is invalid');
  }
  if (read[0] !== digest) {
    throw awsRefusal('RequestChangedException', 'Your request parameters changed between pages.');
  }
  return { offset: read[1], isEmpty: read[2] };
}
