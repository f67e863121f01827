import { createVendorResolver } from '../vendor/resolve.js';
import { fold, withoutSpaces } from '../vendor/text.js';
import type { Catalogue } from '../vendor/types.js';
import { EMPTY_LINE_TEXTS } from '../core/charge.js';
import type { GoldRow } from './gold.js';
import { evaluate, type SameVendor } from './measure.js';
import type { Trial } from './report.js';

/** Asks the resolver about labelled payees, with the payee alone and with merchant category and ledger label beside it. */
export function runTrials(rows: readonly GoldRow[], catalogue: Catalogue): Trial[] {
  const resolve = createVendorResolver(catalogue);
  const sameVendor = sameVendorBy(catalogue);
  const trial = (
    name: string,
    beside: (row: GoldRow) => { ledgerAccount?: string; merchantCategory?: string },
  ): Trial => {
    const judged = rows.map((gold) => ({
      gold,
      said: resolve({ ...EMPTY_LINE_TEXTS, payee: gold.text, ...beside(gold) }),
    }));
    return { name, evaluation: evaluate(judged, sameVendor) };
  };
  return [
    trial('text only', () => ({})),
    trial('text, category and label', ({ ledgerLabel, merchantCategory }) => ({
      ledgerAccount: ledgerLabel,
      merchantCategory,
    })),
  ];
}

/** Two names mean the same vendor if they are equal but for spaces, have one domain, or the catalogue has both for one. */
function sameVendorBy(catalogue: Catalogue): SameVendor {
  const key = (name: string): string => withoutSpaces(fold(name));
  return (gold, said) => {
    if (key(gold.vendor) === key(said.vendor)) return true;
    if (gold.domain !== '' && gold.domain === said.domain) return true;
    const known = catalogue.names.exact(fold(gold.vendor))?.vendor;
    return known !== undefined && (known.productOf ?? known).id === said.vendorId;
  };
}
