import { SHARES_SUM, UNASSIGNED, type BusinessFunction, type Share } from '../core/decision.js';
import { hintAmong } from '../core/closest.js';

/** Shares that were read, or what is wrong with them. */
export type SharesReading = { readonly shares: readonly Share[] } | { readonly problem: string; readonly hint: string };

const PERCENT = /^(\d{1,3})(?:\.(\d{1,4}))?\s*%?$/;
const SHARE = /^(.*?)[\s:]+(\S+?\s*%?)$/s;
const EXAMPLE = 'Write functions with percentages that sum to 100, for example: marketing 70, it 30.';

/** The whole of one function. */
export function wholeShare(functionId: string): readonly Share[] {
  return [{ functionId, perMillion: SHARES_SUM }];
}

/** Reads the id of a function; `unassigned` cannot be given, it is what stays when nobody owns. */
export function readOwner(id: string, functions: readonly BusinessFunction[]): SharesReading {
  if (id === UNASSIGNED) {
    return {
      problem: '"unassigned" cannot be given to anything',
      hint: 'Leave it out: unassigned is what nothing decides.',
    };
  }
  if (functions.some((entry) => entry.id === id)) return { shares: wholeShare(id) };
  const byName = functions.find((entry) => entry.name.toLowerCase() === id.trim().toLowerCase());
  const ids = functions.filter((entry) => entry.id !== UNASSIGNED).map((entry) => entry.id);
  const hint = hintAmong(byName?.id ?? id, ids, 'Functions');
  return { problem: `unknown function "${id}"`, hint };
}

/** Reads `marketing 70, it 30`: percentages with up to four decimals. */
export function readSharesText(text: string, functions: readonly BusinessFunction[]): SharesReading {
  const pairs: [string, string][] = [];
  for (const part of text.split(',')) {
    const match = SHARE.exec(part.trim());
    if (match === null) return { problem: `cannot read "${part.trim()}" as a share`, hint: EXAMPLE };
    pairs.push([match[1] ?? '', match[2] ?? '']);
  }
  return readShares(pairs, functions);
}

/** Reads pairs of function and percentage; the shares come back sorted by function, so that their order never matters. */
export function readShares(
  pairs: readonly (readonly [functionId: string, percentage: string])[],
  functions: readonly BusinessFunction[],
): SharesReading {
  const shares = new Map<string, number>();
  for (const [functionId, percentage] of pairs) {
    const owner = readOwner(functionId, functions);
    if ('problem' in owner) return owner;
    const match = PERCENT.exec(percentage);
    const perMillion = Number(match?.[1]) * 10_000 + Number((match?.[2] ?? '').padEnd(4, '0'));
    if (match === null || perMillion === 0 || perMillion > SHARES_SUM) {
      return { problem: `cannot read "${percentage}" as a percentage`, hint: EXAMPLE };
    }
    if (shares.has(functionId))
      return { problem: `the function ${functionId} stands twice in the shares`, hint: EXAMPLE };
    shares.set(functionId, perMillion);
  }
  const sum = [...shares.values()].reduce((total, perMillion) => total + perMillion, 0);
  if (sum !== SHARES_SUM) return { problem: `the shares sum to ${formatPercent(sum)}, not 100`, hint: EXAMPLE };
  const sorted = [...shares].sort(([left], [right]) => (left < right ? -1 : 1));
  return { shares: sorted.map(([functionId, perMillion]) => ({ functionId, perMillion })) };
}

/** Per million as a percentage without needless zeros: 705,000 → `70.5`. */
export function formatPercent(perMillion: number): string {
  const whole = Math.floor(perMillion / 10_000);
  const fraction = String(perMillion % 10_000)
    .padStart(4, '0')
    .replace(/0+$/, '');
  return fraction === '' ? String(whole) : `${whole}.${fraction}`;
}

/** Shares in words: `IT`, or `30 % IT, 70 % Marketing`. */
export function formatShares(shares: readonly Share[], names: ReadonlyMap<string, string>): string {
  const name = (share: Share): string => names.get(share.functionId) ?? share.functionId;
  const [only] = shares;
  if (shares.length === 1 && only !== undefined) return name(only);
  return shares.map((share) => `${formatPercent(share.perMillion)} % ${name(share)}`).join(', ');
}
