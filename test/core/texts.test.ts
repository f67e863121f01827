import { createHash } from 'node:crypto';

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { canonicalTags, EMPTY_LINE_TEXTS, LINE_TEXT_KEYS, tagsOf } from '../../src/core/charge.js';
import { closest, hintAmong } from '../../src/core/closest.js';
import { currencyCodes, isCurrency, minorDigits } from '../../src/core/currency.js';
import { addDecimals, decimalDifference, DecimalSum, decimalText, sumDecimals } from '../../src/core/decimal.js';
import { SettingsError, UsageError } from '../../src/core/errors.js';
import { fingerprint, lineId, slug } from '../../src/core/ids.js';
import { formatMicros, parseMicros } from '../../src/core/money.js';
import { renderRejectedText } from '../../src/render/sources.js';

describe('currencies', () => {
  it.each([
    ['EUR', 2],
    ['USD', 2],
    ['JPY', 0],
    ['KRW', 0],
    ['ISK', 0],
    ['HUF', 2],
    ['KWD', 3],
    ['TND', 3],
    ['CLF', 4],
    ['UYW', 4],
    ['UYI', 0],
    ['BYR', 0],
    ['XYZ', 2],
  ])('%s has %s digits', (code, digits) => {
    expect(minorDigits(code)).toBe(digits);
  });

  it('are codes of ISO 4217 in upper case', () => {
    expect(isCurrency('GBP')).toBe(true);
    expect(['gbp', 'EURO', 'XYZ', ''].filter(isCurrency)).toEqual([]);
  });

  it('are each listed once, sorted', () => {
    const codes = currencyCodes();
    expect(codes).toEqual([...new Set(codes)].sort());
    expect(codes.filter((code) => !/^[A-Z]{3}$/.test(code))).toEqual([]);
    expect(codes.length).toBeGreaterThan(160);
  });
});

describe('decimal texts', () => {
  it('sum exactly, whatever their precision', () => {
    expect(sumDecimals(['20.52022672899', '-0.00000000001', '1'])).toBe('21.52022672898');
    expect(sumDecimals(['0.10', '0.2'])).toBe('0.3');
    expect(sumDecimals([])).toBe('0');
    expect(sumDecimals(['-5', '5.000'])).toBe('0');
    expect(() => sumDecimals(['1,5'])).toThrow('"1,5" is not decimal text');
  });

  it('differ from micro-units exactly', () => {
    expect(decimalDifference('20.52022672899', 20_520_227n)).toBe('-0.00000027101');
    expect(decimalDifference('1.5', 1_500_000n)).toBe('0');
    expect(decimalDifference('-3', 0n)).toBe('-3');
  });

  it('come to the same in a sum that grows', () => {
    const decimals = fc.array(fc.record({ digits: fc.bigInt(), scale: fc.nat(70) }), { maxLength: 8 });
    fc.assert(
      fc.property(decimals, (list) => {
        const sum = new DecimalSum();
        for (const decimal of list) sum.add(decimal);
        expect(decimalText(sum)).toBe(decimalText(list.reduce(addDecimals, { digits: 0n, scale: 0 })));
      }),
    );
  });

  it('agree with micro-units', () => {
    const amounts = fc.array(fc.bigInt({ min: -(10n ** 15n), max: 10n ** 15n }), { maxLength: 10 });
    fc.assert(
      fc.property(amounts, (list) => {
        const total = list.reduce((sum, amount) => sum + amount, 0n);
        const text = sumDecimals(list.map((amount) => formatMicros(amount)));
        expect(parseMicros(text)).toBe(total);
        expect(decimalDifference(text, total)).toBe('0');
      }),
    );
  });
});

