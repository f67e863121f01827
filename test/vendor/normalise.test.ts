import { describe, expect, it } from 'vitest';

import { displayName } from '../../src/vendor/display-name.js';
import { normalisePayee } from '../../src/vendor/normalise.js';
import { TEXT_CHARACTERS_MAX } from '../../src/vendor/text.js';
import { shippedCatalogue } from './load-catalogue.js';

const data = shippedCatalogue().normaliser;

describe('normalisePayee', () => {
  it.each([
    ['IDOX SOFTWARE LTD', 'idox software'],
    ['UNGERBOECK SYSTEMS INTERNATIONAL GMBH', 'ungerboeck systems international'],
    ['The Rocom Group', 'rocom group'],
    ['Acme S.A.R.L.', 'acme'],
    ['Kovács és Társa Kft.', 'kovacs es tarsa'],
    ['株式会社アドビ', 'アドビ'],
    ['ｱﾏｿﾞﾝｼﾞｬﾊﾟﾝ（株）', 'アマゾンジャパン'],
    ['㈱日立製作所', '日立製作所'],
    ['हिन्दी लिमिटेड', 'हिन्दी लिमिटेड'],
    ['山田 商店', '山田 商店'],
    ['EON T/A NPOWER', 'npower'],
    ['SMITH HOLDINGS LTD TRADING AS Bluebird', 'bluebird'],
    ['JONES LLC DBA Redwood Labs', 'redwood labs'],
    // processors, shops and banks, also one in front of the other
    ['PAYPAL *SURVEYMONKEY', 'surveymonkey'],
    ['SQ *BLUE BOTTLE', 'blue bottle'],
    ['SumUp  *Cafe', 'cafe'],
    ['Zettle_*Corner Shop', 'corner shop'],
    ['TST* Luigis', 'luigis'],
    ['FS *techsmith', 'techsmith'],
    ['DRI*Kaspersky', 'kaspersky'],
    ['2CO.COM*Bitdefender', 'bitdefender'],
    ['PADDLE.NET* ASTROPAD', 'astropad'],
    ['SP KEYCHRON', 'keychron'],
    ['POS PURCHASE PAYPAL *ASTROPAD', 'astropad'],
    ['Kartenzahlung SUMUP *Bäckerei', 'backerei'],
    ['PRLV SEPA FREE MOBILE', 'free mobile'],
    // numbers, places and other noise
    ['kagi 1-510-420-5858', 'kagi'],
    ['TESCO STORES 2503', 'tesco stores'],
    ['msft e040051my0', 'msft'],
    ['ADOBE SAN JOSE CA', 'adobe'],
    ['SLACK T01ABCDEF DUBLIN IRL', 'slack'],
    ['ZOOM.US 888-799-9666 CA', 'zoom'],
    ['mcafee www.mcafee.com', 'mcafee'],
    ['ACME 12/03/2024', 'acme'],
    ['ACME XXXX1234', 'acme'],
    ['ACME INVOICE 20394', 'acme'],
    ['INDEED 203-564-2400 CT', 'indeed'],
    ['64 COMPUTERS LTD LONDON', '64 computers'],
    ['RECIPERO RECIPERO', 'recipero'],
    ['flybe.com   egxczn', 'flybe egxczn'],
    ['www.jessops.com', 'jessops'],
    // what looks like noise and is not
    ['University of Birmingham', 'university of birmingham'],
    ['Visit Scotland', 'visit scotland'],
    ['Central IT', 'central it'],
    ['1-800-FLOWERS', '1 800 flowers'],
    ['3M', '3m'],
    // cut texts
    ['pearson education limit', 'pearson education'],
    ['impartureli', 'impartureli'],
  ])('%s is cleaned to "%s"', (text, clean) => {
    expect(normalisePayee(text, data).clean).toBe(clean);
  });

  it.each([
    ['DAI Europe Ltd', 'DAI Europe'],
    ['SIMON GRAEME LTD', 'Simon Graeme'],
    ['www.panelwarehouse.com', 'Panelwarehouse'],
    ['ACCESS SYSTEMS UK LTD T/A ACCESSPAY', 'Accesspay'],
    ['MÜLLER UND SÖHNE GMBH', 'Muller und Sohne'],
    ['THE ASIAN TODAY LTD', 'The Asian Today'],
    ['DEPARTMENT OF NEW ICE', 'Department of New Ice'],
    ['ONE KPI BY DE LAGE', 'One KPI by de Lage'],
  ])('%s is shown as %s', (text, display) => {
    expect(displayName(normalisePayee(text, data), data)).toBe(display);
  });

  it('keeps a name that is a legal form or a reference alone', () => {
    expect(normalisePayee('Limited', data).clean).toBe('limited');
    expect(normalisePayee('600536183', data).clean).toBe('600536183');
  });

  it('keeps the processor as evidence, the outermost first', () => {
    const prefixes = (text: string): string[] =>
      normalisePayee(text, data).prefixes.map(({ processorId }) => processorId);
    expect(prefixes('SumUp *Rosie')).toEqual(['sumup']);
    expect(prefixes('PAYPAL *EBAY O*12-3')).toEqual(['paypal', 'ebay-seller']);
    expect(prefixes('sumuptown rentals')).toEqual([]);
  });

  it('finds web hosts, and takes none of a landlord for the tenant', () => {
    const whole = (host: string) => [{ host, endsName: false }];
    expect(normalisePayee('care.citrixonline.com', data).hosts).toEqual(whole('care.citrixonline.com'));
    expect(normalisePayee('thy www.thy.com', data).hosts).toEqual(whole('thy.com'));
    expect(normalisePayee('mcafee mcafee.com', data).hosts).toEqual(whole('mcafee.com'));
    expect(normalisePayee('eye express.com ltd', data).hosts).toEqual([{ host: 'express.com', endsName: true }]);
    expect(normalisePayee('acme.myshopify.com', data).hosts).toEqual([]);
  });

  it('reads no more than the cap of a hostile text', () => {
    for (const unit of ['a', ' ', '.', '0-', 'a.', '(', '\u0000', '\u0301', '𝒜 ', 'paypal *', '12/12 ', 't/a ']) {
      const { clean } = normalisePayee(unit.repeat(500_000), data);
      expect(clean.length).toBeLessThanOrEqual(TEXT_CHARACTERS_MAX * 5);
    }
  });
});
