import { withoutHostSuffix, type NormalisedPayee, type NormaliserData } from './normalise.js';
import { fold } from './text.js';

const ARTICLE = /^the /i;
/** Words of a text in capitals that may be initials are this short. */
const INITIALS_MAX = 3;

/** A name for people: the text's own spelling of the clean words; texts all in one case are given capitals. */
export function displayName({ plain, clean, isTrading }: NormalisedPayee, data: NormaliserData): string {
  const isUpper = plain === plain.toUpperCase();
  const hasOwnCase = !isUpper && plain !== plain.toLowerCase();
  if (isTrading) return capitalised(clean, isUpper, data);
  if (plain.includes('.')) return capitalised(plain.includes(' ') ? clean : withoutHostSuffix(plain), isUpper, data);
  const named = ARTICLE.test(plain) ? `the ${clean}` : clean;
  return (hasOwnCase ? ownSpelling(plain, named) : undefined) ?? capitalised(named, isUpper, data);
}

/** The beginning of the text that is the clean name but for letter-case and punctuation. */
function ownSpelling(plain: string, clean: string): string | undefined {
  for (let end = plain.length; end > 0; end = plain.lastIndexOf(' ', end - 1)) {
    const head = plain.slice(0, end);
    if (fold(head) === clean) return head.replace(/[\s,.;:*-]+$/u, '');
  }
  return undefined;
}

/** Words with a capital each; short ones of a text in capitals stay in capitals, for they may be initials. */
function capitalised(name: string, isUpper: boolean, data: NormaliserData): string {
  if (!name.includes(' ')) return capitalisedWord(name, isUpper, data);
  return name
    .split(' ')
    .map((word, at) => (at > 0 && data.joiningWords.has(word) ? word : capitalisedWord(word, isUpper, data)))
    .join(' ');
}

function capitalisedWord(word: string, isUpper: boolean, { shortWords, joiningWords }: NormaliserData): string {
  const areInitials = isUpper && word.length <= INITIALS_MAX && !shortWords.has(word) && !joiningWords.has(word);
  return areInitials ? word.toUpperCase() : word.charAt(0).toUpperCase() + word.slice(1);
}
