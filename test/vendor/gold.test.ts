import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { describe, expect, it } from 'vitest';

import { runTrials } from '../../src/lab/evaluate.js';
import { parseGold } from '../../src/lab/gold.js';
import type { ClassRates, Evaluation, Rate } from '../../src/lab/measure.js';
import { sharedDataFolder } from '../support/shared-data.js';
import { shippedCatalogue } from './load-catalogue.js';

const folder = sharedDataFolder();

/** Per cent. */
function percent({ part, whole }: Rate): number {
  return (100 * part) / whole;
}

// The bars are what the product promises; docs/evaluation.md has what is reached. Absent data is counted as skipped.
describe.skipIf(folder === undefined)('real payees labelled by hand (needs shared/data)', () => {
  const evaluations = (): Evaluation[] => {
    const rows = parseGold(readFileSync(join(folder ?? '', 'gold/dev.csv'), 'utf8'), 'dev.csv');
    return runTrials(rows, shippedCatalogue()).map(({ evaluation }) => evaluation);
  };
  const [byText, byAll] = folder === undefined ? [] : evaluations();
  const technology = (evaluation: Evaluation | undefined): ClassRates => {
    const rates = evaluation?.classes.find(({ spendClass }) => spendClass === 'technology');
    if (rates === undefined) throw new Error('there are no rates of technology');
    return rates;
  };

  it('finds technology by the text alone', () => {
    expect(percent(technology(byText).precision)).toBeGreaterThanOrEqual(97);
    expect(percent(technology(byText).recall)).toBeGreaterThanOrEqual(70);
  });

  it('finds technology by text, merchant category and ledger label', () => {
    expect(percent(technology(byAll).precision)).toBeGreaterThanOrEqual(97);
    expect(percent(technology(byAll).recall)).toBeGreaterThanOrEqual(90);
  });

  it('tells advertising from technology', () => {
    for (const evaluation of [byText, byAll])
      expect(percent(evaluation?.advertisingApart ?? { part: 0, whole: 1 })).toBeGreaterThanOrEqual(95);
  });

  it('names the vendor, and the right one', () => {
    for (const evaluation of [byText, byAll]) {
      expect(percent(evaluation?.vendorNamed ?? { part: 0, whole: 1 })).toBeGreaterThanOrEqual(90);
      expect(percent(evaluation?.vendorRight ?? { part: 0, whole: 1 })).toBeGreaterThanOrEqual(97);
    }
  });

  it('gives the technology it finds the right category', () => {
    for (const evaluation of [byText, byAll])
      expect(percent(evaluation?.categoryRight ?? { part: 0, whole: 1 })).toBeGreaterThanOrEqual(85);
  });
});
