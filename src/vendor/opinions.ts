import type { SpendClass } from '../core/charge.js';
import type { VendorMethod } from '../core/decision.js';
import { SAID, type SaidClass, type TextModel } from './text-model.js';

/** Whether a line is technology, of what kind, and on what evidence. */
export interface ClassFinding {
  readonly spendClass: SpendClass;
  readonly category: string;
  readonly method: VendorMethod;
  /** Per million. */
  readonly confidence: number;
  /** Sentences, made when somebody asks for them: most decisions are never opened. */
  readonly evidence: () => string[];
}

/** One thing that speaks. */
export interface Opinion {
  readonly method: VendorMethod;
  /** How much each class of `SAID` is favoured: natural logarithms of likelihood ratios. */
  readonly scores: readonly number[];
  /** How likely each category is, if this is technology. */
  readonly categories: () => readonly (readonly [category: string, share: number])[];
  readonly evidence: () => string;
}

/** Of lines whose vendor the catalogue does not know, how many are of each class of `SAID` where nothing speaks. */
const PRIOR = [0.12, 0.06, 0.82] as const;
/** A class is said from this share on; below it the answer is `unknown`. Measured: docs/evaluation.md. */
const CLASS_BAR = 0.85;
/** A category is said from this share on. */
const CATEGORY_BAR = 0.25;
const CATEGORY_SHARE_MIN = 0.25;
/** How loud each kind of text is: a name is a wish, a label a booking, a description anybody's words. */
const WEIGHT = { label: 1, merchantCategory: 1, payee: 0.6, otherWords: 1, description: 0.5 } as const;
/** However sure a model is, a text is booked wrongly, or a name misleads, now and then: no score goes beyond these. */
const SCORE_MAX = { label: 4.6, merchantCategory: 4.2, payee: 5, otherWords: 4, description: 2.5 } as const;
/** A label of technology that names no kind of it (`computing other`) is a vague booking: so much lower. */
const VAGUE_LABEL = 1.3;
/** No word of a model is taken for more certain than this. */
const SHARE_MIN = 1e-6;
const PER_MILLION = 1_000_000;
const CONFIDENCE_MAX = 990_000;

/** What a model makes of a folded text; undefined where it has nothing to read. */
export function byModel(
  folded: string,
  method: VendorMethod,
  what: string,
  model: TextModel,
  kind: keyof typeof SCORE_MAX,
): Opinion | undefined {
  if (folded === '') return undefined;
  const shares = model.classes(folded);
  const undecidable = shares[SAID.length] ?? 0;
  const decidable = 1 - undecidable;
  // What the model takes for undecidable makes it speak more softly. Shares of one third say nothing.
  const loudness = WEIGHT[kind] * decidable;
  const scores: number[] = [];
  for (let at = 0; at < SAID.length; at += 1)
    scores.push(loudness * Math.log(Math.max((shares[at] ?? 0) / decidable, SHARE_MIN) * SAID.length));
  const isLabel = kind === 'label' || kind === 'merchantCategory';
  limit(scores, SCORE_MAX[kind] - (isLabel ? VAGUE_LABEL * model.openShare(folded) : 0));
  return {
    method,
    scores,
    categories: () => model.categories(folded).map((share, at) => [model.categoryNames[at] ?? '', share] as const),
    evidence: () => {
      const top = SAID[highest(scores)] ?? 'other';
      return `${what} "${folded}" has "${model.wordFor(folded, top)}", which speaks for ${top}`;
    },
  };
}

/**
 * The class that all opinions together make likeliest, where that is likely enough. `priors` say how common each class of
 * `SAID` is where nothing speaks, `loudness` how much the opinions count against that.
 */
export function combine(opinions: readonly Opinion[], priors: readonly number[] = PRIOR, loudness = 1): ClassFinding {
  if (opinions.length === 0) return undecided(() => []);
  const powers: number[] = [];
  let sum = 0;
  for (let at = 0; at < priors.length; at += 1) {
    let score = 0;
    for (const { scores } of opinions) score += scores[at] ?? 0;
    const power = (priors[at] ?? 0) * Math.exp(score * loudness);
    powers.push(power);
    sum += power;
  }
  const at = highest(powers);
  const share = (powers[at] ?? 0) / sum;
  if (share < CLASS_BAR) {
    return undecided(() => [...opinions.map(({ evidence }) => evidence()), 'this does not decide']);
  }
  const spendClass: SaidClass = SAID[at] ?? 'other';
  return {
    spendClass,
    category: spendClass === 'technology' ? likeliestCategory(opinions) : '',
    method: loudest(opinions, at).method,
    confidence: Math.min(CONFIDENCE_MAX, Math.round(share * PER_MILLION)),
    evidence: () => opinions.map(({ evidence }) => evidence()),
  };
}

/** The category that the opinions for technology together make likeliest; empty where none is likely enough. */
export function likeliestCategory(opinions: readonly Opinion[]): string {
  const sums = new Map<string, number>();
  let count = 0;
  for (const { scores, categories } of opinions) {
    if ((scores[0] ?? 0) <= (scores[2] ?? 0)) continue;
    const shares = categories();
    for (const [category, share] of shares) {
      if (category === '') continue;
      // What an opinion leaves open is none of its voice.
      count += share;
      sums.set(category, (sums.get(category) ?? 0) + share);
    }
  }
  let best = '';
  let most = Math.max(CATEGORY_BAR * count, CATEGORY_SHARE_MIN);
  for (const [category, sum] of sums) {
    if (sum < most) continue;
    best = category;
    most = sum;
  }
  return best;
}

function undecided(evidence: () => string[]): ClassFinding {
  return { spendClass: 'unknown', category: '', method: 'none', confidence: 0, evidence };
}

/** The opinion that sets a class furthest above the next. */
function loudest(opinions: readonly Opinion[], at: number): Opinion {
  return opinions.reduce((best, opinion) => (lead(opinion, at) > lead(best, at) ? opinion : best));
}

function lead({ scores }: Opinion, at: number): number {
  return (scores[at] ?? 0) - Math.max(...scores.filter((_, other) => other !== at));
}

/** Lowers the highest score so that it is at most `most` above the next. */
function limit(scores: number[], most: number): void {
  const at = highest(scores);
  let next = -Infinity;
  for (let other = 0; other < scores.length; other += 1) if (other !== at) next = Math.max(next, scores[other] ?? next);
  scores[at] = Math.min(scores[at] ?? 0, next + most);
}

/** Place of the highest number, the first of equals. */
function highest(numbers: readonly number[]): number {
  let place = 0;
  for (let at = 1; at < numbers.length; at += 1) if ((numbers[at] ?? 0) > (numbers[place] ?? 0)) place = at;
  return place;
}
