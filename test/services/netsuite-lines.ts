import { ACCOUNTS, DEPARTMENTS, PAYEES, PEOPLE, type SpendDocument } from './spend-documents.js';

/** A line as the tables of NetSuite hold it, with what its query can name. */
export interface NetSuiteLine {
  readonly transactionid: string;
  readonly lineid: number;
  readonly kind: string;
  readonly number: string;
  readonly day: string;
  readonly currency: string;
  /** In the smallest units; a debit is positive. Undefined for lines that are only a text. */
  readonly units: number | undefined;
  readonly isMain: boolean;
  readonly isTax: boolean;
  readonly isPosted: boolean;
  readonly isVoided: boolean;
  /** A journal that voids something else. */
  readonly isVoiding?: boolean;
  readonly accountnumber: string;
  readonly accountname: string;
  readonly accounttype: string;
  readonly entityname: string;
  readonly projectname: string;
  readonly itemname: string;
  readonly departmentname: string;
  readonly classname: string;
  readonly locationname: string;
  readonly subsidiaryname: string;
}

const KINDS: Readonly<Record<SpendDocument['kind'], string>> = {
  card: 'CardChrg',
  bill: 'VendBill',
  credit: 'VendCred',
  claim: 'ExpRept',
};
const ASSET = 4;

/** The lines of a document: the main line with its total against it, its own lines, tax, a debt, a text. */
export function documentLines(document: SpendDocument, isPosted: boolean, weight: number): NetSuiteLine[] {
  const { kind, number, payee, person, currency, lines, isVoid, day } = document;
  const isRefund = lines.some(({ units }) => units < 0);
  const buyer = PEOPLE[person];
  const common = {
    transactionid: String(number),
    kind: kind === 'card' && isRefund ? 'CardRfnd' : KINDS[kind],
    number: kind === 'bill' ? `B-${number}` : '',
    day,
    currency,
    isMain: false,
    isTax: false,
    isPosted,
    isVoided: isVoid,
    entityname: kind === 'claim' ? `${buyer?.first ?? ''} ${buyer?.last ?? ''}` : (PAYEES[payee]?.name ?? ''),
    projectname: '',
    itemname: '',
    classname: '',
    locationname: '',
    departmentname: '',
    subsidiaryname: 'Parent : UK',
  };
  const own = lines.map((line, index) => ({
    ...common,
    ...accountOf(line.account),
    lineid: index + 1,
    units: line.units,
    departmentname: line.department === 3 ? '' : (DEPARTMENTS[line.department] ?? ''),
    classname: line.department === 1 ? 'Growth' : '',
    locationname: 'London',
    projectname: line.department === 2 ? 'Apollo' : '',
    itemname: number % 5 === 0 ? 'Seats' : '',
  }));
  const weights = Array.from({ length: weight }, (_, index) => ({
    ...common,
    ...accountOf(0),
    lineid: 100 + index,
    units: isRefund ? -1 : 1,
  }));
  const net = lines.reduce((sum, { units }) => sum + units, 0);
  const tax = number % 3 === 0 ? Math.round(net / 5) : 0;
  const debt = { accountnumber: '2200', accountname: 'VAT on Purchases', accounttype: 'OthCurrLiab' };
  const main = { accountnumber: '2000', accountname: 'Accounts Payable', accounttype: 'AcctPay' };
  return [
    { ...common, ...main, lineid: 0, units: -net - tax, isMain: true },
    ...own,
    ...weights,
    ...(tax === 0 ? [] : [{ ...common, ...debt, lineid: 50, units: tax, isTax: true }]),
    ...(number % 8 === 1 ? [{ ...common, ...debt, accountname: 'Loan', lineid: 60, units: 4_500 }] : []),
    ...(number % 7 === 0
      ? [{ ...common, accountnumber: '', accountname: '', accounttype: '', lineid: 70, units: undefined }]
      : []),
  ];
}

/**
 * The journals of a month: one that moves a cost from one department to another and accrues another one, and one that voids
 * a check. NetSuite marks the first line of a journal as its main line, though it repeats no total.
 */
export function journalLines(month: string): NetSuiteLine[] {
  const common = {
    kind: 'Journal',
    number: `JE-${month}`,
    day: `${month}-15`,
    currency: 'USD',
    isTax: false,
    isPosted: true,
    isVoided: false,
    entityname: '',
    itemname: '',
    classname: '',
    locationname: '',
    projectname: '',
    departmentname: '',
    subsidiaryname: 'Parent : UK',
  };
  const transactionid = `${month.replace('-', '')}990`;
  const debt = { accountnumber: '2100', accountname: 'Accruals', accounttype: 'OthCurrLiab' };
  const bank = { accountnumber: '1000', accountname: 'Checking', accounttype: 'Bank' };
  const moved = { ...common, ...accountOf(0), transactionid, projectname: 'Datadog' };
  const accrued = { ...common, transactionid, isMain: false };
  const voiding = { ...common, transactionid: `${month.replace('-', '')}991`, isVoiding: true };
  return [
    { ...moved, lineid: 0, isMain: true, units: 25_000, departmentname: 'Marketing' },
    { ...moved, lineid: 1, isMain: false, units: -25_000, departmentname: 'IT' },
    { ...accrued, ...accountOf(1), lineid: 2, units: 12_000, departmentname: 'Engineering' },
    { ...accrued, ...debt, lineid: 3, units: -12_000 },
    { ...voiding, ...accountOf(0), lineid: 0, isMain: true, units: -9_900 },
    { ...voiding, ...bank, lineid: 1, isMain: false, units: 9_900 },
  ];
}

function accountOf(index: number): Pick<NetSuiteLine, 'accountnumber' | 'accountname' | 'accounttype'> {
  const account = ACCOUNTS[index];
  return {
    accountnumber: account?.code ?? '',
    accountname: account?.name ?? '',
    accounttype: index === ASSET ? 'FixedAsset' : 'Expense',
  };
}
