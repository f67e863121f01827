import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { describe, expect, it } from 'vitest';

import { fitHead, type Example } from '../../src/lab/fit.js';
import { trainingFingerprint, trainingTexts, trainModels } from '../../src/lab/models.js';
import { parseTextModel } from '../../src/vendor/text-model.js';
import { PROJECT } from '../support/source-tree.js';

const OPTIONS = { buckets: 2 ** 10, epochs: 6, rate: 0.1, decay: 1e-5 };
const TEXTS = {
  technology: ['acme software', 'blue software', 'cloud hosting', 'green software services', 'red hosting'],
  advertising: ['acme media', 'billboard media', 'radio media sales', 'blue media', 'red media'],
  other: ['acme plumbing', 'blue roofing', 'green plumbing', 'red roofing', 'hill plumbing'],
};

function examplesOf(texts: Readonly<Record<string, readonly string[]>>): Example[] {
  return Object.entries(texts).flatMap(([output, list]) => list.map((text) => ({ text, output, weight: 1 })));
}

describe('fitHead', () => {
  const head = fitHead(examplesOf(TEXTS), Object.keys(TEXTS), OPTIONS);
  const model = parseTextModel(JSON.stringify({ trainedOn: '', classes: head, categories: head }));

  it('learns words and applies them to names it has not seen', () => {
    expect(model.classes('yellow software').indexOf(Math.max(...model.classes('yellow software')))).toBe(0);
    expect(model.classes('yellow media').indexOf(Math.max(...model.classes('yellow media')))).toBe(1);
    expect(model.classes('yellow plumbing').indexOf(Math.max(...model.classes('yellow plumbing')))).toBe(2);
    expect(model.wordFor('yellow plumbing', 'other')).toBe('plumbing');
  });

  it('gives shares that sum to one, and hardly more than a third to what says nothing', () => {
    for (const text of ['yellow', 'zzz qqq', '', '\u65e5\u672c'])
      expect(model.classes(text).reduce((sum, share) => sum + share, 0)).toBeCloseTo(1, 9);
    expect(Math.max(...model.classes('qqq'))).toBeLessThan(0.6);
  });

  it('does not mind that one output has more examples', () => {
    const many = { ...TEXTS, other: Array.from({ length: 40 }, () => TEXTS.other).flat() };
    const uneven = fitHead(examplesOf(many), Object.keys(many), OPTIONS);
    const found = parseTextModel(JSON.stringify({ trainedOn: '', classes: uneven, categories: uneven }));
    expect(found.classes('yellow software')[0]).toBeGreaterThan(0.5);
  });

  it('gives the same bytes for the same examples', () => {
    expect(fitHead(examplesOf(TEXTS), Object.keys(TEXTS), OPTIONS)).toEqual(head);
  });
});

const modelText = (file: string): string => readFileSync(join(PROJECT, 'config', file), 'utf8');
const texts = trainingTexts();
const trainedOn = ['models/payee.json', 'models/label.json'].map(
  (file) => (JSON.parse(modelText(file)) as { trainedOn: string }).trainedOn,
);
const isCurrent = trainedOn.every((data) => data === trainingFingerprint(texts));

// A vendor may be added without training anew; then there is nothing to compare, and the test is counted as skipped.
describe.skipIf(!isCurrent)('the models of the project (while their data are as they were)', () => {
  it('are what `npm run train` makes of the data of the project', { timeout: 180_000 }, () => {
    for (const { file, text } of trainModels(texts)) expect(modelText(file) === text, `config/${file}`).toBe(true);
  });
});
