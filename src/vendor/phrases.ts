import type { ClassHint, Phrase, PhraseBook } from './types.js';

/** Letters by which phrases with an open first word are filed. */
const BEGINNING_LETTERS = 3;

/** What the words of a text say: the hint of the strongest phrase that no longer phrase covers, and that phrase. */
export interface PhraseFinding extends ClassHint {
  readonly phrase: string;
}

/** Files phrases for look-up by their first word. */
export function buildPhraseBook(phrases: readonly Phrase[]): PhraseBook {
  const byFirstWord = new Map<string, Phrase[]>();
  const byBeginning = new Map<string, Phrase[]>();
  const inside: Phrase[] = [];
  for (const phrase of phrases) {
    const first = phrase.words[0] ?? '';
    if (first.startsWith('*')) inside.push(phrase);
    else if (first.endsWith('*')) file(byBeginning, first.slice(0, BEGINNING_LETTERS), phrase);
    else file(byFirstWord, first, phrase);
  }
  return { byFirstWord, byBeginning, inside };
}

/** Whether any phrase known by what a word contains can match in the text: one look that spares one per word and phrase. */
function mayHoldInside(folded: string, book: PhraseBook): boolean {
  return book.inside.some((phrase) => folded.includes((phrase.words[0] ?? '').replaceAll('*', '')));
}

function file(map: Map<string, Phrase[]>, key: string, phrase: Phrase): void {
  const list = map.get(key);
  if (list === undefined) map.set(key, [phrase]);
  else list.push(phrase);
}

interface Hit {
  readonly from: number;
  readonly to: number;
  readonly phrase: Phrase;
}

/**
 * What a folded text says about the spend class. A phrase covered by a longer one does not count; among what is left
 * technology and advertising come before other (a label that names software is about software), unless two of those
 * disagree. Undefined when nothing speaks.
 */
export function readPhrases(folded: string, book: PhraseBook): PhraseFinding | undefined {
  if (folded === '') return undefined;
  const words = folded.split(' ');
  const hits: Hit[] = [];
  const inside = mayHoldInside(folded, book) ? book.inside : [];
  words.forEach((word, index) => {
    for (const phrase of book.byFirstWord.get(word) ?? []) collect(hits, phrase, words, index);
    for (const phrase of book.byBeginning.get(word.slice(0, BEGINNING_LETTERS)) ?? [])
      collect(hits, phrase, words, index);
    for (const phrase of inside) collect(hits, phrase, words, index);
  });
  if (hits.length === 0) return undefined;
  const standing = hits.filter(
    (hit) => !hits.some((other) => covers(other, hit)) && hit.phrase.spendClass !== 'unknown',
  );
  return strongest(standing.map((hit) => hit.phrase));
}

function collect(hits: Hit[], phrase: Phrase, words: readonly string[], from: number): void {
  if (phrase.words.every((pattern, offset) => wordMatches(words[from + offset], pattern))) {
    hits.push({ from, to: from + phrase.words.length, phrase });
  }
}

function wordMatches(word: string | undefined, pattern: string): boolean {
  if (word === undefined) return false;
  const core = pattern.replaceAll('*', '');
  if (pattern.startsWith('*') && pattern.endsWith('*')) return word.includes(core);
  if (pattern.startsWith('*')) return word.endsWith(core);
  return pattern.endsWith('*') ? word.startsWith(core) : word === pattern;
}

function covers(longer: Hit, shorter: Hit): boolean {
  return longer.from <= shorter.from && longer.to >= shorter.to && longer.to - longer.from > shorter.to - shorter.from;
}

function strongest(phrases: readonly Phrase[]): PhraseFinding | undefined {
  let best: Phrase | undefined;
  for (const phrase of phrases) if (best === undefined || rank(phrase) > rank(best)) best = phrase;
  if (best === undefined) return undefined;
  return { spendClass: best.spendClass, category: best.category, confidence: best.confidence, phrase: best.text };
}

/** Advertising before technology before other; then the phrase that tells a category, then strength. */
function rank(phrase: Phrase): number {
  const order = phrase.spendClass === 'advertising' ? 3 : phrase.spendClass === 'technology' ? 2 : 1;
  return order * 10_000_000 + (phrase.category === '' ? 0 : 2_000_000) + phrase.confidence;
}
