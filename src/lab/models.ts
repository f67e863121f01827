import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { readCatalogueTexts } from '../app/config-texts.js';
import { packageFolder } from '../app/package.js';
import { fingerprint } from '../core/ids.js';
import { readVendorRows } from '../vendor/catalogue-data.js';
import { SAID, type TextModelFile } from '../vendor/text-model.js';
import { fitHead, type FitOptions } from './fit.js';
import { labelExamples, payeeExamples, TRAINING_FILES, type Examples } from './training-data.js';

/** How each head of a model is fitted. */
interface HeadOptions {
  readonly classes: FitOptions;
  readonly categories: FitOptions;
}

/** What was tried is in docs/model-card.md. */
const PAYEE: HeadOptions = {
  classes: { buckets: 2 ** 16, epochs: 4, rate: 0.02, decay: 1e-5 },
  categories: { buckets: 2 ** 14, epochs: 4, rate: 0.05, decay: 1e-5 },
};
const LABEL: HeadOptions = {
  classes: { buckets: 2 ** 15, epochs: 8, rate: 0.05, decay: 1e-5 },
  categories: { buckets: 2 ** 13, epochs: 8, rate: 0.05, decay: 1e-5 },
};

/** A model's file below config/, and its text. */
export interface TrainedModel {
  readonly file: string;
  readonly text: string;
  readonly exampleCount: number;
}

/** The files below config/ that the models are fitted to, by path. */
export function trainingTexts(): Record<string, string> {
  const texts = readCatalogueTexts();
  for (const file of TRAINING_FILES) texts[file] = readFileSync(join(packageFolder(), 'config', file), 'utf8');
  return Object.fromEntries(Object.entries(texts).filter(([file]) => !file.startsWith('models/')));
}

/** What tells the data of one training from those of another; a model says on which it was trained. */
export function trainingFingerprint(texts: Readonly<Record<string, string>>): string {
  return fingerprint(
    Object.keys(texts)
      .sort()
      .flatMap((file) => [file, texts[file] ?? '']),
  );
}

/** The two text models, fitted to the data in config/. The same data give the same bytes. */
export function trainModels(texts: Readonly<Record<string, string>>): TrainedModel[] {
  const trainedOn = trainingFingerprint(texts);
  const { vendors, categories } = readVendorRows(texts);
  const categoryIds = [...categories.map(({ id }) => id), ''];
  const payees = payeeExamples(texts, vendors);
  const labels = labelExamples(texts);
  return [
    trained('models/payee.json', payees, { trainedOn, ...modelOf(payees, [...SAID], categoryIds, PAYEE) }),
    trained('models/label.json', labels, { trainedOn, ...modelOf(labels, [...SAID, 'unknown'], categoryIds, LABEL) }),
  ];
}

function trained(file: string, { classes }: Examples, model: TextModelFile): TrainedModel {
  return { file, text: `${JSON.stringify(model)}\n`, exampleCount: classes.length };
}

function modelOf(
  examples: Examples,
  classes: readonly string[],
  categories: readonly string[],
  options: HeadOptions,
): Omit<TextModelFile, 'trainedOn'> {
  return {
    classes: fitHead(examples.classes, classes, options.classes),
    categories: fitHead(examples.categories, categories, options.categories),
  };
}
