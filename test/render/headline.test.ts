import { describe, expect, it } from 'vitest';

import { headline } from '../../src/render/headline.js';
import { madeStatement, ORDINARY, type MadeInput } from '../support/made-statement.js';

const IT_AND_MARKETING: MadeInput['functions'] = [
  { id: 'it', name: 'IT', group: 'it', baseline: 704_000 },
  { id: 'marketing', name: 'Marketing', group: 'business', baseline: 296_000 },
];

describe('headline', () => {
  it('splits what moved by strength of evidence and says what came back', () => {
    const statement = madeStatement({
      functions: IT_AND_MARKETING,
      parts: [
        ['line', 'L1', 'A', 'it', 'marketing', 120_000],
        ['vendor', 'b', 'B', 'it', 'marketing', 95_000],
        ['category', 'c', 'C', 'it', 'marketing', 60_000],
        ['portfolio', 'portfolio', 'Portfolio', 'it', 'marketing', 137_000],
        ['line', 'L2', 'D', 'marketing', 'it', 38_000],
      ],
      unmatched: [],
      uncertain: 40_000,
    });
    expect(headline(statement)).toEqual([
      '£412k moved from IT to Marketing: 120k same line, 95k same vendor, 60k same need, 137k reallocated; £38k came back.',
      'IT owned 33.0 % of technology spend, before 70.4 % (−37.4 points; between 31.0 and 35.0 % given what is not known).',
      'Technology spend stayed at £1.0m.',
      'Marketing (+£374k to £670k) gained most; IT (−£374k to £330k) lost most.',
      '£40k, 4.0 % of technology spend, is not settled: no known owner, unknown kind, or a weak decision (before: £40k).',
    ]);
  });

  it('names the functions that got most when there are several', () => {
    expect(headline(madeStatement(ORDINARY))[0]).toBe(
      '£514k moved from IT to other functions, £412k of it to Marketing: 120k same line, 136k same vendor, 93k same need, ' +
        '165k reallocated; £38k came back.',
    );
  });

  it('puts the larger direction first when money flows to IT', () => {
    const statement = madeStatement({
      functions: IT_AND_MARKETING,
      parts: [
        ['line', 'L1', 'A', 'marketing', 'it', 50_400],
        ['portfolio', 'portfolio', 'Portfolio', 'it', 'marketing', 300],
      ],
      unmatched: [],
    });
    expect(headline(statement)[0]).toBe('£50k moved from Marketing to IT: 50k same line; £300 went the other way.');
  });

  it('says which functions it means where IT has several', () => {
    const security = { id: 'security', name: 'Security', group: 'it', baseline: 50_000 } as const;
    const statement = madeStatement({
      functions: [...IT_AND_MARKETING, security],
      parts: [
        ['line', 'L1', 'A', 'it', 'marketing', 30_000],
        ['line', 'L2', 'B', 'security', 'marketing', 20_000],
        ['line', 'L3', 'C', 'it', 'security', 7_000],
      ],
      unmatched: [],
    });
    expect(headline(statement).slice(0, 2)).toEqual([
      '£50k moved from the IT functions to Marketing: 50k same line.',
      'The IT functions (IT and Security) owned 67.0 % of technology spend, before 71.8 % (−4.8 points).',
    ]);
  });

  it('says that nothing moved', () => {
    const statement = madeStatement({
      functions: IT_AND_MARKETING,
      parts: [],
      unmatched: [['marketing', 'crm', 4_000]],
    });
    expect(headline(statement).slice(0, 3)).toEqual([
      'No technology money moved between IT and the other functions.',
      'IT owned 70.1 % of technology spend, before 70.4 % (−0.3 points).',
      'Technology spend rose by £4.0k (0.4 %) to £1.0m: £4.0k new money.',
    ]);
  });

  it('says that there is no technology spend, and how much is of an unknown kind', () => {
    const empty = madeStatement({ functions: [], parts: [], unmatched: [] });
    expect(headline({ ...empty, technology: { ...empty.technology, lineCount: 0 } })).toEqual([
      'No technology spend was found in April 2023 – March 2024 or April 2024 – March 2025.',
      '£31k of spend is of a kind that is not known yet.',
    ]);
  });

  it('does not divide by a baseline without technology spend', () => {
    const statement = madeStatement({
      functions: [{ id: 'it', name: 'IT', group: 'it', baseline: 0 }],
      parts: [],
      unmatched: [['it', 'crm', 5_000_000]],
    });
    expect(headline(statement).slice(1, 3)).toEqual([
      'IT owned 100.0 % of technology spend; there was none before.',
      'Technology spend rose by £5.0m to £5.0m: £5.0m new money.',
    ]);
  });

  it('rounds the parts so that they add up to the rounded sum', () => {
    const statement = madeStatement({
      functions: IT_AND_MARKETING,
      parts: [
        ['line', 'L1', 'A', 'it', 'marketing', 10_400],
        ['vendor', 'b', 'B', 'it', 'marketing', 10_400],
        ['category', 'c', 'C', 'it', 'marketing', 10_400],
      ],
      unmatched: [],
    });
    expect(headline(statement)[0]).toBe(
      '£31k moved from IT to Marketing: 11k same line, 10k same vendor, 10k same need.',
    );
  });
});
