import { describe, expect, it } from 'vitest';

import { escapeHtml, html } from '../../src/render/html/markup.js';
import { renderHtml } from '../../src/render/html.js';
import { axisStart, waterfallSteps } from '../../src/render/html/waterfall-chart.js';
import { madeStatement, ORDINARY, type MadeInput } from '../support/made-statement.js';

const EVIL = `"><script>alert(1)</script><img src=x onerror='alert(2)'>{a|b}`;

describe('renderHtml', () => {
  it('gives the same bytes for the same statement, however many pages were made before', () => {
    const page = renderHtml(madeStatement(ORDINARY));
    renderHtml(madeStatement({ ...ORDINARY, parts: [] }));
    expect(renderHtml(madeStatement(ORDINARY))).toBe(page);
    expect(page).not.toMatch(/zr\d+-/);
  });

  it('escapes every text of the data', () => {
    const functions = ORDINARY.functions.map((entry) => ({ ...entry, name: `${entry.name}${EVIL}` }));
    const parts = ORDINARY.parts.map(([level, key, , ...rest]): MadeInput['parts'][number] => [
      level,
      key,
      EVIL,
      ...rest,
    ]);
    const statement = madeStatement({ ...ORDINARY, functions, parts }, { company: EVIL, definition: [EVIL] });
    const sources = statement.sources.map((source) => ({ ...source, title: EVIL, kind: EVIL }));
    const lines = statement.lines.map((line) => ({ ...line, payee: EVIL, vendor: EVIL, id: EVIL, category: EVIL }));
    const page = renderHtml({ ...statement, sources, lines });
    expect(page).not.toContain('<script');
    expect(page).not.toContain('<img');
    expect(page).toContain('&lt;script&gt;');
  });

  it('loads nothing from anywhere', () => {
    const page = renderHtml(madeStatement(ORDINARY)).replaceAll('http://www.w3.org/', '');
    expect(page).not.toMatch(/https?:|url\((?!#)|@import|src=|<link/);
    expect(page).not.toContain('[object Object]');
    expect(page).not.toContain('undefined');
    expect(page).not.toContain('NaN');
  });

  it('stays small: of many lines only the largest are on the page, and it says how to list the rest', () => {
    const statement = madeStatement(ORDINARY);
    const lines = statement.lines
      .slice(0, 1)
      .flatMap((line) => Array.from({ length: 5_000 }, (_, index) => ({ ...line, id: `L${index}` })));
    const page = renderHtml({ ...statement, lines });
    expect(page.length).toBeLessThan(400_000);
    expect(page).toContain('L199<');
    expect(page).not.toContain('L200<');
    expect(page).toContain('4,800 more lines: <code>spendshift lines --period 2024-04..2025-03 --format csv</code>');
  });

  it('shows a statement without technology, and one where nothing moved', () => {
    const empty = renderHtml(madeStatement({ functions: [], parts: [], unmatched: [] }));
    expect(empty).toContain('Advertising (media space)');
    expect(empty).not.toContain('<svg');
    const still = renderHtml(madeStatement({ ...ORDINARY, parts: [], unmatched: [] }));
    expect(still).toContain('No technology money moved from one function to another.');
  });
});

describe('markup', () => {
  it('escapes text and keeps markup', () => {
    expect(html`<b title="${'"x"'}">${'<&>'}${html`<i>${3}</i>`}</b>`.markup).toBe(
      '<b title="&quot;x&quot;">&lt;&amp;&gt;<i>3</i></b>',
    );
    expect(escapeHtml("a\u202eb'")).toBe('a b&#39;');
  });
});

describe('waterfall', () => {
  it('walks from the baseline to the current amount, and cuts the axis only where changes would be too thin', () => {
    for (const row of madeStatement(ORDINARY).functions) {
      const steps = waterfallSteps(row);
      for (const [index, step] of steps.entries()) {
        if (index > 0 && !step.total) expect(step.start).toBe(steps[index - 1]?.end);
      }
      expect(steps.at(-2)?.end).toBe(row.current);
      expect(steps.every(({ end }) => end >= axisStart(steps))).toBe(true);
    }
    expect(
      axisStart([
        { name: 'Before', start: 0n, end: 10n, total: true },
        { name: 'Now', start: 0n, end: 40n, total: true },
      ]),
    ).toBe(0n);
  });
});
