import { z } from 'zod';

import { optionalText, utcDay } from '../../src/connector/rows.js';
import type { ServiceCharge } from '../../src/connector/service.js';
import type { LineTexts } from '../../src/core/charge.js';
import type { IsoDate } from '../../src/core/date.js';
import { codingOf, commonCoding, lines, selections, type Selection } from './coding.js';
import { amountOf, byLines, currencyAmount, statedAmounts, type Money } from './money.js';
import type { RampSettings } from './settings.js';

/** States in which money has moved, as far as Ramp is concerned. */
const CLEARED = ['CLEARED', 'COMPLETION'] as const;
const NOT_CLEARED: ReadonlySet<string> = new Set(['PENDING', 'PENDING_INITIATION', 'DECLINED', 'ERROR']);

/** False for a card transaction that was declined, or that has not cleared yet. An unknown state is read, and refused. */
export function isClearedOrUnknown(row: unknown): boolean {
  const read = z.object({ state: z.string() }).safeParse(row);
  return !read.success || !NOT_CLEARED.has(read.data.state);
}

const cardHolder = z.object({ first_name: optionalText, last_name: optionalText, department_name: optionalText });

/** A card transaction that has cleared. */
export const cardTransaction = z
  .object({
    ...statedAmounts,
    id: z.string().min(1),
    state: z.enum(CLEARED),
    user_transaction_time: utcDay,
    original_transaction_amount: currencyAmount.nullish(),
    merchant_name: optionalText,
    merchant_descriptor: optionalText,
    merchant_category_code: optionalText,
    sk_category_name: optionalText,
    card_holder: cardHolder.nullish(),
    card_id: optionalText,
    entity_id: optionalText,
    accounting_field_selections: selections,
    line_items: lines,
  })
  .transform((row, context) => {
    const money = amountOf(row, [row.original_transaction_amount, only(row.line_items)]);
    if (typeof money !== 'string') return { ...row, money };
    context.issues.push({ code: 'custom', input: row.amount, message: money, path: ['amount'] });
    return z.NEVER;
  });

type CardTransaction = z.output<typeof cardTransaction>;
type Lines = z.output<typeof lines>;

/** Digits of a code of ISO 18245; some programs write it as a number, without the zeros in front. */
const MERCHANT_CATEGORY_DIGITS = 4;

/** The charges of a card transaction: one for each of its lines. */
export function transactionCharges(row: CardTransaction, settings: RampSettings): ServiceCharge[] {
  const holder = row.card_holder ?? undefined;
  const category = row.merchant_category_code;
  return chargesOf(
    {
      key: row.id,
      day: row.user_transaction_time,
      money: row.money,
      lines: row.line_items,
      selections: row.accounting_field_selections,
      department: holder?.department_name ?? '',
      texts: {
        payee: row.merchant_name === '' ? row.merchant_descriptor : row.merchant_name,
        description: row.merchant_descriptor === row.merchant_name ? '' : stableDescriptor(row),
        serviceCategory: row.sk_category_name,
        merchantCategory: /^\d+$/.test(category) ? category.padStart(MERCHANT_CATEGORY_DIGITS, '0') : category,
        person: holder === undefined ? '' : `${holder.first_name} ${holder.last_name}`.trim(),
        card: row.card_id,
        account: row.entity_id,
      },
    },
    settings,
  );
}

