import type { SpendClass } from '../../src/core/charge.js';
import type { BusinessFunction, OwnerMethod, OwnerSegment, Share, VendorMethod } from '../../src/core/decision.js';
import { convertMicros, RATE_SCALE } from '../../src/core/rates.js';
import { monthsOf, type Month, type Period } from '../../src/core/period.js';
import type { LineFact, SourceNote, StatementInput, StatementLine } from '../../src/statement/types.js';

const BASELINE: Period = { from: '2023-01' as Month, to: '2023-04' as Month };
const CURRENT: Period = { from: '2024-01' as Month, to: '2024-04' as Month };
const REORGANISED = '2023-10' as Month;

const FUNCTIONS: readonly BusinessFunction[] = [
  { id: 'it', name: 'IT', group: 'it' },
  { id: 'security', name: 'Security', group: 'it' },
  { id: 'marketing', name: 'Marketing', group: 'business' },
  { id: 'sales', name: 'Sales', group: 'business' },
  { id: 'finance', name: 'Finance', group: 'business' },
  { id: 'hr', name: 'HR', group: 'business' },
  { id: 'unassigned', name: 'Unassigned', group: 'unassigned' },
];

const CATEGORIES = new Map([
  ['analytics', 'Analytics'],
  ['cloud', 'Cloud infrastructure'],
  ['collaboration', 'Collaboration'],
  ['crm', 'Customer relationship management'],
  ['design', 'Design'],
  ['erp', 'Finance systems'],
  ['hr-systems', 'HR systems'],
  ['marketing-automation', 'Marketing automation'],
  ['security', 'Security'],
]);

/** USD to GBP: the mean over the baseline, and each day of the current period. */
const USD_BASELINE = (RATE_SCALE * 82n) / 100n;
const USD_CURRENT = (RATE_SCALE * 79n) / 100n;

/** Shares as text: `marketing` or `marketing 70, it 30` (percent). */
function sharesOf(text: string): Share[] {
  return text.split(', ').map((part) => {
    const [functionId = '', percent = '100'] = part.split(' ');
    return { functionId, perMillion: Number(percent) * 10_000 };
  });
}

function opinion(owner: string, method: OwnerMethod): Omit<OwnerSegment, 'from' | 'to'> {
  const unassigned = owner === 'unassigned';
  return {
    method: unassigned ? 'unassigned' : method,
    shares: sharesOf(owner),
    confidence: unassigned ? 0 : method === 'person' ? 600_000 : 950_000,
    evidence: unassigned ? 'nothing says who owns it' : `ownership/${method}s.csv says ${owner}`,
    overruled: [],
  };
}

/** `it` for all time, or `it > marketing`: it until the reorganisation, marketing after. */
function segmentsOf(owners: string, method: OwnerMethod): OwnerSegment[] {
  const [before = '', after] = owners.split(' > ');
  if (after === undefined) return [{ from: undefined, to: undefined, ...opinion(before, method) }];
  return [
    { from: undefined, to: REORGANISED, ...opinion(before, method) },
    { from: REORGANISED, to: undefined, ...opinion(after, method) },
  ];
}

function factsOf(baseline: number, current: number, currency: string): LineFact[] {
  const facts: LineFact[] = [];
  for (const [period, amount] of [
    [BASELINE, baseline],
    [CURRENT, current],
  ] as const) {
    if (amount === 0) continue;
    const rate = currency === 'GBP' ? RATE_SCALE : period === BASELINE ? USD_BASELINE : USD_CURRENT;
    for (const month of monthsOf(period)) {
      const micros = (BigInt(amount) * 1_000_000n) / 3n;
      facts.push({ month, currency, micros, reportingMicros: convertMicros(micros, rate) });
    }
  }
  return facts;
}

interface SampleRow {
  readonly vendor: string;
  readonly owners: string;
  /** Whole units of money of each quarter. */
  readonly money: readonly [number, number];
  readonly category?: string;
  readonly source?: string;
  readonly currency?: string;
  readonly method?: OwnerMethod;
  readonly spendClass?: SpendClass;
  readonly classMethod?: VendorMethod;
  readonly known?: boolean;
}

