import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { fold, readable, TEXT_CHARACTERS_MAX } from '../../src/vendor/text.js';

describe('fold', () => {
  it.each([
    ['  Café   Müller ', 'cafe muller'],
    ['ＡＤＯＢＥ', 'adobe'],
    ['1&1 Internet', '1 and 1 internet'],
    ["O'Reilly", 'oreilly'],
    ['日本電気', '日本電気'],
    ['Straße Ørsted Łódź Æro', 'strasse orsted lodz aero'],
    ['アドビ', 'アドビ'],
    ['हिन्दी', 'हिन्दी'],
    ['', ''],
  ])('%s', (text, folded) => {
    expect(fold(text)).toBe(folded);
  });

  it('folds a folded text to itself', () => {
    fc.assert(fc.property(fc.string({ unit: 'grapheme' }), (text) => fold(fold(text)) === fold(text)));
  });
});

describe('readable', () => {
  it.each([
    ['Caf\u00C3\u00A9 M\u00C3\u00BCller', 'Café Müller'],
    ['FARRAH\u00E2\u20AC\u2122S', 'FARRAH’S'],
    ['FARRAH\\xB4S OF HARROGATE', 'FARRAH \u0301S OF HARROGATE'],
    ['ｱﾄﾞﾋﾞ', 'アドビ'],
    ['ＭＩＣＲＯＳＯＦＴ　３６５', 'MICROSOFT 365'],
    ['a\u0000b\u200Fc', 'a b c'],
    ['  two   words  ', 'two words'],
    ['Ümlaut stays', 'Ümlaut stays'],
    ['Ñandú & Čapek', 'Ñandú & Čapek'],
  ])('%j', (text, read) => {
    expect(readable(text)).toBe(read);
  });

  it('undoes every text of Latin letters that was read as Windows-1252', () => {
    const latin = fc.string({ unit: fc.constantFrom(...Array.from('aéüñçøßÀÊÎõ šž')), maxLength: 40 });
    fc.assert(
      fc.property(latin, (text) => {
        const misread = [...Buffer.from(text)].map(windowsCharacter).join('');
        fc.pre(!misread.includes('\uFFFF'));
        expect(readable(misread)).toBe(text.normalize('NFKC').replace(/\s+/g, ' ').trim());
      }),
    );
  });

  it('is bounded', () => {
    for (const unit of ['a', '\u0000', '\\xC3', '\u00C3\u00A9', '㍿'])
      expect(readable(unit.repeat(100_000)).length).toBeLessThanOrEqual(TEXT_CHARACTERS_MAX);
  });
});

/** What Windows-1252 shows for a byte; U+FFFF where it has nothing. */
function windowsCharacter(byte: number): string {
  const special = '€\uFFFF‚ƒ„…†‡ˆ‰Š‹Œ\uFFFFŽ\uFFFF\uFFFF‘’“”•–—˜™š›œ\uFFFFžŸ';
  return byte >= 0x80 && byte <= 0x9f ? special.charAt(byte - 0x80) : String.fromCharCode(byte);
}
