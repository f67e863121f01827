import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { parse } from 'csv-parse/sync';
import { describe, expect, it } from 'vitest';

import { createVendorResolver } from '../../src/vendor/resolve.js';
import { fold } from '../../src/vendor/text.js';
import { lineTexts, shippedCatalogue } from './load-catalogue.js';

/** A descriptor as a public page gives it, who is paid, and the page. */
interface Descriptor {
  readonly text: string;
  readonly vendor: string;
  readonly category: string;
  readonly page: string;
}

const RIGHT_PER_CENT_MIN = 95;

const rows: Descriptor[] = parse(readFileSync(join(import.meta.dirname, 'fixtures/descriptors.csv')), {
  columns: true,
});
const catalogue = shippedCatalogue();
const resolve = createVendorResolver(catalogue);

function isRight({ text, vendor }: Descriptor): boolean {
  const said = resolve(lineTexts({ payee: text }));
  const known = catalogue.names.exact(fold(vendor))?.vendor;
  return fold(said.vendor) === fold(vendor) || (known?.productOf ?? known)?.id === said.vendorId;
}

describe('descriptors of cards and invoices, each from a public page', () => {
  it('are many, of all kinds of technology, each with its page', () => {
    expect(rows.length).toBeGreaterThanOrEqual(200);
    expect(rows.filter(({ page }) => !page.startsWith('https://'))).toEqual([]);
    expect(new Set(rows.map(({ text }) => text)).size).toBe(rows.length);
    const kinds = new Set(rows.map(({ category }) => category));
    expect([...catalogue.categories.keys()].filter((id) => !kinds.has(id))).toEqual([]);
  });

  it(`name the right vendor in ${RIGHT_PER_CENT_MIN} % of cases or more`, () => {
    const wrong = rows.filter((row) => !isRight(row)).map(({ text, vendor }) => `${text} is ${vendor}`);
    const allowed = Math.floor((rows.length * (100 - RIGHT_PER_CENT_MIN)) / 100);
    expect(wrong.length, wrong.join('\n')).toBeLessThanOrEqual(allowed);
  });

  it('are never taken for something that is neither technology nor advertising nor undecided', () => {
    const other = rows.filter(({ text }) => resolve(lineTexts({ payee: text })).spendClass === 'other');
    expect(other.length * 100).toBeLessThanOrEqual(rows.length * 3);
  });
});