const ROWS: readonly SampleRow[] = [
  // The same line changed its owner.
  { vendor: 'Figma', category: 'design', owners: 'it > marketing', money: [42_000, 45_000], method: 'account' },
  { vendor: 'HubSpot', category: 'marketing-automation', owners: 'it > marketing', money: [78_000, 81_000] },
  { vendor: 'Salesforce', category: 'crm', owners: 'it 60, sales 40 > it 20, sales 80', money: [150_000, 156_000] },
  { vendor: 'Qualtrics', category: 'analytics', owners: 'marketing > it', money: [18_000, 20_000], method: 'rule' },
  // The same vendor, another buyer.
  { vendor: 'Adobe', category: 'design', owners: 'it', money: [64_000, 12_000] },
  { vendor: 'Adobe', category: 'design', owners: 'marketing', money: [8_000, 55_000], source: 'cards' },
  { vendor: 'Atlassian', category: 'collaboration', owners: 'it', money: [36_000, 30_000], currency: 'USD' },
  { vendor: 'Atlassian', category: 'collaboration', owners: 'marketing', money: [0, 9_000], currency: 'USD' },
  { vendor: 'Zoom', category: 'collaboration', owners: 'sales', money: [14_000, 3_000], source: 'cards' },
  { vendor: 'Zoom', category: 'collaboration', owners: 'it', money: [10_000, 22_000] },
  // The same need, another vendor.
  { vendor: 'Tableau', category: 'analytics', owners: 'it', money: [48_000, 0], currency: 'USD' },
  { vendor: 'Amplitude', category: 'analytics', owners: 'marketing', money: [0, 39_000], currency: 'USD' },
  { vendor: 'Marketo', category: 'marketing-automation', owners: 'it', money: [30_000, 0] },
  { vendor: 'Klaviyo', category: 'marketing-automation', owners: 'marketing', money: [0, 26_000], source: 'cards' },
  { vendor: 'Okta', category: 'security', owners: 'it', money: [27_000, 0] },
  { vendor: 'CyberArk', category: 'security', owners: 'security', money: [0, 31_000] },
  // Budget cut here, spent there.
  {
    vendor: 'Amazon Web Services',
    category: 'cloud',
    owners: 'it',
    money: [320_000, 298_000],
    currency: 'USD',
    source: 'cloud',
  },
  {
    vendor: 'Amazon Web Services',
    category: 'cloud',
    owners: 'marketing',
    money: [24_000, 41_000],
    currency: 'USD',
    source: 'cloud',
    method: 'resource-tag',
  },
  { vendor: 'Microsoft Azure', category: 'cloud', owners: 'it', money: [210_000, 195_000], source: 'cloud' },
  { vendor: 'Oracle', category: 'erp', owners: 'it 50, finance 50', money: [120_000, 124_001] },
  { vendor: 'Workday', category: 'hr-systems', owners: 'hr', money: [88_000, 92_000] },
  { vendor: 'Personio', category: 'hr-systems', owners: 'it > hr', money: [15_000, 15_500] },
  { vendor: 'CrowdStrike', category: 'security', owners: 'security', money: [66_000, 71_000], currency: 'USD' },
  { vendor: 'Splunk', category: 'security', owners: 'it > security', money: [57_000, 58_000] },
  {
    vendor: 'Xero',
    category: 'erp',
    owners: 'finance',
    money: [6_000, 6_600],
    source: 'cards',
    method: 'ledger-account',
  },
  // Outside IT and not known to IT.
  {
    vendor: 'Canva',
    category: 'design',
    owners: 'marketing',
    money: [2_400, 7_200],
    source: 'cards',
    method: 'person',
    known: false,
  },
  {
    vendor: 'Jasper',
    category: 'marketing-automation',
    owners: 'marketing',
    money: [0, 5_900],
    source: 'cards',
    method: 'person',
    known: false,
  },
  {
    vendor: 'Gong',
    category: 'crm',
    owners: 'sales',
    money: [12_000, 21_000],
    source: 'cards',
    known: false,
    currency: 'USD',
  },
  { vendor: 'Lattice', category: 'hr-systems', owners: 'hr', money: [4_000, 0], source: 'cards', known: false },
  {
    vendor: 'Notion',
    category: 'collaboration',
    owners: 'finance',
    money: [1_200, 3_300],
    source: 'cards',
    method: 'person',
    known: false,
  },
  // A refund, a vendor without a category, and what nobody owns.
  { vendor: 'Dell', owners: 'it', money: [40_000, -2_500] },
  { vendor: 'Brightwave Software', owners: 'sales', money: [0, 8_200], classMethod: 'ledger-label' },
  { vendor: 'Quorum Systems', owners: 'unassigned', money: [19_000, 16_000], known: false },
  { vendor: 'Pixelpost', category: 'design', owners: 'unassigned > marketing', money: [3_000, 3_100], known: false },
  {
    vendor: 'Nimbus Hosting',
    category: 'cloud',
    owners: 'unassigned',
    money: [0, 7_700],
    source: 'cards',
    known: false,
  },
  // Beside technology.
  { vendor: 'Google Ads', owners: 'marketing', money: [260_000, 310_000], spendClass: 'advertising' },
  { vendor: 'Meta Ads', owners: 'marketing', money: [140_000, 118_000], spendClass: 'advertising', currency: 'USD' },
  { vendor: 'Harrogate Taxis', owners: 'sales', money: [3_300, 2_900], spendClass: 'other', source: 'cards' },
  { vendor: 'Northern Catering', owners: 'hr', money: [9_100, 9_900], spendClass: 'other' },
  {
    vendor: 'SP KLMX 4471',
    owners: 'marketing',
    money: [4_000, 11_000],
    spendClass: 'unknown',
    source: 'cards',
    known: false,
  },
  {
    vendor: 'PAYMENT 00912',
    owners: 'unassigned',
    money: [2_000, 1_500],
    spendClass: 'unknown',
    source: 'cards',
    known: false,
  },
];

