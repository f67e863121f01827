import { z } from 'zod';

import { accountText, optionalText } from '../../src/connector/rows.js';
import type { ServiceCharge } from '../../src/connector/service.js';
import { currencyCode, decimal, leadingDay } from '../../src/connector/values.js';
import { canonicalTags } from '../../src/core/charge.js';
import { NO_SPEND_ACCOUNTS } from './query.js';
import { SEGMENTS, TYPES, type NetSuiteSettings, type Segment } from './settings.js';

/** A line as the query gives it: all values are texts, and what is empty is left out. */
export const line = z.object({
  transactionid: z.coerce.string().min(1),
  lineid: z.coerce.string().min(1),
  kind: z.enum(TYPES),
  number: optionalText,
  day: leadingDay,
  currency: currencyCode,
  // Positive for a debit to the line's account: spend is positive and a credit negative already.
  amount: decimal,
  taxline: z.enum(['T', 'F']),
  accountnumber: optionalText,
  accountname: optionalText,
  entityname: optionalText,
  projectname: optionalText,
  itemname: optionalText,
  departmentname: optionalText,
  classname: optionalText,
  locationname: optionalText,
  subsidiaryname: optionalText,
});

const kindOfLine = z.object({
  taxline: z.string(),
  accounttype: optionalText,
  amount: z.union([z.string(), z.number()]).nullish(),
});
const NO_SPEND: ReadonlySet<string> = new Set(NO_SPEND_ACCOUNTS);

/**
 * False for tax that is not wanted, for lines on accounts that are no spend, and for lines without money. Tax is booked on
 * accounts of debts, and is spend where it is wanted.
 */
export function isSpend(row: unknown, { tax }: Pick<NetSuiteSettings, 'tax'>): boolean {
  const read = kindOfLine.safeParse(row);
  if (!read.success) return true;
  const { taxline, accounttype, amount } = read.data;
  // A line that is only a text has no amount.
  if (amount === null || amount === undefined || /^-?0*\.?0*$/.test(String(amount))) return false;
  return taxline === 'T' ? tax === 'included' : !NO_SPEND.has(accounttype);
}

const TITLES: Readonly<Record<Segment, string>> = {
  department: 'Department',
  class: 'Class',
  location: 'Location',
  subsidiary: 'Subsidiary',
};

/** The charge of a line. */
export function toCharge(
  row: z.output<typeof line>,
  { costCenter }: Pick<NetSuiteSettings, 'costCenter'>,
): ServiceCharge {
  const segments: Readonly<Record<Segment, string>> = {
    department: row.departmentname,
    class: row.classname,
    location: row.locationname,
    subsidiary: row.subsidiaryname,
  };
  const isClaim = row.kind === 'ExpRept';
  // A journal has no vendor of its own; each of its lines may name one.
  const isJournal = row.kind === 'Journal';
  const payee = isJournal ? row.projectname : row.entityname;
  const others = SEGMENTS.filter((segment) => segment !== costCenter && segment !== 'subsidiary');
  return {
    key: `${row.transactionid}/${row.lineid}`,
    reference: row.number === '' ? row.transactionid : row.number,
    day: row.day,
    currency: row.currency,
    cash: row.amount,
    texts: {
      // An expense report names the employee, and no vendor.
      payee: isClaim ? '' : payee,
      person: isClaim ? row.entityname : '',
      service: row.itemname,
      ledgerAccount: accountText(row.accountnumber, row.accountname),
      costCenter: segments[costCenter],
      project: row.projectname === row.entityname || isJournal ? '' : row.projectname,
      accountName: segments.subsidiary,
      tags: canonicalTags(others.map((segment) => [TITLES[segment], segments[segment]])),
    },
  };
}

/** A total as NetSuite sums it. */
export const total = z.object({ currency: currencyCode, amount: decimal });
