import { describe, expect, it } from 'vitest';

import { editVendors, type VendorEdit } from '../../src/settings/edit-vendors.js';
import { parseVendors } from '../../src/settings/vendors.js';

const names = { functions: new Set(['it', 'marketing']), categories: new Set(['ai', 'it-services']) };
const parse = (text: string): ReturnType<typeof parseVendors> => parseVendors(text, 'vendors.yaml', names);

describe('parseVendors', () => {
  it('reads all that may be said of a vendor', () => {
    const book = parse(`vendors:
  acme:
    name: Acme
    domain: acme.example
    spendClass: technology
    category: it-services
    usualFunction: it
    aliases: [ACME RECHARGE]
    merged: [acme-digital]
  plain:
apart: [acme-south]
`);
    expect(book.vendors[0]).toEqual({
      id: 'acme',
      name: 'Acme',
      domain: 'acme.example',
      spendClass: 'technology',
      category: 'it-services',
      usualFunction: 'it',
      aliases: ['ACME RECHARGE'],
      merged: ['acme-digital'],
      place: 'vendors.yaml:2',
    });
    expect(book.vendors[1]?.id).toBe('plain');
    expect([...book.apart]).toEqual(['acme-south']);
  });

  it('tells apart what is said', () => {
    expect(parse('vendors: { a: { name: A } }').fingerprint).not.toBe(parse('vendors: { a: { name: B } }').fingerprint);
    expect(parse('').vendors).toEqual([]);
  });

  it.each([
    ['vendors: { a: { nam: x } }', 'vendors.yaml:1: vendors.a.nam'],
    ['vendors: { a: { spendClass: tech } }', 'expected one of technology, advertising, other, unknown, found "tech"'],
    ['vendors: { a: { category: aii } }', 'no category has the id "aii"\n  → Did you mean "ai"?'],
    ['vendors: { a: { usualFunction: wizards } }', 'no function has the id "wizards"'],
    ['vendors: { a: { spendClass: other, category: ai } }', 'only technology has a category'],
    ['vendors: { a: { aliases: [X Y] }, b: { aliases: [x  y] } }', '"x  y" stands at a already'],
    ['vendors: { a: { merged: [c] }, b: { merged: [c] } }', '"c" stands at a already'],
    ['vendors: { a: { merged: [b] }, b: { merged: [a] } }', 'a is merged into itself'],
    ['vendors: { a: { merged: [two words] } }', 'expected the id of a vendor, found "two words"'],
    ['vendors: [', 'vendors.yaml:1: not valid YAML'],
  ])('refuses %s', (text, message) => {
    expect(() => parse(text)).toThrow(message);
  });
});

describe('editVendors', () => {
  const edited = (text: string, ...edits: VendorEdit[]): string =>
    edits.reduce((before, edit) => editVendors(before, 'vendors.yaml', edit), text);

  it('begins a file, and keeps comments of one that is there', () => {
    const first = edited('', { kind: 'merge', from: ['acme-labs', 'acme-digital'], into: 'acme' });
    expect(first).toMatch(/^# What this company says of vendors/);
    expect(parse(first).vendors[0]?.merged).toEqual(['acme-labs', 'acme-digital']);
    const second = edited(`${first}# agreed with finance\n`, { kind: 'rename', id: 'acme', name: 'Acme: the firm' });
    expect(second).toContain('# agreed with finance');
    expect(parse(second).vendors[0]).toMatchObject({ name: 'Acme: the firm', merged: ['acme-labs', 'acme-digital'] });
  });

  it('takes a merge back with a split', () => {
    const before = edited('', { kind: 'rename', id: 'acme', name: 'Acme' });
    const after = edited(before, { kind: 'merge', from: ['x'], into: 'acme' }, { kind: 'split', id: 'x' });
    expect(after).toBe(before);
  });

  it('keeps apart what nobody merged', () => {
    expect([...parse(edited('', { kind: 'split', id: 'acme-south' })).apart]).toEqual(['acme-south']);
  });

  it('moves a vendor that is merged elsewhere', () => {
    const text = edited('', { kind: 'merge', from: ['x'], into: 'a' }, { kind: 'merge', from: ['x'], into: 'b' });
    expect(parse(text).vendors.map(({ id, merged }) => [id, merged])).toEqual([
      ['a', []],
      ['b', ['x']],
    ]);
  });

  it('changes nothing the second time', () => {
    for (const edit of [
      { kind: 'merge', from: ['x'], into: 'a' },
      { kind: 'split', id: 'y' },
      { kind: 'rename', id: 'a', name: 'A' },
      { kind: 'alias', id: 'a', aliases: ['PAYEE: 1', '0123'] },
    ] as const satisfies readonly VendorEdit[]) {
      const once = edited('', edit);
      expect(edited(once, edit)).toBe(once);
    }
  });

  it('keeps payees that look like other things as texts', () => {
    const text = edited('', { kind: 'alias', id: 'a', aliases: ['0123', 'true', 'A: B', '#1'] });
    expect(parse(text).vendors[0]?.aliases).toEqual(['0123', 'true', 'A: B', '#1']);
  });

  it('refuses a file that is no map', () => {
    expect(() => edited('- a\n', { kind: 'split', id: 'x' })).toThrow('the file is not a map of keys');
  });
});
