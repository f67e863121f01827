import { z } from 'zod';

import { BASES, SPEND_CLASSES } from '../core/charge.js';
import { OWNER_METHODS, VENDOR_METHODS } from '../core/decision.js';
import { LEVELS, VIEWS } from '../statement/types.js';

/** Money in main units of the statement's currency as exact decimal text: `-1234.56`, up to six decimals. */
const money = z.string().regex(/^-?\d+\.\d{2,6}$/);
const month = z.string().regex(/^\d{4}-(0[1-9]|1[0-2])$/);
const count = z.int().min(0);
const perMillion = z.int();

/** Calendar months, both ends included. */
const period = z.strictObject({ first: month, last: month, monthCount: z.int() });

const levels = z.strictObject({ line: money, vendor: money, category: money, portfolio: money });
const thenNow = { baseline: money, current: money, change: money, currencyEffect: money };

/** A share of technology spend with its bounds. */
const share = z.strictObject({ sharePerMillion: perMillion, lowPerMillion: perMillion, highPerMillion: perMillion });

const functionRow = z.strictObject({
  id: z.string(),
  name: z.string(),
  group: z.enum(['it', 'business', 'unassigned']),
  ...thenNow,
  in: levels,
  out: levels,
  newMoney: money,
  cut: money,
  shareBaseline: share,
  shareCurrent: share,
  lineCount: count,
});

const source = z.strictObject({
  source: z.string(),
  title: z.string(),
  kind: z.string(),
  /** How its last pull ended; after `failed` its data may be older than its files. */
  state: z.enum(['complete', 'failed', 'never-pulled']),
  rowCount: count,
  rejectedCount: count,
  skippedCount: count,
  /** `difference` is the source's own total minus the ledger's; each in the currency it names. */
  controlTotals: z.array(
    z.strictObject({ currency: z.string(), sourceCash: z.string(), ledgerCash: money, difference: z.string() }),
  ),
  months: period.nullable(),
  missingMonths: z.array(month),
  remarks: z.array(z.string()),
});

const line = z.strictObject({
  id: z.string(),
  source: z.string(),
  payee: z.string(),
  vendorId: z.string(),
  vendor: z.string(),
  category: z.string(),
  spendClass: z.enum(SPEND_CLASSES),
  functions: z.array(z.strictObject({ functionId: z.string(), baseline: money, current: money })),
});

/**
 * The JSON form of a statement. All money is in `currency` unless an entry names its own; names of functions and
 * categories by id are in `functionNames` and `categoryNames`.
 *
 * @example statementSchema.parse(JSON.parse(text)).headline
 */
export const statementSchema = z.strictObject({
  schema: z.literal('spendshift.statement/1'),
  company: z.string(),
  currency: z.string(),
  baseline: period,
  current: period,
  basis: z.enum(BASES),
  view: z.enum(VIEWS),
  asToday: z.boolean(),
  headline: z.array(z.string()),
  technology: z.strictObject({ ...thenNow, lineCount: count }),
  functions: z.array(functionRow),
  groups: z.array(functionRow),
  flows: z.array(z.strictObject({ from: z.string(), to: z.string(), amount: money, byLevel: levels })),
  matched: levels,
  newMoney: money,
  cut: money,
  unmatched: z.array(z.strictObject({ functionId: z.string(), category: z.string(), amount: money })),
  awareness: z.strictObject({
    it: z.strictObject(thenNow),
    businessLed: z.strictObject(thenNow),
    shadow: z.strictObject(thenNow),
    unassigned: z.strictObject(thenNow),
  }),
  coverage: z.array(
    z.strictObject({ method: z.enum(OWNER_METHODS), baseline: money, current: money, lineCount: count }),
  ),
  classCoverage: z.array(
    z.strictObject({ method: z.enum(VENDOR_METHODS), baseline: money, current: money, lineCount: count }),
  ),
  beside: z.array(z.strictObject({ spendClass: z.enum(SPEND_CLASSES), ...thenNow, lineCount: count })),
  uncertain: z.strictObject({ baseline: money, current: money }),
  sources: z.array(source),
  definition: z.array(z.string()),
  functionNames: z.record(z.string(), z.string()),
  categoryNames: z.record(z.string(), z.string()),
  parts: z.array(
    z.strictObject({
      level: z.enum(LEVELS),
      key: z.string(),
      name: z.string(),
      from: z.string(),
      to: z.string(),
      amount: money,
    }),
  ),
  lines: z.array(line),
});

/** A statement as its JSON form holds it. */
export type StatementJson = z.infer<typeof statementSchema>;
