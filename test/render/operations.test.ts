import { describe, expect, it } from 'vitest';

import { roundedDecimal } from '../../src/core/rounded-decimal.js';
import { renderHealthText, type HealthView } from '../../src/render/health.js';
import { renderPlanText } from '../../src/render/pull-plan.js';
import { renderRunsText, type RunView } from '../../src/render/runs.js';
import { connectorRemarks } from '../../src/render/words.js';
import type { SourceNote } from '../../src/statement/types.js';

/** What an admin reads of live sources: doctor, runs, the plan of a pull. */

const options = { columns: 100, color: false };

describe('doctor', () => {
  const lacking = (what: string, purpose: string): HealthView => ({
    subject: 'azure-cost-management',
    what,
    state: 'bad',
    detail: 'there is no secret at env:KEY',
    hint: 'Set KEY.',
    purpose,
  });

  it('says once what is to be done about several permissions, and what each is for', () => {
    const text = renderHealthText([lacking('read costs', 'the charges'), lacking('read names', 'the names')], options);
    expect(text.split('What to do\n')[1]).toBe(
      'azure-cost-management, read costs (the charges)\nazure-cost-management, read names (the names)\n  Set KEY.',
    );
  });

  it('breaks long findings into lines and keeps ids whole', () => {
    const detail = 'the service answered something long about the scope that it does not know, '.repeat(4).trim();
    const text = renderHealthText([{ ...lacking('read costs', 'the charges'), detail }], options);
    const lines = text.split('\n').map((line) => line.trimEnd());
    expect(Math.max(...lines.map(({ length }) => length))).toBeLessThanOrEqual(100);
    expect(lines[2]).toContain('BAD  azure-cost-management  read costs  the service answered');
    expect(text.replaceAll(/\s+/g, ' ')).toContain(detail);
  });
});

describe('runs', () => {
  const run: RunView = {
    source: 'azure-cost-management',
    startedAt: '2026-11-26T18:43:00.000Z',
    finishedAt: '2026-11-26T18:43:02.000Z',
    outcome: 'unchanged',
    windowsRead: 14,
    windows: Array.from({ length: 14 }, (_, index) => String(index)),
    rowCount: 12_841_000,
    rejectedCount: 0,
    added: 12_809_000,
    changed: 0,
    removed: 0,
    requestCount: 43,
    cost: '0.572365',
    costCurrency: 'USD',
  };

  it('always show what was paid, and the whole id', () => {
    const text = renderRunsText([run], options);
    expect(text).toContain('0.572365 USD');
    expect(text).toContain('azure-cost-management');
  });

  it('call a run that was told to end stopped', () => {
    expect(renderRunsText([{ ...run, outcome: 'failed', stopped: true }], options)).toMatch(/ stopped /);
  });
});

it('a plan of a source that begins later says that there is no month to read', () => {
  const plan = {
    source: 'cards',
    months: [],
    requests: undefined,
    priceMicros: 0n,
    currency: 'USD',
    spentThisMonthMicros: 0n,
    ceilings: { runMicros: undefined, monthMicros: undefined },
  };
  expect(renderPlanText([{ ...plan, monthly: true }], options)).toContain('cards: has no month to read');
  expect(renderPlanText([{ ...plan, monthly: false }], options)).toContain('cards: reads what is new or has changed');
});

it('remarks that differ in figures alone do not hide another one', () => {
  const monthly = ['2026-01', '2026-02', '2026-03', '2026-04'].map((month) => `12.5 EUR of ${month} came late.`);
  expect(connectorRemarks({ remarks: [...monthly, 'No source covers the account.'] } as unknown as SourceNote)).toEqual(
    [
      '12.5 EUR of 2026-01 came late.',
      'No source covers the account.',
      '3 more remarks; `spendshift sources --json` lists them',
    ],
  );
});

it.each([
  ['204915.95709218742274901290940751497071659028', 6, '204915.957092'],
  ['-0.00008681257725098709', 6, '-0.000087'],
  ['0.0000004', 6, '0'],
  ['12.00', 6, '12.00'],
  ['100.845', 2, '100.85'],
])('%s is shown with %i decimals', (text, decimals, shown) => {
  expect(roundedDecimal(text, decimals)).toBe(shown);
});
