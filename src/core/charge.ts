import type { Micros } from './money.js';

/**
 * What a source's charges are: `bill` the vendor's own itemised statement; `payment` money leaving (card, bank, accounts
 * payable); `expense` a person's claim; `plan` a budget. A workspace may choose among these.
 */
export const SPEND_KINDS = ['bill', 'payment', 'expense', 'plan'] as const;

/**
 * All kinds of sources. `chargeback`: what departments were charged inside the company, which is no spend and in no
 * statement; `reference`: no charges at all (rates, people, applications). These two are their connector's alone.
 */
export const SOURCE_KINDS = [...SPEND_KINDS, 'chargeback', 'reference'] as const;
export type SourceKind = (typeof SOURCE_KINDS)[number];

/** `cash`: when billed or paid. `accrual`: spread over the service period (FOCUS BilledCost and EffectiveCost). */
export const BASES = ['cash', 'accrual'] as const;
export type Basis = (typeof BASES)[number];

/**
 * `technology`; `advertising` (media space: beside technology, never inside); `other`; `unknown` (nothing decides).
 */
export const SPEND_CLASSES = ['technology', 'advertising', 'other', 'unknown'] as const;
export type SpendClass = (typeof SPEND_CLASSES)[number];

/**
 * The texts by which a ledger line keeps its identity across months: the thing bought and where it is booked. All of
 * them are the source's own words; an absent text is the empty string. Two charges of one source with equal texts
 * belong to one line.
 */
export interface LineTexts {
  /** Payee, merchant or vendor text as the source has it. */
  readonly payee: string;
  /** Who made the thing, where the source says so (marketplaces: FOCUS PublisherName or ServiceProviderName). */
  readonly publisher: string;
  /** What was bought, where the source says so (FOCUS ServiceName, product column). */
  readonly service: string;
  /** Kind of service in the source's words (FOCUS ServiceCategory). */
  readonly serviceCategory: string;
  /** Billing account id. */
  readonly account: string;
  readonly accountName: string;
  /** Sub-account id: linked account, subscription, project of a cloud. */
  readonly subAccount: string;
  readonly subAccountName: string;
  /** Card (last digits) or contract the charge was made on. */
  readonly card: string;
  /** Cost centre or buying unit. */
  readonly costCenter: string;
  readonly project: string;
  /** Cardholder, claimant or requester. */
  readonly person: string;
  /** Ledger account (general ledger, nominal code) or its label. */
  readonly ledgerAccount: string;
  /** Merchant category, as an ISO 18245 code or as the source's text. */
  readonly merchantCategory: string;
  /** Free text that helps to tell what was bought. */
  readonly description: string;
  /** Resource tags and labels chosen in the source's settings, as JSON with sorted keys; `{}` when there are none. */
  readonly tags: string;
}

/** The keys of `LineTexts`, in the order in which the ledger stores and hashes them. Changing it changes line ids. */
export const LINE_TEXT_KEYS = [
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
  'tags',
] as const satisfies readonly (keyof LineTexts)[];

/** Line texts with every text empty: spread it and set what the source knows. */
export const EMPTY_LINE_TEXTS: LineTexts = {
  payee: '',
  publisher: '',
  service: '',
  serviceCategory: '',
  account: '',
  accountName: '',
  subAccount: '',
  subAccountName: '',
  card: '',
  costCenter: '',
  project: '',
  person: '',
  ledgerAccount: '',
  merchantCategory: '',
  description: '',
  tags: '{}',
};

/** The texts whose combination is where a line is booked (its coding); the rest say what was bought. */
export const CODING_KEYS = [
  'account',
  'accountName',
  'subAccount',
  'subAccountName',
  'card',
  'costCenter',
  'project',
  'person',
  'ledgerAccount',
  'tags',
] as const satisfies readonly (keyof LineTexts)[];

/** A line of the ledger with its public id (`L` and 12 letters or digits) and its source. */
export interface Line extends LineTexts {
  readonly id: string;
  readonly source: string;
  readonly sourceKind: SourceKind;
}

/** Tags of a line as a map. */
export function tagsOf(texts: Pick<LineTexts, 'tags'>): ReadonlyMap<string, string> {
  if (texts.tags === '{}' || texts.tags === '') return new Map();
  return new Map(Object.entries(JSON.parse(texts.tags) as Record<string, string>));
}

/** Tags as the canonical JSON text a line carries: sorted keys, no empty values. */
export function canonicalTags(tags: Iterable<readonly [string, string]>): string {
  const entries = [...tags].filter(([, value]) => value !== '').sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
  return JSON.stringify(Object.fromEntries(entries));
}

/** One charge as the ledger keeps it, opened for a person. */
export interface Charge {
  readonly lineId: string;
  /** Day of the charge as `yyyymmdd`; of a grouped bill, the last day charged in that month. */
  readonly day: number;
  readonly currency: string;
  readonly cashMicros: Micros;
  readonly accrualMicros: Micros;
  /** Source rows behind it: 1, or more when a bill was grouped to line × month. */
  readonly rowCount: number;
  /** File of the (first) source row. */
  readonly file: string;
  /** 1-based number of the (first) source row in that file: a line of a text file, a row of a Parquet file or sheet. */
  readonly row: number;
  /** What a person can look up at a live service; empty for charges of files. */
  readonly reference: string;
}
