import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { createVendorResolver } from '../../src/vendor/resolve.js';
import { findVariants, type UnknownPayee } from '../../src/vendor/variants.js';
import { lineTexts, shippedCatalogue } from './load-catalogue.js';

const catalogue = shippedCatalogue();
const resolve = createVendorResolver(catalogue);

/** Payees of one source as a ledger has them: text and number of lines. */
function unknown(
  payees: readonly (readonly [payee: string, lineCount: number])[],
  source = 'payables',
): UnknownPayee[] {
  return payees.map(([payee, lineCount]) => {
    const { vendorId, vendor } = resolve(lineTexts({ payee }));
    return { payee, vendorId, vendor, source, lineCount };
  });
}

function intoOf(payees: readonly UnknownPayee[]): Record<string, string> {
  return Object.fromEntries([...findVariants(payees, catalogue.normaliser)].map(([id, { into }]) => [id, into]));
}

describe('findVariants', () => {
  it('brings spellings of one company together under that of most lines', () => {
    const found = findVariants(
      unknown([
        ['LANDSACPE SERVIZES LTD', 1],
        ['LANDSCAPE SERVIZES LTD', 4],
        ['H O M E GROUPZ', 2],
        ['HOMEGROUPZ', 1],
        ['Zellerby Works UK Ltd', 3],
        ['ZELLERBY WORKS', 1],
      ]),
      catalogue.normaliser,
    );
    expect(Object.fromEntries([...found].map(([id, { into }]) => [id, into]))).toEqual({
      'landsacpe-servizes': 'landscape-servizes',
      homegroupz: 'h-o-m-e-groupz',
      'zellerby-works': 'zellerby-works-uk',
    });
    expect(found.get('landsacpe-servizes')).toEqual({
      into: 'landscape-servizes',
      name: 'Landscape Servizes',
      why: '"LANDSACPE SERVIZES LTD" is but for one letter "LANDSCAPE SERVIZES LTD"',
    });
  });

  it.each([
    ['persons', ['Mark Hallz', 'Mark Hillz']],
    ['short words', ['Smith and Joness Plumbing', 'Smith and Jonest Plumbing']],
    ['different first letters of a word', ['mdpsuppliess', 'mdnsuppliess']],
    ['numbers', ['Unit Twelve Storage 41', 'Unit Twelve Storage 42']],
  ])('leaves %s apart', (_, payees) => {
    expect(intoOf(unknown(payees.map((payee) => [payee, 1])))).toEqual({});
  });

  it('takes a text for cut only where its source cuts texts of that length', () => {
    const cut: [string, number][] = Array.from({ length: 30 }, (_, index) => [
      `zzfiller trader ${100 + index}xyz`.slice(0, 22),
      1,
    ]);
    const long: [string, number] = ['betterlyfe healthcaree', 1];
    const whole = unknown([['Betterlyfe Healthcaree Products Manchester', 2]], 'payables');
    expect(intoOf([...unknown([long, ...cut], 'cards'), ...whole])).toMatchObject({
      'betterlyfe-healthcaree': 'betterlyfe-healthcaree-products-manchester',
    });
    expect(intoOf([...unknown([long], 'payables'), ...whole])).toEqual({});
  });

  it('says the same whatever the order', () => {
    const payees = unknown([
      ['Abcdefgh Trading', 1],
      ['Abcdefgh Tradign', 1],
      ['Abcdefghtrading', 5],
      ['Abcdefgh Trading UK', 2],
      ['Other Company', 1],
    ]);
    const expected = intoOf(payees);
    expect(Object.keys(expected).length).toBeGreaterThan(1);
    fc.assert(
      fc.property(fc.shuffledSubarray(payees, { minLength: payees.length }), (shuffled) => {
        expect(intoOf(shuffled)).toEqual(expected);
      }),
    );
  });

  it('never leads from a variant to another variant', () => {
    const name = fc.array(fc.constantFrom('alphabeta', 'gammadelta', 'epsilone', 'uk', 'ltd'), {
      minLength: 1,
      maxLength: 4,
    });
    fc.assert(
      fc.property(
        fc.uniqueArray(
          name.map((words) => words.join(' ')),
          { maxLength: 12 },
        ),
        (names) => {
          const into = intoOf(unknown(names.map((payee, index) => [payee, index + 1])));
          expect(Object.values(into).filter((id) => id in into)).toEqual([]);
        },
      ),
    );
  });
});
