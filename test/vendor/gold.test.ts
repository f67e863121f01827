import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { parse } from 'csv-parse/sync';
import { describe, expect, it } from 'vitest';

import type { SpendClass } from '../../src/core/charge.js';
import { createVendorResolver } from '../../src/vendor/resolve.js';
import { sharedDataFolder } from '../support/shared-data.js';
import { lineTexts, shippedCatalogue } from './load-catalogue.js';

const folder = sharedDataFolder();

interface GoldRow {
  readonly text: string;
  readonly mcc_text: string;
  readonly ledger_label: string;
  readonly technology: string;
}

const CLASS_OF_LABEL: Readonly<Record<string, SpendClass>> = { tech: 'technology', media: 'advertising' };

/** Precision and recall of one class, per cent. */
function measure(spendClass: SpendClass, withLabels: boolean): { precision: number; recall: number } {
  const resolve = createVendorResolver(shippedCatalogue());
  const rows: GoldRow[] = parse(readFileSync(join(folder ?? '', 'gold/dev.csv')), { columns: true });
  const count = { right: 0, said: 0, true: 0 };
  for (const row of rows) {
    const context = withLabels ? { ledgerAccount: row.ledger_label, merchantCategory: row.mcc_text } : {};
    const said = resolve(lineTexts({ payee: row.text, ...context })).spendClass === spendClass;
    const isTrue = CLASS_OF_LABEL[row.technology] === spendClass;
    if (said) count.said += 1;
    if (isTrue) count.true += 1;
    if (said && isTrue) count.right += 1;
  }
  return { precision: (100 * count.right) / count.said, recall: (100 * count.right) / count.true };
}

// The floors are a little under what is reached, so that a change for the worse is seen. Absent data is counted as skipped.
describe.skipIf(folder === undefined)('real payees labelled by hand (needs shared/data)', () => {
  it('finds technology by the text alone', () => {
    const { precision, recall } = measure('technology', false);
    expect(precision).toBeGreaterThanOrEqual(97);
    expect(recall).toBeGreaterThanOrEqual(72);
  });

  it('finds technology by text and ledger label', () => {
    const { precision, recall } = measure('technology', true);
    expect(precision).toBeGreaterThanOrEqual(91);
    expect(recall).toBeGreaterThanOrEqual(92);
  });

  it('keeps advertising out of technology', () => {
    const { precision, recall } = measure('advertising', true);
    expect(precision).toBeGreaterThanOrEqual(90);
    expect(recall).toBeGreaterThanOrEqual(90);
  });
});
