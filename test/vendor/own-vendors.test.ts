import { describe, expect, it } from 'vitest';

import type { OwnVendor, VendorBook, VendorDecision, VendorTexts } from '../../src/core/decision.js';
import { createWorkspaceResolver } from '../../src/vendor/own-vendors.js';
import type { Variant } from '../../src/vendor/variants.js';
import { lineTexts, shippedCatalogue } from './load-catalogue.js';

const catalogue = shippedCatalogue();

function own(vendor: Partial<OwnVendor> & Pick<OwnVendor, 'id'>): OwnVendor {
  return {
    name: '',
    domain: '',
    spendClass: undefined,
    category: '',
    usualFunction: '',
    aliases: [],
    merged: [],
    place: 'vendors.yaml:2',
    ...vendor,
  };
}

function resolverOf(
  vendors: readonly OwnVendor[],
  options: { variants?: readonly (readonly [string, Variant])[]; apart?: readonly string[] } = {},
): (texts: Partial<VendorTexts>) => VendorDecision {
  const book: VendorBook = { vendors, apart: new Set(options.apart), fingerprint: '' };
  const resolve = createWorkspaceResolver(catalogue, book, new Map(options.variants));
  return (texts) => resolve(lineTexts(texts));
}

describe('vendors of a workspace', () => {
  it('are named by their aliases before the catalogue is asked', () => {
    const of = resolverOf([own({ id: 'central-it', name: 'Central IT', aliases: ['ADOBE RECHARGE'] })]);
    expect(of({ payee: 'Adobe Recharge 2024-03' })).toMatchObject({ vendorId: 'central-it', vendor: 'Central IT' });
    expect(of({ payee: 'Adobe' }).vendorId).toBe('adobe');
  });

  it('have the class the company gives them, and else that of the line', () => {
    const plain = resolverOf([own({ id: 'quenby', aliases: ['quenby labs'] })]);
    expect(plain({ payee: 'Quenby Labs', ledgerAccount: 'Software licences' }).spendClass).toBe('technology');
    expect(plain({ payee: 'Quenby Labs', ledgerAccount: 'Catering' }).spendClass).toBe('other');
    const stated = resolverOf([
      own({ id: 'quenby', aliases: ['quenby labs'], spendClass: 'technology', category: 'it-services' }),
    ]);
    expect(stated({ payee: 'Quenby Labs', ledgerAccount: 'Catering' })).toMatchObject({
      spendClass: 'technology',
      category: 'it-services',
    });
  });

  it('take in what is merged into them, along chains, and say who said so', () => {
    const of = resolverOf([
      own({ id: 'acmeville', name: 'Acmeville', merged: ['acmeville-digital'] }),
      own({ id: 'acmeville-digital', merged: ['acmeville-labs'] }),
    ]);
    const decision = of({ payee: 'Acmeville Labs Ltd' });
    expect(decision).toMatchObject({
      vendorId: 'acmeville',
      vendor: 'Acmeville',
      method: 'tag',
      vendorConfidence: 1_000_000,
    });
    expect(decision.evidence().join('\n')).toContain('vendors.yaml:2 says that');
  });

  it('give what is merged into a vendor of the catalogue its class', () => {
    const of = resolverOf([own({ id: 'adobe', merged: ['creative-cloudz-reseller'] })]);
    expect(of({ payee: 'Creative Cloudz Reseller' })).toMatchObject({
      vendor: 'Adobe',
      spendClass: 'technology',
      category: 'design-content',
      domain: 'adobe.com',
    });
  });

  it('are called what the company calls them; the id stays', () => {
    const of = resolverOf([own({ id: 'adobe', name: 'Adobe (central contract)' })]);
    expect(of({ payee: 'ADOBE *CREATIVE CLD' })).toMatchObject({
      vendorId: 'adobe',
      vendor: 'Adobe (central contract)',
    });
  });
});

describe('spellings', () => {
  const variants = [['acmevile', { into: 'acmeville', name: 'Acmeville', why: 'one letter' }]] as const;

  it('go by the vendor they are a spelling of, with the way back', () => {
    const decision = resolverOf([], { variants })({ payee: 'Acmevile' });
    expect(decision).toMatchObject({ vendorId: 'acmeville', vendor: 'Acmeville', method: 'payee-text' });
    expect(decision.evidence()).toContain('one letter (if not: spendshift vendors split acmevile)');
  });

  it('stay apart where the company says so', () => {
    expect(resolverOf([], { variants, apart: ['acmevile'] })({ payee: 'Acmevile' }).vendorId).toBe('acmevile');
  });
});