/** What the card network calls the merchant, unless it carries a number that differs from purchase to purchase. */
function stableDescriptor({ merchant_name: name, merchant_descriptor: descriptor }: CardTransaction): string {
  return name === '' || /\d{3}|[*#]\s*\S*\d/.test(descriptor) ? '' : descriptor;
}

const CARD_METHOD = /CARD/;

/** False for a bill that is not approved, or that was paid by a card of Ramp and so is a card transaction too. */
export function isApprovedBill(row: unknown): boolean {
  const read = z
    .object({ approval_status: z.string(), payment: z.object({ payment_method: optionalText }).nullish() })
    .safeParse(row);
  if (!read.success) return true;
  return read.data.approval_status === 'APPROVED' && !CARD_METHOD.test(read.data.payment?.payment_method ?? '');
}

/** A bill that was approved. */
export const bill = z.object({
  id: z.string().min(1),
  approval_status: z.literal('APPROVED'),
  issued_at: utcDay,
  amount: currencyAmount,
  invoice_number: optionalText,
  vendor: z.object({ name: optionalText }).nullish(),
  entity_id: optionalText,
  accounting_field_selections: selections,
  line_items: lines,
});

/** The charges of a bill: one for each of its lines, on the day that the vendor put on it. */
export function billCharges(row: z.output<typeof bill>, settings: RampSettings): ServiceCharge[] {
  return chargesOf(
    {
      key: `bill/${row.id}`,
      reference: row.invoice_number,
      day: row.issued_at,
      money: row.amount,
      lines: row.line_items,
      selections: row.accounting_field_selections,
      department: '',
      texts: { payee: row.vendor?.name ?? '', account: row.entity_id },
    },
    settings,
  );
}

const REIMBURSED = ['REIMBURSED', 'MANUALLY_REIMBURSED', 'REIMBURSED_VIA_PUSH'] as const;
const DIRECTION = 'BUSINESS_TO_USER';

/** True for a claim whose money was paid out; Ramp has some twenty other states, all of which come before or instead. */
export function isReimbursed(row: unknown): boolean {
  const read = z.object({ state: z.string(), direction: z.string().nullish() }).safeParse(row);
  if (!read.success) return true;
  const { state, direction } = read.data;
  return (REIMBURSED as readonly string[]).includes(state) && (direction ?? DIRECTION) === DIRECTION;
}

/** A person's claim that was paid out. */
export const reimbursement = z
  .object({
    ...statedAmounts,
    id: z.string().min(1),
    state: z.enum(REIMBURSED),
    transaction_date: utcDay,
    original_reimbursement_amount: currencyAmount.nullish(),
    merchant: optionalText,
    user_full_name: optionalText,
    department_name: optionalText,
    entity_id: optionalText,
    accounting_field_selections: selections,
    line_items: lines,
  })
  .transform((row, context) => {
    const witnesses = [row.original_reimbursement_amount, only(row.line_items)];
    const money = amountOf(row, witnesses);
    const reason = typeof money === 'string' ? money : unitDoubt(row, money, witnesses);
    if (typeof money !== 'string' && reason === undefined) return { ...row, money };
    context.issues.push({ code: 'custom', input: row.amount, message: reason ?? '', path: ['amount'] });
    return z.NEVER;
  });

/** A bare number without a second amount beside it could be in whole units or in the smallest. */
function unitDoubt(
  row: { readonly amount?: unknown; readonly entity_amount?: Money | null | undefined },
  money: Money,
  witnesses: readonly (Money | null | undefined)[],
): string | undefined {
  const isClear = money === row.entity_amount || money === row.amount;
  const isWitnessed = witnesses.some((witness) => witness?.currency === money.currency);
  return isClear || isWitnessed ? undefined : 'nothing says whether the amount is in whole or in the smallest units';
}

/** The charges of a claim: one for each of its lines, on the day of the purchase. */
export function reimbursementCharges(row: z.output<typeof reimbursement>, settings: RampSettings): ServiceCharge[] {
  return chargesOf(
    {
      key: `reimbursement/${row.id}`,
      day: row.transaction_date,
      money: row.money,
      lines: row.line_items,
      selections: row.accounting_field_selections,
      department: row.department_name,
      texts: { payee: row.merchant, person: row.user_full_name, account: row.entity_id },
    },
    settings,
  );
}

interface Booked {
  readonly key: string;
  /** What a person looks up, where it is not the key. */
  readonly reference?: string;
  readonly day: IsoDate;
  readonly money: Money;
  readonly lines: Lines;
  readonly selections: readonly Selection[];
  readonly department: string;
  readonly texts: Partial<LineTexts>;
}

function chargesOf(row: Booked, settings: RampSettings): ServiceCharge[] {
  const given = row.lines.length === 0 ? [{ amount: row.money, accounting_field_selections: [] }] : row.lines;
  const codings = given.map((line) =>
    codingOf(line.accounting_field_selections, row.selections, row.department, settings),
  );
  const amounts =
    given.length === 1
      ? undefined
      : byLines(
          row.money,
          given.map(({ amount }) => amount ?? undefined),
        );
  const { currency } = row.money;
  const named = row.reference ?? '';
  const common = { reference: named === '' ? row.key : named, day: row.day, currency };
  if (amounts === undefined) {
    return [{ ...common, key: row.key, cash: row.money.amount, texts: { ...row.texts, ...commonCoding(codings) } }];
  }
  return amounts.map((cash, index) => ({
    ...common,
    // The place of a line in its row is the only name that Ramp gives it.
    key: `${row.key}/${index + 1}`,
    cash,
    texts: { ...row.texts, ...codings[index] },
  }));
}

/** The amount of the only line, which is the whole row's. */
function only(all: Lines): Money | undefined {
  return all.length === 1 ? (all[0]?.amount ?? undefined) : undefined;
}
