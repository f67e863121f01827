import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { FUZZY_LETTERS_MIN, fuzzyData, FuzzyIndex, isOneLetterOff } from '../../src/vendor/fuzzy-index.js';

describe('isOneLetterOff', () => {
  it.each([
    ['microsoft', 'micorsoft', true],
    ['microsoft', 'mircosoft', true],
    ['atlassian', 'atlasian', true],
    ['salesforce', 'salesforrce', true],
    ['mailchimp', 'mailchomp', false],
    ['surveymonkey', 'surveymonkay', true],
    ['medbridge', 'melbridge', false],
    ['mailchimp', 'mailchimp', false],
    ['canvapro', 'canvapros', false],
    ['mailchimp', 'nailchimp', false],
    ['office365', 'office366', false],
    ['microsoft', 'mikrosofd', false],
  ])('%s, %s: %s', (name, text, expected) => {
    expect(isOneLetterOff(name, text)).toBe(expected);
  });
});

describe('FuzzyIndex', () => {
  const word = fc.string({ unit: fc.constantFrom(...Array.from('abcdef')), minLength: 5, maxLength: 12 });

  it('finds exactly the names that a look at each of them finds', () => {
    fc.assert(
      fc.property(fc.uniqueArray(word, { maxLength: 60 }), word, (names, text) => {
        const expected = names.filter((name) => name.length >= FUZZY_LETTERS_MIN && isOneLetterOff(name, text));
        const found = text.length >= FUZZY_LETTERS_MIN ? new FuzzyIndex(fuzzyData(names)).find(text) : [];
        expect([...found].sort()).toEqual(text.length >= FUZZY_LETTERS_MIN ? expected.sort() : []);
      }),
      { numRuns: 300 },
    );
  });

  it('finds a name with any one letter left out, but for the first ones and the last', () => {
    fc.assert(
      fc.property(
        fc.string({
          unit: fc.constantFrom(...Array.from('abcdefghijk')),
          minLength: FUZZY_LETTERS_MIN + 1,
          maxLength: 20,
        }),
        fc.nat(),
        (name, at) => {
          const left = 3 + (at % (name.length - 4));
          const text = name.slice(0, left) + name.slice(left + 1);
          fc.pre(name.slice(0, 3) === text.slice(0, 3) && !name.startsWith(text));
          expect(new FuzzyIndex(fuzzyData([name])).find(text)).toEqual([name]);
        },
      ),
    );
  });

  it('finds nothing in an empty index', () => {
    expect(new FuzzyIndex(fuzzyData([])).find('microsoft')).toEqual([]);
  });
});
