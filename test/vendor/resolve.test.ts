import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import type { VendorTexts } from '../../src/core/decision.js';
import { createVendorResolver } from '../../src/vendor/resolve.js';
import { lineTexts, shippedCatalogue } from './load-catalogue.js';

const resolve = createVendorResolver(shippedCatalogue());
const of = (texts: Partial<VendorTexts>) => resolve(lineTexts(texts));

describe('who is paid', () => {
  it.each([
    ['adobe  creative cloud', 'adobe', 'alias'],
    ['PAYPAL *SURVEYMONKEY', 'surveymonkey', 'alias'],
    ['survey monkey', 'surveymonkey', 'alias'],
    ['care.citrixonline.com', 'goto', 'domain'],
    ['www.heartinternet.co.u', 'heart-internet', 'domain'],
    ['dropbox8vzh6wkbtzqr', 'dropbox', 'prefix'],
    ['trinity mirror publish', 'reach', 'prefix'],
    ['the rocket science gro', 'mailchimp', 'prefix'],
    ['GOOGLE *ADS1234567', 'google-ads', 'prefix'],
    ['GOOGLE *GSUITE_acme.com', 'google-workspace', 'prefix'],
    ['GOOGLE CLOUD EMEA LIMITED', 'google-cloud', 'alias'],
    ['AMZN Mktp UK*2A4BC1', 'amazon', 'alias'],
    ['AMAZON* 026-1234567', 'amazon', 'alias'],
    ['Amazon Fulfilment', 'amazon', 'prefix'],
    ['ESRI (UK) LTD', 'esri', 'alias'],
    ['EON T/A NPOWER', 'npower', 'alias'],
    ['SAP Deutschland SE & Co. KG', 'sap', 'alias'],
    ['FIGMA MONTHLY RENEWAL', 'figma', 'alias'],
    ['bt bill payment 1', 'bt', 'prefix'],
  ])('%s is %s by %s', (payee, vendorId, method) => {
    expect(of({ payee })).toMatchObject({ vendorId, method });
  });

  it.each([
    'Box Hill School',
    'Orange Tree Cafe',
    'Three Horseshoes',
    'Dell Quay Sailing',
    'Sage Gateshead',
    'Slack & Sons Builders',
    'GUSTO DIRECT LTD',
    'GLOBAL TOURISM SOLUTIONS (UK) LTD',
    'CLOSE BROTHERS LTD',
    'paypal internation',
  ])('leaves %s a company of its own', (payee) => {
    expect(of({ payee }).method).toBe('payee-text');
  });

  it('names a company nobody knows by its clean payee', () => {
    expect(of({ payee: 'DAI Europe Ltd' })).toMatchObject({
      vendorId: 'dai-europe',
      vendor: 'DAI Europe',
      spendClass: 'unknown',
    });
  });

  it('gives a name without Latin letters a stable id, and no payee one of its own', () => {
    expect(of({ payee: '山田商店' }).vendorId).toMatch(/^payee-[0-9a-f]{12}$/);
    expect(of({})).toMatchObject({ vendorId: 'no-payee', method: 'none', spendClass: 'unknown' });
  });

  it('never gives an unknown company the id of a vendor', () => {
    expect(of({ payee: 'Gamma App' }).vendorId).toBe('gamma-app-payee');
  });

  it('says why', () => {
    expect(of({ payee: 'adobe  creative cloud' }).evidence).toContain(
      'payee "adobe creative cloud" is an alias of Adobe',
    );
  });
});

