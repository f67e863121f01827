import type { SpendClass } from '../core/charge.js';
import type { DayNumber } from '../core/date.js';
import type { Share } from '../core/decision.js';
import type { Micros } from '../core/money.js';

/** A file of the demo workspace; `path` is relative to the workspace, with forward slashes. */
export interface DemoFile {
  readonly path: string;
  readonly content: string | Uint8Array;
}

/** The sources of the demo workspace. */
export const DEMO_SOURCES = ['cloud', 'cards', 'payables', 'payables-de'] as const;
export type DemoSource = (typeof DEMO_SOURCES)[number];

/** What really was bought, and what the workspace's ownership files and rules make of it. */
export interface ChargeTruth {
  readonly currency: string;
  /** Spend positive, refunds and credits negative. */
  readonly cashMicros: Micros;
  readonly accrualMicros: Micros;
  /** The payee text of the row (for the cloud bill: its invoice issuer). */
  readonly payee: string;
  /** Charges of one source with equal text here have equal line texts in the ledger. */
  readonly lineTexts: string;
  readonly vendor: string;
  readonly spendClass: SpendClass;
  /** What it is, as a category id; empty outside technology and where no fixed category applies. */
  readonly category: string;
  /** Who owns it in its month; empty: nobody can be named (`unassigned`). */
  readonly owners: readonly Share[];
  /** True where no text of the row tells what was bought. */
  readonly obscure: boolean;
  /** Id of the story the charge belongs to; empty for everyday spend. */
  readonly story: string;
}

/** A row that the workspace's settings accept. */
export interface DemoCharge extends ChargeTruth {
  readonly source: DemoSource;
  readonly file: string;
  /** 1-based line of the file as a text editor shows it; the header is line 1. */
  readonly row: number;
  readonly day: DayNumber;
}

/** A row that nobody can read. */
export interface DemoRejectedRow {
  readonly source: DemoSource;
  readonly file: string;
  readonly row: number;
  readonly reason: string;
}

/** A row that the settings leave out on purpose. */
export type DemoSkippedRow = DemoRejectedRow;

/** All accepted charges of a source in one currency. */
export interface DemoTotal {
  readonly source: DemoSource;
  readonly currency: string;
  readonly chargeCount: number;
  readonly cashMicros: Micros;
  readonly accrualMicros: Micros;
}

/** Technology of one function in one source and currency, cash basis; shares are apportioned per charge. */
export interface DemoOwnerTotal {
  readonly functionId: string;
  readonly source: DemoSource;
  readonly currency: string;
  /** 2024-04..2025-03 */
  readonly baselineMicros: Micros;
  /** 2025-04..2026-03 */
  readonly currentMicros: Micros;
}

/** Where a story shows in the statement. */
export const STORY_LEVELS = ['line', 'vendor', 'category', 'new', 'cut', 'timing', 'beside', 'unassigned'] as const;
export type StoryLevel = (typeof STORY_LEVELS)[number];

/** Something that really happened, with its money on cash basis in one currency. */
export interface DemoStory {
  readonly id: string;
  readonly sentence: string;
  readonly level: StoryLevel;
  /** Function that lost, and function that gained; undefined where the story is no movement. */
  readonly from: string | undefined;
  readonly to: string | undefined;
  readonly currency: string;
  /** All money of the story's charges, 2024-04..2025-03. */
  readonly baselineMicros: Micros;
  /** The same, 2025-04..2026-03. */
  readonly currentMicros: Micros;
  /**
   * At level `line` the sum over lines of min(loss of `from`, gain of `to`); at `vendor` and `category` the same over all
   * charges of the story; otherwise current minus baseline. In the story's own currency; exact.
   */
  readonly amountMicros: Micros;
}

/** Everything that is known to be so in the demo company. */
export interface DemoTruth {
  readonly charges: readonly DemoCharge[];
  readonly rejectedRows: readonly DemoRejectedRow[];
  readonly skippedRows: readonly DemoSkippedRow[];
  readonly totals: readonly DemoTotal[];
  readonly technologyByOwner: readonly DemoOwnerTotal[];
  readonly stories: readonly DemoStory[];
}

/** The demo company: the files of its workspace and the truth about them. */
export interface DemoCompany {
  readonly files: readonly DemoFile[];
  readonly truth: DemoTruth;
}
