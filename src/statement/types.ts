import type { Basis, SpendClass } from '../core/charge.js';
import type {
  BusinessFunction,
  FunctionGroup,
  KnownToIt,
  OwnerMethod,
  OwnerSegment,
  VendorMethod,
} from '../core/decision.js';
import type { Micros } from '../core/money.js';
import type { Month, Period } from '../core/period.js';

/** The levels of the cascade, from strongest evidence to weakest. */
export const LEVELS = ['line', 'vendor', 'category', 'portfolio'] as const;
export type Level = (typeof LEVELS)[number];

/** A figure for each level of the cascade. */
export type ByLevel = Readonly<Record<Level, Micros>>;

/** By whom the money is counted: who answers for it, or whose cost centre, card or account it is. */
export const VIEWS = ['owner', 'payer'] as const;
export type View = (typeof VIEWS)[number];

/** Money of one line in one month, one currency. */
export interface LineFact {
  readonly month: Month;
  readonly currency: string;
  /** In the currency of the charge. */
  readonly micros: Micros;
  /** In the reporting currency, at the rate of each charge's day. */
  readonly reportingMicros: Micros;
}

/** A line as the statement sees it. All texts are decided already. */
export interface StatementLine {
  readonly id: string;
  readonly source: string;
  readonly payee: string;
  readonly vendorId: string;
  readonly vendor: string;
  /** Empty where the category is not known. */
  readonly category: string;
  readonly spendClass: SpendClass;
  /** What decided the spend class. */
  readonly classMethod: VendorMethod;
  /** Per million. */
  readonly classConfidence: number;
  /** Segments of the chosen view, covering all time. */
  readonly segments: readonly OwnerSegment[];
  readonly knows: KnownToIt;
  readonly facts: readonly LineFact[];
}

/** Everything a statement is made of. The order of lines and facts never matters. */
export interface StatementInput {
  readonly company: string;
  /** ISO 4217 code of the reporting currency. */
  readonly currency: string;
  readonly baseline: Period;
  readonly current: Period;
  readonly basis: Basis;
  readonly view: View;
  /** True when today's organisation is applied to all months. */
  readonly asToday: boolean;
  /** Every function a segment may name, `unassigned` included. */
  readonly functions: readonly BusinessFunction[];
  /** Names of categories by id. */
  readonly categories: ReadonlyMap<string, string>;
  /** Lines of every spend class with money in either period. */
  readonly lines: readonly StatementLine[];
  /** Mean daily rate over the baseline per currency, as reporting units per unit, times `RATE_SCALE` (core/rates.ts). The reporting currency itself may be absent. */
  readonly baselineRates: ReadonlyMap<string, bigint>;
  /** Below this confidence per million a decision counts as uncertain in the bounds. */
  readonly confidenceBar: number;
  readonly sources: readonly SourceNote[];
}

/** What the reader must know of a source to trust the figures. */
export interface SourceNote {
  readonly source: string;
  readonly title: string;
  readonly kind: string;
  /** How its last pull ended. Of a failed one the ledger holds what an earlier pull read, which may be nothing. */
  readonly state: 'complete' | 'failed' | 'never-pulled';
  readonly rowCount: number;
  readonly rejectedCount: number;
  readonly skippedCount: number;
  readonly controlTotals: readonly {
    readonly currency: string;
    readonly sourceCash: string;
    readonly ledgerCashMicros: Micros;
    /** Exact decimal text of source minus ledger. */
    readonly difference: string;
  }[];
  /** First and last month with charges; undefined for an empty source. */
  readonly months: Period | undefined;
  /** Months of the two periods in which the source has no charge at all: perhaps a file that was never delivered. */
  readonly missingMonths: readonly Month[];
  /** What the connector had to say of its files. */
  readonly remarks: readonly string[];
}

/** Money then and now. `change` = current − baseline = constant-currency change + currencyEffect. */
export interface ThenNow {
  readonly baseline: Micros;
  readonly current: Micros;
  readonly change: Micros;
  readonly currencyEffect: Micros;
}

/** A share in parts per million of technology spend, with the bounds of what is not known. */
export interface SharePart {
  readonly share: number;
  /** None of the uncertain money is this function's. */
  readonly low: number;
  /** All of it is. */
  readonly high: number;
}

/**
 * One function. Identity, exact to the micro-unit:
 * `change` = Σ levels (`in` − `out`) + `newMoney` − `cut` + `currencyEffect`.
 */
