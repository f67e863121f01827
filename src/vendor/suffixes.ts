import { groupBy } from '../core/group.js';

/** Texts of one or more words that may end a name (legal forms, cities), by their last word, longest first. */
export type SuffixSet = ReadonlyMap<string, readonly string[]>;

/** Files texts, folded, by their last word. */
export function suffixSet(texts: Iterable<string>): SuffixSet {
  const byLastWord = groupBy([...new Set(texts)], (text) => text.slice(text.lastIndexOf(' ') + 1));
  for (const list of byLastWord.values()) list.sort((a, b) => b.length - a.length);
  return byLastWord;
}

/** How many of the folded words from `first` until before `end` are a suffix; 0 for none. One word is always left. */
export function suffixLength(words: readonly string[], first: number, end: number, suffixes: SuffixSet): number {
  const candidates = suffixes.get(words[end - 1] ?? '');
  if (candidates === undefined) return 0;
  for (const text of candidates) {
    const length = text.includes(' ') ? text.split(' ').length : 1;
    if (length < end - first && (length === 1 || words.slice(end - length, end).join(' ') === text)) return length;
  }
  return 0;
}