describe('ids', () => {
  const texts = { ...EMPTY_LINE_TEXTS, payee: 'Figma, Inc.', costCenter: 'MKT-01', tags: '{"team":"brand"}' };

  it('of a line stay the same for the life of a ledger', () => {
    expect(lineId('cards', texts)).toBe('Lst4j9p1xjn10');
  });

  it('of a line are the leading 60 bits of its hash in base 32', () => {
    const hex = createHash('sha256')
      .update(['cards', ...LINE_TEXT_KEYS.map((key) => texts[key])].map((text) => `${text.length}:${text}\0`).join(''))
      .digest('hex');
    const id = lineId('cards', texts).slice(1);
    let value = 0n;
    for (const character of id) value = value * 32n + BigInt('0123456789abcdefghjkmnpqrstvwxyz'.indexOf(character));
    expect(value.toString(16).padStart(15, '0')).toBe(hex.slice(0, 15));
  });

  it('of lines differ when the source or any text does', () => {
    const ids = LINE_TEXT_KEYS.map((key) => lineId('cards', { ...texts, [key]: 'other' }));
    const all = [...ids, lineId('cards', texts), lineId('bank', texts)];
    expect(new Set(all).size).toBe(all.length);
  });

  it('keep the border between two texts', () => {
    expect(fingerprint(['ab', 'c'])).not.toBe(fingerprint(['a', 'bc']));
    expect(fingerprint(['a\u00001:b'])).not.toBe(fingerprint(['a', 'b']));
    fc.assert(
      fc.property(fc.array(fc.string()), fc.array(fc.string()), (left, right) => {
        expect(fingerprint(left) === fingerprint(right)).toBe(JSON.stringify(left) === JSON.stringify(right));
      }),
    );
  });

  it.each([
    ['Marks & Spencer plc', 'marks-and-spencer-plc'],
    ['  Café Zürich!! ', 'cafe-zurich'],
    ['***', ''],
  ])('make "%s" a slug', (text, expected) => {
    expect(slug(text)).toBe(expected);
  });
});

describe('tags', () => {
  it('are canonical whatever the order', () => {
    const canonical = '{"env":"prod","team":"brand"}';
    expect(
      canonicalTags([
        ['team', 'brand'],
        ['env', 'prod'],
        ['empty', ''],
      ]),
    ).toBe(canonical);
    expect(
      canonicalTags([
        ['env', 'prod'],
        ['team', 'brand'],
      ]),
    ).toBe(canonical);
    expect(canonicalTags([])).toBe('{}');
  });

  it('read back as they were', () => {
    const entries = fc.uniqueArray(fc.tuple(fc.string(), fc.string({ minLength: 1 })), { selector: ([key]) => key });
    fc.assert(
      fc.property(entries, (list) => {
        const sorted = (values: Iterable<readonly [string, string]>): string[] =>
          [...values].map((entry) => JSON.stringify(entry)).sort();
        expect(sorted(tagsOf({ tags: canonicalTags(list) }))).toEqual(sorted(list));
      }),
    );
    expect(tagsOf({ tags: '' }).size).toBe(0);
  });
});

describe('hints', () => {
  it.each([
    ['curency', 'currency'],
    ['cost_center', 'costCenter'],
    ['soruces', 'sources'],
    ['COMPANY', 'company'],
  ])('take "%s" for "%s"', (word, meant) => {
    expect(closest(word, ['company', 'costCenter', 'currency', 'sources'])).toBe(meant);
  });

  it('do not guess what is far', () => {
    expect(closest('xylophone', ['company', 'currency'])).toBeUndefined();
    expect(closest('a', [])).toBeUndefined();
  });

  it('take the earlier of two as near', () => {
    expect(closest('bat', ['cat', 'hat'])).toBe('cat');
  });

  it('name what is allowed', () => {
    expect(hintAmong('markting', ['it', 'marketing'], 'Functions')).toBe(
      'Did you mean "marketing"? Functions: it, marketing.',
    );
    expect(hintAmong('zzzzzz', [], 'Functions')).toBe('Functions: none.');
  });
});

describe('errors', () => {
  it('say where, what and what to do, one mistake per paragraph', () => {
    const error = new SettingsError([
      { place: { file: 'spendshift.yaml', line: 3, key: 'currency' }, message: 'is no currency', hint: 'Write EUR.' },
      { place: {}, message: 'nothing is known' },
    ]);
    expect(error.message).toBe('spendshift.yaml:3: currency: is no currency\n  → Write EUR.\nnothing is known');
    expect([error.name, error.exitCode, error.mistakes.length]).toEqual(['SettingsError', 1, 2]);
    expect(new UsageError({ place: { source: 'cards' }, message: 'unknown' }).message).toBe('source cards: unknown');
  });

  it('show control characters of a file as escapes, and keep the lines of a hint', () => {
    const message = 'x\u001b[2J\u009b\u202e\ty';
    const error = new SettingsError({ place: { file: 'a\u0007.csv' }, message, hint: 'One.\n    Two.' });
    expect(error.message).toBe('a\\u0007.csv: x\\u001b[2J\\u009b\\u202e y\n  → One.\n    Two.');
    const row = {
      source: 'cards',
      file: 'cards.csv',
      row: 2,
      reason: 'date "\u001b[2J"',
      text: 'a\u001b]0;x\u0007,\n b',
    };
    expect(renderRejectedText([row], 1, { columns: 80, color: false })).toContain(
      'cards.csv:2 (cards)\n  date "\\u001b[2J"\n  a\\u001b]0;x\\u0007,\\u000a b',
    );
  });
});
