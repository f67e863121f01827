const REGEX_SIGNS = /[\\^$.|?+()[\]{}]/g;

/** A text as mappings and rules compare it: Unicode compatibility form, lower case, single spaces, trimmed. */
export function foldText(text: string): string {
  return text.normalize('NFKC').toLowerCase().replace(/\s+/g, ' ').trim();
}

/** `foldText` that remembers: the same few thousand texts come back on every line. */
export function createFolder(): (text: string) => string {
  const folded = new Map<string, string>();
  return (text) => {
    let result = folded.get(text);
    if (result === undefined) {
      result = foldText(text);
      folded.set(text, result);
    }
    return result;
  };
}

/** A pattern in which `*` stands for anything, as a test of folded texts. */
export function compilePattern(pattern: string): (folded: string) => boolean {
  const parts = foldText(pattern)
    .split(/\*+/)
    .map((part) => part.replace(REGEX_SIGNS, '\\$&'));
  // A lazy gap per star, anchored at both ends: no nested repetition, so no blow-up on long texts.
  const expression = new RegExp(`^${parts.join('.*?')}$`, 'su');
  return (folded) => expression.test(folded);
}

/** How much of a pattern is fixed: its letters without the stars. Longer is more specific. */
export function patternStrength(pattern: string): number {
  return foldText(pattern).replaceAll('*', '').length;
}
