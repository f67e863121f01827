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

function accountOf(index: number): Pick<NetSuiteLine, 'accountnumber' | 'accountname' | 'accounttype'> {
  const account = ACCOUNTS[index];
  return {
    accountnumber: account?.code ?? '',
    accountname: account?.name ?? '',
    accounttype: index === ASSET ? 'FixedAsset' : 'Expense',
  };
}
