import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import type { VendorTexts } from '../../src/core/decision.js';
import { createVendorResolver } from '../../src/vendor/resolve.js';
import { catalogueWith, lineTexts, opened, shippedCatalogue } from './load-catalogue.js';

const resolve = createVendorResolver(shippedCatalogue());
const of = (texts: Partial<VendorTexts>) => resolve(lineTexts(texts));

describe('who is paid', () => {
  it.each([
    ['adobe  creative cloud', 'adobe', 'alias'],
    ['PAYPAL *SURVEYMONKEY', 'surveymonkey', 'alias'],
    ['survey monkey', 'surveymonkey', 'alias'],
    ['care.citrixonline.com', 'goto', 'domain'],
    ['www.heartinternet.co.u', 'heart-internet', 'alias'],
    ['dropbox8vzh6wkbtzqr', 'dropbox', 'prefix'],
    ['trinity mirror publish', 'reach', 'prefix'],
    ['the rocket science gro', 'mailchimp', 'prefix'],
    ['GOOGLE *ADS1234567', 'google', 'prefix'],
    ['GOOGLE *GSUITE_acme.com', 'google', 'prefix'],
    ['GOOGLE CLOUD EMEA LIMITED', 'google', 'alias'],
    ['AMZN Mktp UK*2A4BC1', 'amazon', 'prefix'],
    ['AMAZON* 026-1234567', 'amazon', 'alias'],
    ['Amazon Fulfilment', 'amazon', 'prefix'],
    ['ESRI (UK) LTD', 'esri', 'alias'],
    ['EON T/A NPOWER', 'npower', 'alias'],
    ['SAP Deutschland SE & Co. KG', 'sap', 'alias'],
    ['FIGMA MONTHLY RENEWAL', 'figma', 'alias'],
    ['bt bill payment 1', 'bt', 'prefix'],
    ['STRIPE PAYMENTS UK LTD', 'stripe', 'alias'],
    ['STRIPE MIDJOURNEY', 'midjourney', 'alias'],
    ['STRIPE *PROCESSING FEES', 'stripe', 'alias'],
    ['BITDEF*TOTAL SECURITY', 'bitdefender', 'alias'],
    ['AKAMAI *LINODE', 'linode', 'alias'],
    ['PAYPAL *SCOOTERSOF', 'scooter-software', 'prefix'],
    ['SALESFORRCE.COM', 'salesforce', 'fuzzy'],
    ['ＺＯＯＭ．ＵＳ　８８８－７９９－９６６６', 'zoom', 'domain'],
  ])('%s is %s by %s', (payee, vendorId, method) => {
    expect(of({ payee })).toMatchObject({ vendorId, method });
  });

  it.each([
    'Box Hill School',
    'Orange Tree Cafe',
    'Three Horseshoes',
    'Dell Quay Sailing',
    'Slack & Sons Builders',
    'GUSTO DIRECT LTD',
    'GLOBAL TOURISM SOLUTIONS (UK) LTD',
    'paypal internation',
    'Public Sector Softwarehouse Ltd',
    'PADDLE.NET* QUENBYWARE',
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
    // Zoom Ltd might be a dance school; `zoom` is the id of the vendor.
    const decision = of({ payee: 'Notion', ledgerAccount: 'Sewing materials' });
    expect(decision.method === 'payee-text' ? decision.vendorId : 'notion-payee').toBe('notion-payee');
  });

  it('says why', () => {
    expect(of({ payee: 'adobe  creative cloud' }).evidence()).toEqual([
      'payee "adobe creative cloud" is an alias of Adobe',
      'the catalogue has Adobe as technology',
    ]);
    expect(of({ payee: 'PAYPAL *GOOGLE ADS' }).evidence()).toEqual([
      '"paypal *" is the prefix of the processor PayPal',
      'payee "google ads" is an alias of Google Ads',
      'Google Ads is a product of Google',
      'the catalogue has Google Ads as advertising',
    ]);
  });
});

