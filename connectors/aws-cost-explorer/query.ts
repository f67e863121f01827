import type { Expression, GetCostAndUsageCommandInput, GroupDefinition } from '@aws-sdk/client-cost-explorer';
import { z } from 'zod';

import { eachPage } from '../../src/connector/paging.js';
import { ProblemError } from '../../src/connector/problems.js';
import { leadingDay } from '../../src/connector/values.js';
import type { IsoDate } from '../../src/core/date.js';
import { costExplorer, type Context } from './client.js';
import { isNetRefused } from './problems.js';

/** What the invoice says, on the day it says it. */
export const CASH = 'UnblendedCost';
/** Commitments spread over their time, private discounts taken off; not every account may see it. */
export const NET_ACCRUAL = 'NetAmortizedCost';
export const GROSS_ACCRUAL = 'AmortizedCost';

/** The metric of accrual that the account may see, found out by the first request of a run. */
export interface AccrualMetric {
  name: typeof NET_ACCRUAL | typeof GROSS_ACCRUAL;
}

/** One window being read. */
export interface CostReading {
  readonly context: Context;
  readonly from: IsoDate;
  /** Exclusive, as everywhere; never more than a day ahead. */
  readonly to: IsoDate;
  readonly accrual: AccrualMetric;
  /** True as soon as a period is called an estimate. */
  isEstimated: boolean;
}

export interface CostQuery {
  /** For messages and the archive. */
  readonly name: string;
  readonly filter: Expression | undefined;
  readonly groupBy: readonly GroupDefinition[];
  /** One period over the whole window, where only what is there counts. */
  readonly isWhole?: boolean;
}

/** A group as it came; that it is an object is all that is known of it. */
export type CostGroup = Readonly<Record<string, unknown>>;

/** The groups of a day or month. */
export interface CostPeriod {
  readonly start: IsoDate;
  readonly groups: readonly CostGroup[];
}

/** A page of a reply. A page may begin in the middle of a period. */
export interface CostPage {
  /** What was asked, for rejected rows. */
  readonly request: string;
  readonly periods: readonly CostPeriod[];
  readonly totals: readonly { readonly start: IsoDate; readonly metrics: Readonly<Record<string, unknown>> }[];
  /** Names of accounts by id. */
  readonly names: readonly (readonly [id: string, name: string])[];
}

const groups = z.array(z.record(z.string(), z.unknown()));

/** The groups of a period as they came: the schema, which copies each, is asked only where one is no object. */
const groupsAsTheyCame = z.unknown().transform((value, context): readonly CostGroup[] => {
  if (Array.isArray(value) && value.every(isObject)) return value;
  const { error, data } = groups.safeParse(value);
  for (const { path, message } of error?.issues ?? []) {
    context.issues.push({ code: 'custom', input: value, path, message });
  }
  return data ?? z.NEVER;
});

function isObject(value: unknown): value is CostGroup {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

const reply = z.object({
  ResultsByTime: z.array(
    z.object({
      TimePeriod: z.object({ Start: leadingDay }),
      Estimated: z.boolean().nullish(),
      Total: z.record(z.string(), z.unknown()).nullish(),
      Groups: groupsAsTheyCame.nullish(),
    }),
  ),
  DimensionValueAttributes: z
    .array(z.object({ Value: z.string(), Attributes: z.record(z.string(), z.string()).nullish() }))
    .nullish(),
  NextPageToken: z.string().min(1).nullish(),
});

type Reply = z.infer<typeof reply>;

/** The metric of accrual, remembered for the whole run so that all its windows have the same. */
export function accrualMetric(context: Context): Promise<AccrualMetric> {
  return context.once('metric of accrual', () => Promise.resolve({ name: NET_ACCRUAL } as AccrualMetric));
}

/** Asks page by page; each page is a request that is paid for. */
export function eachCostPage(reading: CostReading, query: CostQuery): AsyncGenerator<CostPage> {
  const { context, from, to } = reading;
  const what = `GetCostAndUsage ${from} to ${to}: ${query.name}`;
  return eachPage(what, context.sourceId, async (token, number) => {
    const request = number === 1 ? what : `${what}, page ${number}`;
    return pageOf(reading, request, await ask(reading, query, token, request));
  });
}

/**
 * One page. A total without groups, which each window begins with, falls back to the gross metric for the whole run where
 * the account may not see net ones.
 */
async function ask(reading: CostReading, query: CostQuery, token: string | undefined, request: string): Promise<Reply> {
  const mayFallBack = query.groupBy.length === 0 && token === undefined && reading.accrual.name === NET_ACCRUAL;
  const received = await reading.context.call(request, async (signal) => {
    try {
      return await send(reading, query, token, signal);
    } catch (error) {
      if (mayFallBack && isNetRefused(error)) return undefined;
      throw error;
    }
  });
  if (received !== undefined && !(mayFallBack && lacksNet(received))) return received;
  reading.accrual.name = GROSS_ACCRUAL;
  return reading.context.call(request, (signal) => send(reading, query, token, signal));
}

function lacksNet({ ResultsByTime }: Reply): boolean {
  return ResultsByTime.some(({ Total }) => Total?.[CASH] !== undefined && Total[NET_ACCRUAL] === undefined);
}

async function send(
  { context, from, to, accrual }: CostReading,
  query: CostQuery,
  token: string | undefined,
  signal: AbortSignal,
): Promise<Reply> {
  const client = await costExplorer(context);
  const { GetCostAndUsageCommand } = await import('@aws-sdk/client-cost-explorer');
  const input: GetCostAndUsageCommandInput = {
    TimePeriod: { Start: from, End: to },
    Granularity: query.isWhole === true || context.settings.granularity === 'monthly' ? 'MONTHLY' : 'DAILY',
    Metrics: [CASH, accrual.name],
    ...(query.filter === undefined ? {} : { Filter: query.filter }),
    ...(query.groupBy.length === 0 ? {} : { GroupBy: [...query.groupBy] }),
    ...(token === undefined ? {} : { NextPageToken: token }),
  };
  const received = reply.safeParse(await client.send(new GetCostAndUsageCommand(input), { abortSignal: signal }));
  if (received.success) return received.data;
  const places = received.error.issues.map(({ path }) => path.map(String).join('.') || 'the reply').slice(0, 3);
  throw new ProblemError({ kind: 'reply', message: `the reply is not as documented (${places.join(', ')})` });
}

function pageOf(
  reading: CostReading,
  request: string,
  { ResultsByTime, DimensionValueAttributes, NextPageToken }: Reply,
): { content: CostPage; rowCount: number; next: string | undefined } {
  if (ResultsByTime.some(({ Estimated }) => Estimated === true)) reading.isEstimated = true;
  const periods = ResultsByTime.map(({ TimePeriod, Groups }) => ({ start: TimePeriod.Start, groups: Groups ?? [] }));
  const rowCount = periods.reduce((sum, { groups }) => sum + groups.length, 0);
  const totals = ResultsByTime.flatMap(({ TimePeriod, Total }) =>
    Total === undefined || Total === null ? [] : [{ start: TimePeriod.Start, metrics: Total }],
  );
  const names = (DimensionValueAttributes ?? []).flatMap(({ Value, Attributes }) => {
    const name = Attributes?.['description'] ?? '';
    return name === '' ? [] : [[Value, name] as const];
  });
  return { content: { request, periods, totals, names }, rowCount, next: NextPageToken ?? undefined };
}
