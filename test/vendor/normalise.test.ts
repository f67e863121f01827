import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { fold, normalisePayee, PAYEE_CHARACTERS_MAX } from '../../src/vendor/normalise.js';
import { shippedCatalogue } from './load-catalogue.js';

const data = shippedCatalogue().normaliser;

describe('fold', () => {
  it.each([
    ['  Café   Müller ', 'cafe muller'],
    ['ＡＤＯＢＥ', 'adobe'],
    ['1&1 Internet', '1 and 1 internet'],
    ["O'Reilly", 'oreilly'],
    ['日本電気', '日本電気'],
  ])('%s', (text, folded) => {
    expect(fold(text)).toBe(folded);
  });

  it('folds a folded text to itself', () => {
    fc.assert(fc.property(fc.string({ unit: 'grapheme' }), (text) => fold(fold(text)) === fold(text)));
  });
});

describe('normalisePayee', () => {
  it.each([
    ['IDOX SOFTWARE LTD', 'idox software'],
    ['UNGERBOECK SYSTEMS INTERNATIONAL GMBH', 'ungerboeck systems international'],
    ['The Rocom Group', 'rocom group'],
    ['PAYPAL *SURVEYMONKEY', 'surveymonkey'],
    ['SQ *BLUE BOTTLE', 'blue bottle'],
    ['kagi 1-510-420-5858', 'kagi'],
    ['flybe.com   egxczn', 'flybe com egxczn'],
    ['TESCO STORES 2503', 'tesco stores'],
    ['msft e040051my0', 'msft'],
    ['EON T/A NPOWER', 'npower'],
    ['www.jessops.com', 'jessops com'],
    ['Acme S.A.R.L.', 'acme'],
  ])('%s is cleaned to "%s"', (text, clean) => {
    expect(normalisePayee(text, data).clean).toBe(clean);
  });

  it.each([
    ['DAI Europe Ltd', 'DAI Europe'],
    ['SIMON GRAEME LTD', 'Simon Graeme'],
    ['www.panelwarehouse.com', 'Panelwarehouse'],
    ['ACCESS SYSTEMS UK LTD T/A ACCESSPAY', 'Accesspay'],
  ])('%s is shown as %s', (text, display) => {
    expect(normalisePayee(text, data).display).toBe(display);
  });

  it('keeps a name that is a legal form or a reference alone', () => {
    expect(normalisePayee('Limited', data).clean).toBe('limited');
    expect(normalisePayee('600536183', data).clean).toBe('600536183');
  });

  it('tells the processor', () => {
    expect(normalisePayee('SumUp *Rosie', data)).toMatchObject({ processor: 'sumup', display: 'Rosie' });
    expect(normalisePayee('sumuptown rentals', data).processor).toBeUndefined();
  });

  it('finds web hosts', () => {
    expect(normalisePayee('care.citrixonline.com', data).hosts).toEqual(['care.citrixonline.com']);
    expect(normalisePayee('thy www.thy.com', data).hosts).toEqual(['thy.com']);
  });

  it('reads no more than the cap of a hostile text', () => {
    for (const unit of ['a', ' ', '.', '0-', 'a.', '(', '\u0000', '\u0301', '𝒜 ']) {
      const { clean } = normalisePayee(unit.repeat(500_000), data);
      expect(clean.length).toBeLessThanOrEqual(PAYEE_CHARACTERS_MAX * 5);
    }
  });
});
