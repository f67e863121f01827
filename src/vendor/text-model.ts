import { z } from 'zod';

import type { SpendClass } from '../core/charge.js';
import { Features } from './text-features.js';

const headSchema = z.strictObject({
  /** How many rows of weights there are: a power of two. */
  buckets: z.int().positive(),
  /** What the outputs stand for. */
  outputs: z.array(z.string()).min(2),
  bias: z.array(z.number()),
  /** What one step of a weight is worth. */
  step: z.number().positive(),
  /** Signed bytes in base64, bucket after bucket, each with one weight for every output. */
  weights: z.string(),
});

const modelSchema = z.strictObject({
  /** Fingerprint of the data it was fitted to, which docs/model-card.md describes. */
  trainedOn: z.string(),
  classes: headSchema,
  categories: headSchema,
});

/** The classes that something can be said to be, in the order in which models give them. */
export const SAID = ['technology', 'advertising', 'other'] as const satisfies readonly SpendClass[];
export type SaidClass = (typeof SAID)[number];

/** A model as its file has it. */
export type TextModelFile = z.infer<typeof modelSchema>;

interface Head {
  readonly mask: number;
  readonly outputs: readonly string[];
  readonly bias: readonly number[];
  readonly step: number;
  readonly weights: Int8Array;
  /** Room for the sums of one text, used again for the next. */
  readonly sums: Int32Array;
}

/** A linear model over words and letters of a short text: what kind of thing it names. */
export class TextModel {
  readonly #classes: Head;
  readonly #categories: Head;
  /** Place of the output that stands for no category. */
  readonly #open: number;
  /** Features of the text that was read last, which the next question is often about. */
  readonly #features = new Features();
  #read: string | undefined;

  constructor(file: TextModelFile) {
    this.#classes = headOf(file.classes);
    this.#categories = headOf(file.categories);
    this.#open = this.#categories.outputs.indexOf('');
  }

  /** Names of the categories, in the order of `categories`. */
  get categoryNames(): readonly string[] {
    return this.#categories.outputs;
  }

  /** How likely each class of `SAID` is for a folded text, 0 to 1, and where the model has it, that nobody could tell. */
  classes(folded: string): number[] {
    return this.#shares(this.#classes, folded);
  }

  /** How likely each category is for a folded text, 0 to 1. */
  categories(folded: string): number[] {
    return this.#shares(this.#categories, folded);
  }

  /** How likely a folded text names no category at all, 0 to 1. */
  openShare(folded: string): number {
    return this.categories(folded)[this.#open] ?? 0;
  }

  /** The word that speaks most for a class, for evidence. */
  wordFor(folded: string, spendClass: string): string {
    this.#look(folded);
    const { outputs, weights, mask } = this.#classes;
    const output = outputs.indexOf(spendClass);
    const { hashes, words, count } = this.#features;
    const sums: number[] = [];
    for (let at = 0; at < count; at += 1) {
      const word = words[at] ?? 0;
      const weight = weights[((hashes[at] ?? 0) & mask) * outputs.length + output] ?? 0;
      sums[word] = (sums[word] ?? 0) + weight;
    }
    return folded.split(' ')[sums.indexOf(Math.max(...sums))] ?? '';
  }

  #look(folded: string): void {
    if (this.#read === folded) return;
    this.#features.read(folded);
    this.#read = folded;
  }

  #shares({ bias, step, weights, mask, sums }: Head, folded: string): number[] {
    this.#look(folded);
    const { hashes, count } = this.#features;
    const size = sums.length;
    sums.fill(0);
    for (let at = 0; at < count; at += 1) {
      const row = ((hashes[at] ?? 0) & mask) * size;
      for (let output = 0; output < size; output += 1)
        sums[output] = (sums[output] ?? 0) + (weights[row + output] ?? 0);
    }
    const scores: number[] = [];
    for (let output = 0; output < size; output += 1) scores.push((bias[output] ?? 0) + (sums[output] ?? 0) * step);
    return softmax(scores);
  }
}

/** Turns scores, where they stand, into shares that sum to one. */
export function softmax(scores: number[]): number[] {
  let top = -Infinity;
  for (const score of scores) if (score > top) top = score;
  let sum = 0;
  for (let at = 0; at < scores.length; at += 1) {
    const power = Math.exp((scores[at] ?? 0) - top);
    scores[at] = power;
    sum += power;
  }
  for (let at = 0; at < scores.length; at += 1) scores[at] = (scores[at] ?? 0) / sum;
  return scores;
}

/**
 * Reads a model file.
 *
 * @throws ZodError, SyntaxError or RangeError when it is not one.
 */
export function parseTextModel(text: string): TextModel {
  const file = modelSchema.parse(JSON.parse(text));
  if (SAID.some((name, at) => file.classes.outputs[at] !== name)) {
    throw new RangeError(`the classes must begin with ${SAID.join(', ')}`);
  }
  return new TextModel(file);
}

function headOf({ outputs, bias, step, buckets, weights: text }: TextModelFile['classes']): Head {
  const weights = new Int8Array(Buffer.from(text, 'base64'));
  if (weights.length !== buckets * outputs.length || bias.length !== outputs.length) {
    throw new RangeError(`the model has ${weights.length} weights for ${buckets} × ${outputs.length}`);
  }
  return { outputs, bias, step, weights, mask: buckets - 1, sums: new Int32Array(outputs.length) };
}
