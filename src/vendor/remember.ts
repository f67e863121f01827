/** Values kept in each of the two halves of a memory. */
const VALUES_MAX = 20_000;
/** Longer keys are hostile or rare, and are not kept. */
const KEY_CHARACTERS_MAX = 2_000;

/**
 * A function that remembers: what is asked again costs a look-up. It keeps the answers to the latest 20,000 to 40,000
 * questions, so that its memory has an end. Two questions with one key must have one answer.
 */
export function remembering<Question, Answer>(
  keyOf: (question: Question) => string,
  answer: (question: Question) => Answer,
): (question: Question) => Answer {
  let young = new Map<string, Answer>();
  let old = new Map<string, Answer>();
  return (question) => {
    const key = keyOf(question);
    const known = young.get(key);
    if (known !== undefined) return known;
    const found = old.get(key) ?? answer(question);
    if (key.length > KEY_CHARACTERS_MAX) return found;
    if (young.size >= VALUES_MAX) {
      old = young;
      young = new Map();
    }
    young.set(key, found);
    return found;
  };
}
