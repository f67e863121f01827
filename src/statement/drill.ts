import type { FlowPart, Statement, StatementLineRow } from './types.js';

/** True when one of the functions has money on the line. */
function touches(row: StatementLineRow, functionIds: readonly string[]): boolean {
  return row.functions.some(({ functionId }) => functionIds.includes(functionId));
}

/**
 * The technology lines under one match of the cascade: the line itself; or the lines of the vendor, of the category, or
 * all of them, on which either function has money. In the order of `statement.lines`.
 *
 * @example linesOfPart(statement, statement.parts[0]).map(({ id }) => id)
 */
export function linesOfPart(statement: Statement, part: FlowPart): StatementLineRow[] {
  return statement.lines.filter((row) => {
    if (row.spendClass !== 'technology' || !touches(row, [part.from, part.to])) return false;
    switch (part.level) {
      case 'line':
        return row.id === part.key;
      case 'vendor':
        return row.vendorId === part.key;
      case 'category':
        return row.category === part.key;
      case 'portfolio':
        return true;
    }
  });
}

/** The technology lines on which a function has money in either period; their money of the function sums to its row. */
export function linesOfFunction(statement: Statement, functionId: string): StatementLineRow[] {
  return statement.lines.filter((row) => row.spendClass === 'technology' && touches(row, [functionId]));
}