describe('is it technology', () => {
  it.each(['hobbycraft (internet)', 'smhi internet', 'mcfc internet'])('an order by internet is none: %s', (payee) => {
    expect(of({ payee, ledgerAccount: 'Supplies & Sev Mic' }).spendClass).toBe('unknown');
  });

  it('lets a cloud bill name the kind of service', () => {
    const texts = {
      payee: 'Amazon Web Services, Inc.',
      publisher: 'Amazon Web Services EMEA SARL',
      serviceCategory: 'Databases',
    };
    expect(of(texts)).toMatchObject({
      vendorId: 'aws',
      method: 'publisher',
      spendClass: 'technology',
      category: 'data-analytics',
    });
  });

  it('names the publisher behind a marketplace and keeps its own category', () => {
    const texts = { payee: 'AWS', publisher: 'Red Hat Inc.', serviceCategory: 'Compute' };
    expect(of(texts)).toMatchObject({ vendorId: 'red-hat', category: 'cloud-infrastructure', method: 'publisher' });
    const unknown = of({ payee: 'AWS', publisher: 'Tiny Vendor GmbH', serviceCategory: 'Security' });
    expect(unknown).toMatchObject({
      vendor: 'Tiny Vendor',
      spendClass: 'technology',
      category: 'security-identity',
      classMethod: 'service',
    });
  });

  it('lets a ledger label decide for an unknown company', () => {
    const found = of({ payee: 'Deltascheme Ltd', ledgerAccount: 'Software & Hardware Maintenance' });
    expect(found).toMatchObject({ spendClass: 'technology', classMethod: 'ledger-label' });
    expect(of({ payee: 'Deltascheme Ltd', ledgerAccount: 'Other Services' }).spendClass).toBe('unknown');
  });

  it('never against a vendor of another class', () => {
    const ledgerAccount = 'Communications and computers';
    expect(of({ payee: 'ROYAL MAIL GROUP LTD', ledgerAccount }).spendClass).toBe('other');
    expect(of({ payee: 'facebk v39xm8smy2', ledgerAccount: 'Computing Other' }).spendClass).toBe('advertising');
    expect(of({ payee: 'adobe', ledgerAccount: 'Postage' }).spendClass).toBe('technology');
  });

  it('does not fall into the traps of labels', () => {
    expect(of({ payee: 'Some Band', ledgerAccount: 'Licence Fees' }).spendClass).toBe('unknown');
    expect(of({ payee: 'Some Firm', ledgerAccount: 'Communications' }).spendClass).toBe('unknown');
    expect(of({ payee: 'Some Firm', ledgerAccount: 'Software licences' }).spendClass).toBe('technology');
  });

  it('abstains on general shops unless the booking says more, and is then less sure', () => {
    expect(of({ payee: 'AMAZON.CO.UK' }).spendClass).toBe('unknown');
    const shop = of({ payee: 'AMAZON.CO.UK', ledgerAccount: 'Computing Other' });
    const unknown = of({ payee: 'Deltascheme Ltd', ledgerAccount: 'Computing Other' });
    expect(shop.spendClass).toBe('technology');
    expect(shop.classConfidence).toBeLessThan(unknown.classConfidence);
  });

  it('reads merchant categories as code or text', () => {
    expect(of({ payee: 'Xyz', merchantCategory: '5734' })).toMatchObject({
      spendClass: 'technology',
      classMethod: 'merchant-category',
    });
    expect(of({ payee: 'Xyz', merchantCategory: '5812' }).spendClass).toBe('other');
    expect(of({ payee: 'Xyz', merchantCategory: 'Computer Software Stores' }).spendClass).toBe('technology');
  });

  it('abstains where the evidence contradicts itself', () => {
    expect(of({ payee: 'Grand Hotel', ledgerAccount: 'Computing Other' }).spendClass).toBe('unknown');
  });
});

describe('on any text', () => {
  const anyText = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 400 }),
    fc.string({ unit: 'grapheme' }),
    fc.constantFrom(
      '__proto__',
      'constructor',
      'toString',
      'hasOwnProperty',
      '\u0000\u0007',
      'www.',
      'PAYPAL *',
      't/a',
      '.',
      '*',
      '((((',
    ),
  );
  const anyTexts = fc.record({
    payee: anyText,
    publisher: anyText,
    service: anyText,
    serviceCategory: anyText,
    ledgerAccount: anyText,
    merchantCategory: anyText,
    description: anyText,
  });

  it('never throws, always names an id, and says the same again', () => {
    fc.assert(
      fc.property(anyTexts, (texts) => {
        const decision = resolve(texts);
        expect(decision.vendorId).not.toBe('');
        expect(decision.vendor).not.toBe('');
        expect(decision.classConfidence).toBeGreaterThanOrEqual(0);
        expect(decision.classConfidence).toBeLessThanOrEqual(1_000_000);
        expect(decision.category === '' || decision.spendClass === 'technology').toBe(true);
        expect(resolve(texts)).toEqual(decision);
      }),
      { numRuns: 500 },
    );
  });

  it('reads a megabyte of anything', () => {
    for (const unit of ['a', 'a ', 'a.', '0 ', '\u0000']) {
      const text = unit.repeat(1_000_000 / unit.length);
      expect(
        of({ payee: text, ledgerAccount: text, merchantCategory: text, description: text }).vendorId.length,
      ).toBeLessThan(100);
    }
  });

  it('is not moved by a vendor that does not resemble the text', () => {
    const more = createVendorResolver(shippedCatalogue('qqzzyx,Qqzzyx Wvvq,qqzzyx.test,technology,ai,,qqzzyx*,\n'));
    fc.assert(
      fc.property(anyTexts, (texts) => {
        fc.pre(!/qq?/i.test(texts.payee + texts.publisher));
        expect(more(texts)).toEqual(resolve(texts));
      }),
    );
  });
});