function lineOf(row: SampleRow, index: number): StatementLine {
  const spendClass = row.spendClass ?? 'technology';
  return {
    id: `Lsample${String(index + 1).padStart(5, '0')}`,
    source: row.source ?? 'payables',
    payee: row.vendor.toUpperCase(),
    vendorId: row.vendor.toLowerCase().replace(/ /g, '-'),
    vendor: row.vendor,
    category: row.category ?? '',
    spendClass,
    classMethod: spendClass === 'unknown' ? 'none' : (row.classMethod ?? 'alias'),
    classConfidence: spendClass === 'unknown' ? 0 : row.classMethod === undefined ? 980_000 : 650_000,
    segments: segmentsOf(row.owners, row.method ?? 'cost-center'),
    knows: row.known === false ? { known: false, evidence: '' } : { known: true, evidence: 'ownership/sanctioned.csv' },
    facts: factsOf(row.money[0], row.money[1], row.currency ?? 'GBP'),
  };
}

function note(source: string, title: string, kind: string, rowCount: number, rejectedCount: number): SourceNote {
  const total = { currency: 'GBP', sourceCash: '1234567.89', ledgerCashMicros: 1_234_567_890_000n, difference: '0' };
  return {
    source,
    title,
    kind,
    state: 'complete',
    rowCount,
    rejectedCount,
    skippedCount: 0,
    controlTotals: [rejectedCount === 0 ? total : { ...total, sourceCash: '1234600.00', difference: '32.11' }],
    months: { from: BASELINE.from, to: CURRENT.to },
    missingMonths: source === 'cards' ? ['2023-02' as Month] : [],
    remarks: [],
  };
}

/**
 * A small company with everything a statement can hold: six functions and the unassigned, two currencies, shares, a
 * reorganisation, movements of every level in both directions, shadow IT, refunds, advertising, unknown spend and
 * rejected rows. Quarter against the same quarter a year before, in GBP. The same value at every call.
 */
export function sampleStatementInput(): StatementInput {
  return {
    company: 'Sample & Sons <Holding>',
    currency: 'GBP',
    baseline: BASELINE,
    current: CURRENT,
    basis: 'cash',
    view: 'owner',
    asToday: false,
    functions: FUNCTIONS,
    categories: CATEGORIES,
    lines: ROWS.map(lineOf),
    baselineRates: new Map([['USD', USD_BASELINE]]),
    confidenceBar: 700_000,
    sources: [
      note('cards', 'Company cards', 'payment', 1_204, 3),
      note('cloud', 'Cloud bills', 'bill', 88_112, 0),
      note('payables', 'Accounts payable', 'payment', 5_310, 0),
    ],
  };
}
