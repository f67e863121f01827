import { describe, expect, it } from 'vitest';

import { renderJson, statementJson } from '../../src/render/json.js';
import { statementSchema } from '../../src/render/schema.js';
import { computeStatement } from '../../src/statement/compute.js';
import { madeStatement, ORDINARY } from '../support/made-statement.js';
import { sampleStatementInput } from '../support/sample-statement.js';

const STATEMENT = madeStatement(ORDINARY);

describe('renderJson', () => {
  it('is read back whole by its schema', () => {
    expect(statementSchema.parse(JSON.parse(renderJson(STATEMENT)))).toEqual(statementJson(STATEMENT));
  });

  it('holds a computed statement, lines and currencies included', () => {
    const statement = computeStatement(sampleStatementInput());
    const json = statementSchema.parse(JSON.parse(renderJson(statement)));
    expect(json.lines.length).toBe(statement.lines.length);
    expect(json.parts.length).toBe(statement.parts.length);
    expect(Object.keys(json).sort()).toEqual([...Object.keys(statement), 'headline'].sort());
  });

  it('writes money as exact decimal text and the currency once', () => {
    const change = { ...STATEMENT, technology: { ...STATEMENT.technology, current: 20_520_227n } };
    const json = statementSchema.parse(JSON.parse(renderJson(change)));
    expect(json.technology.current).toBe('20.520227');
    expect(json.functions[0]?.change).toBe('-488000.00');
    expect(json.baseline).toEqual({ first: '2023-04', last: '2024-03', monthCount: 12 });
    expect(Object.keys(json.functions[0] ?? {})).not.toContain('currency');
  });

  it('holds the drill-down, one entry to a line', () => {
    const text = renderJson(STATEMENT);
    const entry = STATEMENT.parts[0];
    expect(text).toContain(
      `\n    {"level":"portfolio","key":"portfolio","name":"Portfolio","from":"it","to":"marketing"`,
    );
    expect(entry?.from).toBe('it');
    expect(statementSchema.parse(JSON.parse(text)).lines).toHaveLength(STATEMENT.lines.length);
  });

  it('does not depend on the order in which names were put together', () => {
    const turned = { ...STATEMENT, functionNames: new Map([...STATEMENT.functionNames].reverse()) };
    expect(renderJson(turned)).toBe(renderJson(STATEMENT));
  });

  it('is refused by the schema with a field that does not belong', () => {
    expect(statementSchema.safeParse({ ...statementJson(STATEMENT), extra: 1 }).success).toBe(false);
  });
});
