import type { ServiceCharge } from '../../src/connector/service.js';
import { canonicalTags, type LineTexts } from '../../src/core/charge.js';
import type { IsoDate } from '../../src/core/date.js';
import { onceForEach } from '../../src/core/once.js';
import type { CostRow } from './groups.js';
import type { View } from './views.js';

/** What is known beside the bill, for the texts of lines. */
export interface Evidence {
  /** The account that gets the bill; empty where it is not known. */
  readonly payer: string;
  readonly nameOf: (account: string) => string;
  /** Tags of the account and its organisational unit. */
  readonly tagsOf: (account: string) => readonly (readonly [key: string, value: string])[];
  /** Who sells a marketplace product; empty where there is not exactly one seller in the period. */
  readonly sellerOf: (period: IsoDate, product: string) => string;
  /** Key of the owner tag or cost category; empty where there is none. */
  readonly ownerKey: string;
}

const AWS = 'Amazon Web Services';
const MARKETPLACE = 'AWS Marketplace';

/** What is the same of all groups that have the same keys. */
interface Line {
  readonly texts: Partial<LineTexts>;
  /** The key of a charge after its first day: JSON without the bracket that begins it. */
  readonly keyEnd: string;
}

/**
 * Makes the charges of a view's groups. Days repeat the same pairs of keys: what they have in common is made once for each,
 * as the ledger keeps it once.
 */
export function chargesOf(view: View, evidence: Evidence): (row: CostRow) => ServiceCharge {
  const isMarketplace = view.part.kind === 'marketplace';
  const lineOf = onceForEach((account) => {
    const booked = accountTexts(account, view, evidence);
    return onceForEach((second) => onceForEach((seller) => makeLine(booked, second, seller, view)));
  });
  return ({ start, keys, currency, cash, accrual }) => {
    const [account, second] = keys;
    const { texts, keyEnd } = lineOf(account)(second)(isMarketplace ? evidence.sellerOf(start, second) : '');
    return { texts, key: `["${start}",${keyEnd}`, reference: '', day: start, currency, cash, accrual };
  };
}

type AccountTexts = Pick<LineTexts, 'account' | 'accountName' | 'subAccount' | 'subAccountName' | 'tags'>;

function accountTexts(account: string, { owner }: View, evidence: Evidence): AccountTexts {
  const tags = [...evidence.tagsOf(account), ...(owner === '' ? [] : [[evidence.ownerKey, owner] as const])];
  return {
    account: evidence.payer,
    accountName: evidence.nameOf(evidence.payer),
    subAccount: account,
    subAccountName: evidence.nameOf(account),
    // The tag of what was used comes after, and so before, that of its account with the same key.
    tags: canonicalTags(tags),
  };
}

function makeLine(booked: AccountTexts, second: string, seller: string, { part, owner }: View): Line {
  const isMarketplace = part.kind === 'marketplace';
  const service = part.second === 'SERVICE' ? second : '';
  return {
    texts: {
      ...booked,
      payee: isMarketplace ? MARKETPLACE : AWS,
      publisher: isMarketplace ? seller || service : '',
      service,
      description: part.second === 'RECORD_TYPE' ? second : part.recordType,
    },
    keyEnd: JSON.stringify([part.id, booked.subAccount, second, owner]).slice(1),
  };
}
