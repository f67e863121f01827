import { groupBy } from '../core/group.js';

import { CONFIDENCE } from './confidence.js';
import { ACCOUNT_KEYS, type AccountEntry } from './entries.js';
import { foldText } from './fold.js';
import { opinion, type LookUp, type Names } from './opinions.js';

const ACCOUNT_WORDS = {
  card: 'card',
  subAccount: 'sub-account',
  project: 'project',
  account: 'account',
  source: 'source',
};

/** Whether an account row names a source alone. */
export function isWholeSource(entry: AccountEntry): boolean {
  return ACCOUNT_KEYS.every((key) => (entry[key] === '') === (key !== 'source'));
}

/** Bits of the columns an account row asks for, the most specific column highest; more columns beat fewer. */
function accountRank(entry: AccountEntry): number {
  const bits = ACCOUNT_KEYS.map((key) => (entry[key] === '' ? 0 : 1));
  const count = bits.reduce<number>((sum, bit) => sum + bit, 0);
  return bits.reduce<number>((rank, bit) => rank * 2 + bit, count);
}

/** The look-up of account rows: rows with more columns first, then those with the more specific ones. */
export function createAccounts(entries: readonly AccountEntry[], names: Names): LookUp {
  const keyOf = (texts: readonly string[]): string => JSON.stringify(texts);
  const signatures = [...groupBy(entries, (entry) => String(accountRank(entry)).padStart(6, '0'))]
    .sort(([left], [right]) => (left < right ? 1 : -1))
    .map(([, group]) => ({
      keys: ACCOUNT_KEYS.filter((key) => group[0]?.[key] !== ''),
      byTexts: groupBy(group, (entry) =>
        keyOf(ACCOUNT_KEYS.map((key) => foldText(entry[key])).filter((text) => text !== '')),
      ),
    }));
  return (line) => {
    // An account and a sub-account may be named by id or by name.
    const texts = {
      card: [line.card],
      subAccount: [line.subAccount, line.subAccountName],
      project: [line.project],
      account: [line.account, line.accountName],
      source: [line.source],
    };
    return signatures.flatMap(({ keys, byTexts }) => {
      const combinations = keys.reduce<string[][]>(
        (made, key) => [...new Set(texts[key].map(foldText))].flatMap((text) => made.map((one) => [...one, text])),
        [[]],
      );
      return combinations.flatMap((combination) =>
        (byTexts.get(keyOf(combination)) ?? []).map((entry) =>
          opinion(
            'account',
            CONFIDENCE.account,
            keys.map((key) => `${ACCOUNT_WORDS[key]} "${entry[key]}"`).join(' with '),
            entry,
            names,
          ),
        ),
      );
    });
  };
}