export interface FunctionRow extends ThenNow {
  readonly id: string;
  readonly name: string;
  readonly group: FunctionGroup;
  readonly in: ByLevel;
  readonly out: ByLevel;
  readonly newMoney: Micros;
  readonly cut: Micros;
  readonly shareBaseline: SharePart;
  readonly shareCurrent: SharePart;
  /** Lines with money of this function in either period. */
  readonly lineCount: number;
}

/** A movement between two different functions; never negative. */
export interface Flow {
  readonly from: string;
  readonly to: string;
  readonly amount: Micros;
  readonly byLevel: ByLevel;
}

/** One match of the cascade: where in the ledger a piece of a flow comes from. */
export interface FlowPart {
  readonly level: Level;
  /** Line id, vendor id, category id, or `portfolio`: opens to its lines through `Statement.lines`. */
  readonly key: string;
  /** Name for people of the line's vendor, the vendor, the category. */
  readonly name: string;
  readonly from: string;
  readonly to: string;
  readonly amount: Micros;
}

/** New money or a cut that matched nothing, by function and category, for the explanation of growth. */
export interface Unmatched {
  readonly functionId: string;
  readonly category: string;
  /** Positive: new money; negative: cut. */
  readonly amount: Micros;
}

/** Technology owned outside IT and inside, by who knows of it. The four sum to technology spend. */
export interface Awareness {
  /** Owned by functions of the group `it`. */
  readonly it: ThenNow;
  /** Owned outside IT, known to IT. */
  readonly businessLed: ThenNow;
  /** Owned outside IT, not known to IT. */
  readonly shadow: ThenNow;
  readonly unassigned: ThenNow;
}

/** How the owners (or payers) of technology money were found. */
export interface CoverageRow {
  readonly method: OwnerMethod;
  readonly baseline: Micros;
  readonly current: Micros;
  readonly lineCount: number;
}

/** How the spend class of technology money was found. */
export interface ClassCoverageRow {
  readonly method: VendorMethod;
  readonly baseline: Micros;
  readonly current: Micros;
  readonly lineCount: number;
}

/** Spend beside technology. */
export interface ClassTotal extends ThenNow {
  readonly spendClass: SpendClass;
  readonly lineCount: number;
}

/** A line under the statement: the step between a figure and its charges. */
export interface StatementLineRow {
  readonly id: string;
  readonly source: string;
  readonly payee: string;
  readonly vendorId: string;
  readonly vendor: string;
  readonly category: string;
  readonly spendClass: SpendClass;
  /** Its money per function, functions sorted by id. */
  readonly functions: readonly { readonly functionId: string; readonly baseline: Micros; readonly current: Micros }[];
}

/** The spend-shift statement as a value; renderers only show it. */
export interface Statement {
  readonly schema: 'spendshift.statement/1';
  readonly company: string;
  readonly currency: string;
  readonly baseline: Period;
  readonly current: Period;
  readonly basis: Basis;
  readonly view: View;
  readonly asToday: boolean;
  readonly technology: ThenNow & { readonly lineCount: number };
  /** Sorted: `it` first, then `business` by current money, `unassigned` last. Functions without money in either period are left out. */
  readonly functions: readonly FunctionRow[];
  /** The same arithmetic summed over groups; flows inside a group cancel out of `in` and `out`. */
  readonly groups: readonly FunctionRow[];
  /** Largest first. */
  readonly flows: readonly Flow[];
  /** Largest first; they sum to the flows. */
  readonly parts: readonly FlowPart[];
  readonly unmatched: readonly Unmatched[];
  /** Total in = total out of each level. */
  readonly matched: ByLevel;
  readonly newMoney: Micros;
  readonly cut: Micros;
  readonly awareness: Awareness;
  readonly coverage: readonly CoverageRow[];
  readonly classCoverage: readonly ClassCoverageRow[];
  /** advertising, other, unknown. */
  readonly beside: readonly ClassTotal[];
  /** Money whose class is unknown, whose owner is unassigned, or whose decision is under the bar. */
  readonly uncertain: { readonly baseline: Micros; readonly current: Micros };
  readonly sources: readonly SourceNote[];
  /** What was counted, in sentences. */
  readonly definition: readonly string[];
  /** Lines of technology and unknown spend with money in either period, largest current first. */
  readonly lines: readonly StatementLineRow[];
  readonly functionNames: ReadonlyMap<string, string>;
  readonly categoryNames: ReadonlyMap<string, string>;
}
