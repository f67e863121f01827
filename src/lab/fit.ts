import { createRandom, type Random } from '../core/random.js';
import { Features } from '../vendor/text-features.js';
import { softmax, type TextModelFile } from '../vendor/text-model.js';

/** A text and what it is, for one head of a model. */
export interface Example {
  /** Folded. */
  readonly text: string;
  readonly output: string;
  /** How much it counts beside others; 1 for a plain example. */
  readonly weight: number;
}

export interface FitOptions {
  /** Power of two. */
  readonly buckets: number;
  readonly epochs: number;
  readonly rate: number;
  /** Pulls weights towards nothing: larger forgets the rare. */
  readonly decay: number;
}

type HeadFile = TextModelFile['classes'];

const SEED = 20260101;
const BYTE_MAX = 127;

/**
 * Fits multinomial logistic regression by AdaGrad over the features of texts. Outputs weigh the same in all, however many
 * examples each has, so that a likelihood of one third means that a text says nothing. The same examples give the same
 * bytes: the order is that of a seeded shuffle.
 */
export function fitHead(examples: readonly Example[], outputs: readonly string[], options: FitOptions): HeadFile {
  const { buckets } = options;
  const count = outputs.length;
  const weights = new Float64Array(buckets * count);
  const squares = new Float64Array(buckets * count).fill(1e-6);
  const bias = new Float64Array(count);
  const balance = balanceOf(examples, outputs);
  const features = bucketsOf(
    examples.map(({ text }) => text),
    buckets,
  );
  const order = examples.map((_, index) => index);
  const random = createRandom(SEED, 'order');
  for (let epoch = 0; epoch < options.epochs; epoch += 1) {
    shuffle(order, random);
    for (const index of order) {
      const example = examples[index];
      if (example === undefined) continue;
      const own = features[index] ?? new Int32Array();
      const target = outputs.indexOf(example.output);
      const scale = example.weight * (balance[target] ?? 1);
      step({ weights, squares, bias, count, own, target, scale, options });
    }
  }
  return { buckets, ...quantised(weights, bias, outputs) };
}

interface Step {
  readonly weights: Float64Array;
  readonly squares: Float64Array;
  readonly bias: Float64Array;
  readonly count: number;
  readonly own: Int32Array;
  readonly target: number;
  readonly scale: number;
  readonly options: FitOptions;
}

/** One example's pull on the weights of its features. */
function step({ weights, squares, bias, count, own, target, scale, options }: Step): void {
  const shares = softmax(
    Array.from({ length: count }, (_, output) => {
      let sum = bias[output] ?? 0;
      for (const feature of own) sum += weights[feature * count + output] ?? 0;
      return sum;
    }),
  );
  for (let output = 0; output < count; output += 1) {
    const error = ((shares[output] ?? 0) - (output === target ? 1 : 0)) * scale;
    bias[output] = (bias[output] ?? 0) - 0.01 * options.rate * error;
    for (const feature of own) {
      const at = feature * count + output;
      const slope = error + options.decay * (weights[at] ?? 0);
      const square = (squares[at] ?? 0) + slope * slope;
      squares[at] = square;
      weights[at] = (weights[at] ?? 0) - (options.rate * slope) / Math.sqrt(square);
    }
  }
}

/** For each output, what makes all outputs weigh the same. */
function balanceOf(examples: readonly Example[], outputs: readonly string[]): number[] {
  const sums = outputs.map(() => 0);
  for (const { output, weight } of examples) {
    const at = outputs.indexOf(output);
    if (at < 0) throw new RangeError(`no output is called ${output}`);
    sums[at] = (sums[at] ?? 0) + weight;
  }
  const mean = sums.reduce((total, sum) => total + sum, 0) / outputs.length;
  return sums.map((sum) => (sum === 0 ? 1 : mean / sum));
}

/** The buckets of the features of texts, each once. */
function bucketsOf(texts: readonly string[], buckets: number): Int32Array[] {
  const features = new Features();
  return texts.map((text) => {
    features.read(text);
    const hashes = features.hashes.subarray(0, features.count);
    return Int32Array.from(new Set(Array.from(hashes, (hash) => hash & (buckets - 1))));
  });
}

/** Weights as signed bytes, the largest one filling a byte. */
function quantised(weights: Float64Array, bias: Float64Array, outputs: readonly string[]): Omit<HeadFile, 'buckets'> {
  let largest = 0;
  for (const weight of weights) largest = Math.max(largest, Math.abs(weight));
  const step = largest === 0 ? 1 : largest / BYTE_MAX;
  const bytes = Int8Array.from(weights, (weight) => Math.round(weight / step));
  return {
    outputs: [...outputs],
    bias: [...bias].map((value) => Math.round(value * 1e6) / 1e6),
    step,
    weights: Buffer.from(bytes.buffer).toString('base64'),
  };
}

function shuffle(order: number[], random: Random): void {
  for (let index = order.length - 1; index > 0; index -= 1) {
    const other = random.integer(0, index);
    const value = order[index] ?? 0;
    order[index] = order[other] ?? 0;
    order[other] = value;
  }
}
