import { readFileSync } from 'node:fs';

import { describe, expect, it } from 'vitest';

import { FIELD_NAMES } from '../../src/ownership/fields.js';
import { documentOperators, OPERATORS } from '../../src/ownership/operators.js';
import { hasNestedRepetition } from '../../src/ownership/regular-expression.js';

/** The formatter aligns tables; what a table says does not depend on it. */
const plain = (text: string): string => text.replace(/ {2,}/g, ' ').replace(/-{3,}/g, '---');

describe('operators', () => {
  const documentation = plain(readFileSync(new URL('../../docs/workspace.md', import.meta.url), 'utf8'));

  it('are documented by their own table', () => {
    expect(documentation).toContain(plain(documentOperators()));
  });

  it('work on fields that are all documented', () => {
    for (const name of FIELD_NAMES) expect(documentation).toContain(`\`${name}\``);
  });

  it.each([
    ['equals', 'Figma', 'FIGMA ', true],
    ['startsWith', 'omni', 'Omni Media', true],
    ['endsWith', 'gmbh', 'Acme GmbH', true],
    ['contains', 'licence', 'Software licences', true],
    ['contains', 'licence', 'Software', false],
    ['pattern', 'MKT-*', 'mkt-100', true],
    ['pattern', 'MKT-*', 'x mkt-100', false],
    ['pattern', 'a.c*', 'abc', false],
    ['matches', '^goo+gle', 'GOOOGLE ads', true],
    ['matches', 'end$', `${'x'.repeat(300)}end`, false],
    ['is', 'empty', '', true],
    ['is', 'present', '', false],
  ])('%s %j on %j is %s', (name, value, text, holds) => {
    const operator = OPERATORS.find((candidate) => candidate.name === name && candidate.of === 'text');
    expect(operator?.of === 'text' && operator.compile(value)(text, text.toLowerCase().trim())).toBe(holds);
  });

  it.each([
    ['(a+)+', true],
    ['(?:[a-z]*x){2,}', true],
    ['((a+)b)*', true],
    ['(ab)+c+', false],
    ['[(+]+(x)', false],
    ['\\(a+\\)+', false],
  ])('nested repetition in %s: %s', (expression, nested) => {
    expect(hasNestedRepetition(expression)).toBe(nested);
  });
});
