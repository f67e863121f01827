import type { Charge, Line } from '../core/charge.js';
import type { OwnershipDecision, VendorDecision } from '../core/decision.js';
import type { Micros } from '../core/money.js';
import type { Month } from '../core/period.js';

/** Everything known of one line: what it says, what was decided and why, and the money under it down to source rows. */
export interface Explanation {
  readonly line: Line;
  readonly vendor: VendorDecision;
  /** What the resolver said before tags and rules, when they changed it. */
  readonly resolved: VendorDecision | undefined;
  readonly ownership: OwnershipDecision;
  readonly months: readonly {
    readonly month: Month;
    readonly currency: string;
    readonly cashMicros: Micros;
    readonly accrualMicros: Micros;
    readonly chargeCount: number;
  }[];
  /** Latest first. */
  readonly charges: readonly ExplainedCharge[];
  readonly chargeCount: number;
  readonly functionNames: ReadonlyMap<string, string>;
  readonly categoryName: string;
}

/** A charge with the source rows behind it as the source has them; empty when the file is not there any more. */
export interface ExplainedCharge extends Charge {
  readonly sourceRows: readonly {
    readonly file: string;
    readonly row: number;
    readonly cells: readonly (readonly [column: string, text: string])[];
  }[];
  /** Why the rows could not be read again; empty when they could, or were not asked for. */
  readonly remark: string;
}
