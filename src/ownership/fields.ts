import { tagsOf, type Line } from '../core/charge.js';
import type { VendorOutcome } from '../core/decision.js';

/** What a rule is asked about. */
export interface RuleSubject {
  readonly line: Line;
  readonly vendor: VendorOutcome;
  /** The line's largest absolute month, in micro-units of its own currency. */
  readonly amountMicros: bigint;
}

/** A field of a line that holds a text. `other` is a second text that may match as well (a name beside an id). */
export interface TextField {
  readonly of: 'text';
  readonly read: (subject: RuleSubject) => string;
  readonly other?: (subject: RuleSubject) => string;
  readonly meaning: string;
}

export interface AmountField {
  readonly of: 'amount';
  readonly meaning: string;
}

export type Field = TextField | AmountField;

function text(meaning: string, read: TextField['read'], other?: TextField['read']): TextField {
  return other === undefined ? { of: 'text', meaning, read } : { of: 'text', meaning, read, other };
}

/** The fields of rules, except `tag.KEY`. Those that identify best come first: rules are looked up by them. */
export const FIELDS: Readonly<Record<string, Field>> = {
  payee: text('payee, merchant or vendor text of the source', ({ line }) => line.payee),
  vendor: text(
    'name or id of the vendor',
    ({ vendor }) => vendor.vendor,
    ({ vendor }) => vendor.vendorId,
  ),
  card: text('card or contract', ({ line }) => line.card),
  subAccount: text(
    'id or name of the sub-account',
    ({ line }) => line.subAccount,
    ({ line }) => line.subAccountName,
  ),
  project: text('project', ({ line }) => line.project),
  costCenter: text('cost centre or buying unit', ({ line }) => line.costCenter),
  account: text(
    'id or name of the billing account',
    ({ line }) => line.account,
    ({ line }) => line.accountName,
  ),
  person: text('cardholder, claimant or requester', ({ line }) => line.person),
  service: text('what was bought', ({ line }) => line.service),
  publisher: text('who made it, where a marketplace says so', ({ line }) => line.publisher),
  ledgerAccount: text('ledger account or its label', ({ line }) => line.ledgerAccount),
  merchantCategory: text('merchant category, code or text', ({ line }) => line.merchantCategory),
  description: text('free text', ({ line }) => line.description),
  category: text('id of the category', ({ vendor }) => vendor.category),
  spendClass: text('technology, advertising, other, unknown', ({ vendor }) => vendor.spendClass),
  source: text('id of the source', ({ line }) => line.source),
  amount: { of: 'amount', meaning: "the line's largest month, in its own currency, without its sign" },
};

export const FIELD_NAMES: readonly string[] = Object.keys(FIELDS);

const TAG_FIELD = /^tag\.(.+)$/s;

/** Finds a field by name, `tag.KEY` included (the key in any case); `undefined` when there is none. */
export function fieldOf(name: string): Field | undefined {
  const known = Object.hasOwn(FIELDS, name) ? FIELDS[name] : undefined;
  if (known !== undefined) return known;
  const key = TAG_FIELD.exec(name)?.[1]?.toLowerCase();
  if (key === undefined) return undefined;
  return text(`resource tag ${key}`, ({ line }) => tagValue(line.tags, key));
}

function tagValue(tags: string, key: string): string {
  if (tags === '{}') return '';
  for (const [name, value] of tagsOf({ tags })) if (name.toLowerCase() === key) return value;
  return '';
}