describe('is it technology', () => {
  it.each(['hobbycraft (internet)', 'smhi internet', 'mcfc internet'])('an order by internet is none: %s', (payee) => {
    expect(of({ payee, ledgerAccount: 'Supplies & Sev Mic' }).spendClass).not.toBe('technology');
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

  it('lets a ledger label decide for an unknown company, with its kind', () => {
    const found = of({ payee: 'Zorvatek Ltd', ledgerAccount: 'Software licences' });
    expect(found).toMatchObject({ spendClass: 'technology', classMethod: 'ledger-label', category: 'other-software' });
    expect(found.evidence().join('\n')).toMatch(/ledger label ".*" has "software", which speaks for technology/);
    expect(of({ payee: 'Zorvatek Ltd', ledgerAccount: 'Other Services' }).spendClass).toBe('unknown');
    const open = of({ payee: 'Zorvatek Ltd', ledgerAccount: 'IT costs' });
    expect(open).toMatchObject({ spendClass: 'technology', category: '' });
  });

  it('never against a vendor of another class', () => {
    const ledgerAccount = 'Communications and computers';
    expect(of({ payee: 'ROYAL MAIL GROUP LTD', ledgerAccount }).spendClass).toBe('other');
    expect(of({ payee: 'facebk v39xm8smy2', ledgerAccount: 'Computing Other' }).spendClass).toBe('advertising');
    expect(of({ payee: 'adobe', ledgerAccount: 'Postage' }).spendClass).toBe('technology');
  });

  it('but where the vendor sells two things: copies beside advertising, people beside advice', () => {
    expect(of({ payee: 'NEWSQUEST MEDIA GROUP LTD' }).spendClass).toBe('advertising');
    expect(of({ payee: 'NEWSQUEST MEDIA GROUP LTD', ledgerAccount: 'Newspapers and periodicals' }).spendClass).toBe(
      'other',
    );
    expect(of({ payee: 'HAYS SPECIALIST RECRUITMENT' }).spendClass).toBe('other');
    const contractor = of({ payee: 'HAYS SPECIALIST RECRUITMENT', ledgerAccount: 'IT contractors' });
    expect(contractor).toMatchObject({ spendClass: 'technology', category: 'it-services' });
    expect(contractor.evidence().join('\n')).toContain('sends people, who work on technology here');
  });

  it('does not fall into the traps of labels', () => {
    expect(of({ payee: 'Some Band', ledgerAccount: 'Licence Fees' }).spendClass).not.toBe('technology');
    expect(of({ payee: 'Some Firm', ledgerAccount: 'Communications' }).spendClass).not.toBe('technology');
    expect(of({ payee: 'Some Firm', ledgerAccount: 'Software licences' }).spendClass).toBe('technology');
  });

  it('abstains on general shops unless the booking says more', () => {
    expect(of({ payee: 'AMAZON.CO.UK' }).spendClass).toBe('unknown');
    expect(of({ payee: 'AMAZON.CO.UK', ledgerAccount: 'Communications' }).spendClass).toBe('unknown');
    const equipment = of({ payee: 'AMAZON.CO.UK', ledgerAccount: 'Computer equipment' });
    expect(equipment).toMatchObject({ vendorId: 'amazon', spendClass: 'technology', category: 'hardware' });
    expect(of({ payee: 'AMAZON.CO.UK', ledgerAccount: 'Postage' }).spendClass).toBe('other');
  });

  it('takes what is sold by a processor for makers of software for software', () => {
    const sold = of({ payee: 'PADDLE.NET* QUENBYWARE' });
    expect(sold).toMatchObject({ vendor: 'Quenbyware', spendClass: 'technology' });
    expect(sold.evidence()).toContain('Paddle takes payment for makers of software alone');
    expect(of({ payee: 'SQ *QUENBYWARE' }).classConfidence).toBeLessThan(sold.classConfidence);
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

  it('says who usually owns such a thing', () => {
    expect(of({ payee: 'HUBSPOT INC' }).usualFunction).toBe('marketing');
    expect(of({ payee: 'Quenby Media', ledgerAccount: 'Advertising' }).usualFunction).toBe('marketing');
    expect(of({ payee: 'Grand Hotel' }).usualFunction).toBe('');
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
        const decision = opened(resolve(texts));
        expect(decision.vendorId).not.toBe('');
        expect(decision.vendor).not.toBe('');
        expect(decision.classConfidence).toBeGreaterThanOrEqual(0);
        expect(decision.classConfidence).toBeLessThanOrEqual(1_000_000);
        expect(decision.category === '' || decision.spendClass === 'technology').toBe(true);
        // A new resolver remembers nothing, and must come to the same answer.
        expect(opened(createVendorResolver(shippedCatalogue())(texts))).toEqual(decision);
      }),
      { numRuns: 500 },
    );
  });

  it('reads a megabyte of anything', () => {
    for (const unit of ['a', 'a ', 'a.', '0 ', '\u0000', '*', '(', 'paypal *', 'Ã©', '\u202e', '0-']) {
      const text = unit.repeat(1_000_000 / unit.length);
      const decision = of({ payee: text, ledgerAccount: text, merchantCategory: text, description: text });
      expect(decision.vendorId.length).toBeLessThan(100);
      expect(decision.evidence().join('').length).toBeLessThan(5_000);
    }
  });

  it('ends on texts made to keep expressions busy', () => {
    const hostile = [
      '(a+)+$',
      'a '.repeat(140),
      '1-1-1-'.repeat(50),
      'www.'.repeat(75),
      '0'.repeat(299),
      'x.'.repeat(149),
    ];
    // An expression that tracks back would not end before the test's time is up.
    for (let round = 0; round < 50; round += 1)
      for (const text of hostile)
        expect(of({ payee: `${text}${round}`, ledgerAccount: `${text}${round}` }).vendorId).not.toBe('');
  });

  it('reads through marks that turn the direction of writing', () => {
    expect(of({ payee: '\u202eZOOM\u202c.US' }).vendorId).toBe('zoom');
  });

  it('is not moved by a vendor that does not resemble the text', () => {
    const more = createVendorResolver(catalogueWith('ai', 'qqzzyx,Qqzzyx Wvvq,qqzzyx.test,,qqzzyx*,\n'));
    const names = [...shippedCatalogue().names.names()].map(({ text }) => text);
    const payee = fc.oneof(
      anyText,
      fc.constantFrom(...names),
      fc.constantFrom(...names).map((name) => `${name} ltd`),
    );
    fc.assert(
      fc.property(anyTexts, payee, (texts, name) => {
        const asked = { ...texts, payee: name };
        fc.pre(!/qq?/i.test(asked.payee + asked.publisher + asked.service));
        expect(opened(more(asked))).toEqual(opened(resolve(asked)));
      }),
      { numRuns: 1_000 },
    );
    expect(more(lineTexts({ payee: 'QQZZYX WVVQ LTD' }))).toMatchObject({
      vendorId: 'qqzzyx',
      spendClass: 'technology',
    });
  });
});
