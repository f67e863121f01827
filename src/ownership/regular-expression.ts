/**
 * What is wrong with a regular expression of a rule, in words; `undefined` when it may be used. Refuses expressions that
 * do not compile, and those in which a repeated group repeats inside (`(a+)+`): on an unlucky text of thirty characters
 * they run for hours, and cutting the text does not help.
 */
export function regularExpressionProblem(expression: string): string | undefined {
  if (expression === '') return 'an empty regular expression matches everything';
  try {
    new RegExp(expression, 'iu');
  } catch (error) {
    const reason = error instanceof Error ? error.message.replace(/^Invalid regular expression: /, '') : '';
    return `not a regular expression: ${reason}`;
  }
  return hasNestedRepetition(expression)
    ? 'a repeated group that repeats inside, as in (a+)+, can run for hours; take one of the two repetitions away'
    : undefined;
}

/** True when a group with an open-ended repetition inside is itself repeated without end. */
export function hasNestedRepetition(expression: string): boolean {
  const groups: boolean[] = [];
  let repeats = false;
  let inClass = false;
  for (let at = 0; at < expression.length; at += 1) {
    const sign = expression[at];
    if (sign === '\\') at += 1;
    else if (inClass) inClass = sign !== ']';
    else if (sign === '[') inClass = true;
    else if (sign === '(') {
      groups.push(repeats);
      repeats = false;
    } else if (sign === ')') {
      const inside: boolean = repeats;
      if (inside && isOpenEnded(expression, at + 1)) return true;
      const outside: boolean = groups.pop() ?? false;
      repeats = inside || outside;
    } else if (isOpenEnded(expression, at)) repeats = true;
  }
  return false;
}

/** True when a repetition without upper bound stands at this place: `*`, `+`, `{2,}`. */
function isOpenEnded(expression: string, at: number): boolean {
  return /^(?:[*+]|\{\d+,\})/.test(expression.slice(at, at + 20));
}
