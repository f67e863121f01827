/** Edits beyond which two words are no longer taken for misspellings of each other, per three letters of the word. */
const LETTERS_PER_EDIT = 3;

/** Edit distance of two words, a swap of neighbours counting as one (optimal string alignment). */
function editDistance(left: string, right: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: right.length + 1 }, (_, index) => index);
  for (let row = 1; row <= left.length; row += 1) {
    const current = [row];
    for (let column = 1; column <= right.length; column += 1) {
      const cost = left[row - 1] === right[column - 1] ? 0 : 1;
      let best = Math.min((last[column] ?? 0) + 1, (current[column - 1] ?? 0) + 1, (last[column - 1] ?? 0) + cost);
      const swapped = left[row - 1] === right[column - 2] && left[row - 2] === right[column - 1];
      if (row > 1 && column > 1 && swapped) best = Math.min(best, (beforeLast[column - 2] ?? 0) + 1);
      current.push(best);
    }
    beforeLast = last;
    last = current;
  }
  return last[right.length] ?? 0;
}

function comparable(word: string): string {
  return word.toLowerCase().replace(/[\s_-]+/g, '');
}

/**
 * The candidate a person most likely meant by a word, for "did you mean" hints; `undefined` when none is near. Case,
 * spaces, hyphens and underscores do not count as differences. Ties go to the earlier candidate.
 *
 * @example closest('curency', ['company', 'currency']) // 'currency'
 */
export function closest(word: string, candidates: Iterable<string>): string | undefined {
  const wanted = comparable(word);
  let best: string | undefined;
  let bestDistance = Math.max(1, Math.floor(wanted.length / LETTERS_PER_EDIT)) + 1;
  for (const candidate of candidates) {
    const distance = editDistance(wanted, comparable(candidate));
    if (distance >= bestDistance) continue;
    best = candidate;
    bestDistance = distance;
  }
  return best;
}

/** `Did you mean "currency"? ` before the list of what is allowed, or only the list. */
export function hintAmong(word: string, candidates: readonly string[], what: string): string {
  const near = closest(word, candidates);
  const list = `${what}: ${candidates.length === 0 ? 'none' : candidates.join(', ')}.`;
  return near === undefined ? list : `Did you mean "${near}"? ${list}`;
}
