import type { Mistake, Place } from '../core/errors.js';
import type { VendorDecision } from '../core/decision.js';
import { once } from '../core/once.js';
import { usesAmount } from '../ownership/book.js';
import type { RuleIndex } from '../ownership/rule-index.js';
import { applyVendorRules } from '../ownership/vendor-effects.js';
import type { Session } from './session.js';
import { workspaceResolver } from './spellings.js';

/** What people said that has no effect on the ledger as it is. */
export interface IdleReport {
  /** Rules that match no line; a rule may be meant for lines to come. */
  readonly rules: readonly Mistake[];
  /** Decisions on lines that are not there. */
  readonly decisions: readonly Mistake[];
}

const NOTHING: IdleReport = { rules: [], decisions: [] };

/**
 * Rules that match no line and decisions on lines that are not in the ledger, each with its place. Reads lines until all
 * of them are seen to do something; says nothing of a ledger without lines.
 */
export async function idleRules(session: Session): Promise<IdleReport> {
  const { ledger, workspace, knowledge } = session;
  const book = workspace.ownership;
  const idle = new Set(book.rules.map((rule) => rule.id));
  const missing = new Set(book.decisionsByLine.keys());
  if (idle.size + missing.size === 0) return NOTHING;
  const settle = (index: RuleIndex, subject: Parameters<RuleIndex['match']>[0]): void => {
    if (!index.rules.some((rule) => idle.has(rule.id))) return;
    for (const place of index.match(subject)) idle.delete(index.rules[place]?.id ?? '');
  };
  const resolve = await workspaceResolver(session);
  let lineCount = 0;
  await ledger.eachLine(usesAmount(book), ({ line, amountMicros }) => {
    lineCount += 1;
    missing.delete(line.id);
    if (idle.size > 0) {
      // Who is paid is worked out only where a condition asks for it.
      const resolved = once(() => resolve(line));
      const final = once(() => applyVendorRules(book, line, resolved(), amountMicros, knowledge.lookUpVendor));
      settle(book.vendorRules, subjectOf(line, amountMicros, resolved));
      settle(book.ownerRules, subjectOf(line, amountMicros, final));
    }
    return idle.size + missing.size > 0;
  });
  if (lineCount === 0) return NOTHING;
  return {
    rules: book.rules
      .filter((rule) => idle.has(rule.id))
      .map((rule) => ({ place: lineOf(rule.place), message: `rule ${rule.id} matches no line` })),
    decisions: [...book.decisionsByLine]
      .filter(([id]) => missing.has(id))
      .flatMap(([id, entries]) =>
        entries.map((entry) => ({
          place: lineOf(entry.place),
          message:
            `there is no line ${id}; its decision does nothing ` +
            '(line ids change when the columns of a source change)',
          hint: 'Look the line up with `spendshift lines` and write its id, or take the row out.',
        })),
      ),
  };
}

function subjectOf(
  line: Parameters<RuleIndex['match']>[0]['line'],
  amountMicros: bigint,
  vendor: () => VendorDecision,
): Parameters<RuleIndex['match']>[0] {
  return {
    line,
    amountMicros,
    get vendor() {
      return vendor();
    },
  };
}

function lineOf({ file, line }: Place): Place {
  return { file, line };
}
