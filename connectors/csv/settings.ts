import { z } from 'zod';

import { isCurrency } from '../../src/core/currency.js';
import { ENCODINGS } from '../../src/connector/encoding.js';
import { parseDateFormat } from './dates.js';

const header = z.string().trim().min(1, 'write the header of a column');
/** A header, or the spellings of one that drifts from file to file. */
const column = z.union([header, z.array(header).min(1, 'name at least one header')], {
  error: 'write a header, or a list of the spellings of one header',
});

const oneCharacter = (what: string): z.ZodType<string> =>
  z
    .string()
    .transform((text) => (text === 'tab' || text === '\\t' ? '\t' : text))
    .pipe(z.string().regex(/^[^\r\n]$/u, `${what} is one character, such as ';' or tab`));

/** Texts of a line that a column may give, and the reference, which stays with the row. */
export const TEXT_COLUMNS = [
  'payee',
  'publisher',
  'service',
  'serviceCategory',
  'account',
  'accountName',
  'subAccount',
  'subAccountName',
  'card',
  'costCenter',
  'project',
  'person',
  'ledgerAccount',
  'merchantCategory',
  'description',
  'reference',
] as const;
export type TextColumn = (typeof TEXT_COLUMNS)[number];

const textColumns = Object.fromEntries(TEXT_COLUMNS.map((name) => [name, column.optional()])) as Record<
  TextColumn,
  z.ZodOptional<typeof column>
>;

const columns = z
  .strictObject({
    date: column,
    amount: column.optional(),
    debit: column.optional(),
    credit: column.optional(),
    currency: column.optional(),
    ...textColumns,
    tags: z.record(z.string().min(1), column).optional(),
  })
  .refine(hasAmountColumns, {
    error: 'name either the column `amount`, or both `debit` and `credit`',
    path: ['amount'],
    // Also where `date` is missing, so that all mistakes are told at once.
    when: ({ value, issues }) =>
      isObject(value) && !issues.some(({ path }) => /^(?:amount|debit|credit)$/.test(String(path?.[0]))),
  });

function hasAmountColumns(value: { readonly amount?: unknown; readonly debit?: unknown; readonly credit?: unknown }) {
  if (value.amount === undefined) return value.debit !== undefined && value.credit !== undefined;
  return value.debit === undefined && value.credit === undefined;
}

/**
 * How amounts are written. Neither the decimal mark nor the sign of spend has a default: a wrong one books wrong money
 * without any row being rejected, as `1.234` with the point for thousands. A missing group mark only rejects rows.
 */
const amount = z
  .strictObject(
    {
      decimal: z.enum(['.', ','], { error: "write `decimal: '.'` or `decimal: ','`" }),
      group: z.enum(['', ',', '.', ' ', "'"], { error: "the group mark is '', ',', '.', ' ' or \"'\"" }).default(''),
      sign: z.enum(['spend-positive', 'spend-negative'], {
        error: 'write `sign: spend-positive` or `sign: spend-negative`',
      }),
    },
    {
      error: ({ code }) =>
        code === 'invalid_type'
          ? "write `amount: { decimal: '.', sign: spend-positive }`, with the decimal mark and the sign of the file"
          : undefined,
    },
  )
  .refine((value) => value.decimal !== value.group, { error: 'the decimal mark and the group mark must differ' });

const skip = z
  .strictObject({
    column,
    equals: z.string().optional(),
    startsWith: z.string().min(1, 'write the text the cell starts with').optional(),
    empty: z.literal(true, { error: 'write `empty: true`, or leave it out' }).optional(),
  })
  .refine((value) => [value.equals, value.startsWith, value.empty].filter((test) => test !== undefined).length === 1, {
    error: 'write one of `equals`, `startsWith` or `empty: true`',
  });

const dateFormat = z.string().superRefine((text, context) => {
  const format = parseDateFormat(text);
  if (typeof format === 'string') context.addIssue({ code: 'custom', message: format });
});

/** Settings of a `csv` source. */
export const csvSettings = z
  .strictObject({
    files: z
      .union([z.string().min(1), z.array(z.string().min(1)).min(1)], {
        error: 'write a file pattern, or a list of them',
      })
      .transform((value) => (typeof value === 'string' ? [value] : value)),
    encoding: z.enum(ENCODINGS, { error: `the encoding is one of ${ENCODINGS.join(', ')}` }).default('utf-8'),
    delimiter: oneCharacter('the delimiter').default(','),
    quote: z.union([z.literal(''), oneCharacter('the quote')]).default('"'),
    headerRow: z.int('the header row is a line number').min(1).max(1_000).default(1),
    sheet: z.union([z.string().min(1), z.int().min(1)], { error: "write a sheet's name or its number" }).default(1),
    currency: z
      .string()
      .refine(isCurrency, { error: (issue) => `"${String(issue.input)}" is no currency code of ISO 4217` })
      .optional(),
    dates: z.array(dateFormat, { error: 'list the formats of the dates, for example [DD/MM/YYYY]' }).min(1),
    amount,
    columns,
    lineDescription: z.boolean().default(false),
    key: z.array(column).min(1, 'name at least one header').optional(),
    rejectedShareMax: z.number().min(0).max(1, 'the share is a number from 0 to 1').default(0.02),
    skip: z.array(skip).default([]),
  })
  .refine((value) => hasCurrencyColumn(value) || value.currency !== undefined, {
    error: 'write the `currency` of all rows, or name the column `columns.currency`',
    path: ['currency'],
    when: currencyIsReadable,
  })
  .refine((value) => !hasCurrencyColumn(value) || value.currency === undefined, {
    error: '`currency` and `columns.currency` exclude each other',
    path: ['currency'],
    when: currencyIsReadable,
  });

function hasCurrencyColumn(value: { readonly columns: { readonly currency?: unknown } }): boolean {
  return value.columns.currency !== undefined;
}

/** Says what is wrong with the currency also where other keys are wrong, so that all mistakes are told at once. */
function currencyIsReadable({ value, issues }: z.core.ParsePayload): boolean {
  const keys = issues.map(({ path }) => (path ?? []).join('.'));
  const broken = keys.some((key) => key === 'currency' || key === 'columns' || key === 'columns.currency');
  return !broken && isObject(value) && 'columns' in value && isObject(value.columns);
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}

export type CsvSettings = z.infer<typeof csvSettings>;
export type SkipSetting = CsvSettings['skip'][number];
export type ColumnSetting = z.infer<typeof column>;
