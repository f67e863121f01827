import { describe, expect, it } from 'vitest';

import { SettingsError } from '../../src/core/errors.js';
import { parseCatalogue } from '../../src/vendor/catalogue.js';
import { configTexts, shippedCatalogue } from './load-catalogue.js';

describe('the shipped catalogue', () => {
  const catalogue = shippedCatalogue();

  it('parses without a mistake and is large enough to be useful', () => {
    expect(catalogue.vendors.size).toBeGreaterThanOrEqual(350);
    expect(catalogue.categories.size).toBe(23);
  });

  it('keeps the three faces of Google apart', () => {
    const classes = ['google-ads', 'google-cloud', 'google-workspace'].map(
      (id) => catalogue.vendors.get(id)?.spendClass,
    );
    expect(classes).toEqual(['advertising', 'technology', 'technology']);
  });

  it('knows ranges of merchant category codes', () => {
    expect(catalogue.merchantCodes.get('3107')?.text).toBe('Airlines');
    expect(catalogue.merchantCodes.get('5734')?.spendClass).toBe('technology');
  });
});

describe('parseCatalogue', () => {
  const broken = (row: string): string => {
    const texts = configTexts();
    try {
      parseCatalogue({ ...texts, 'vendors.csv': `${texts['vendors.csv'] ?? ''}${row}\n` });
    } catch (error) {
      expect(error).toBeInstanceOf(SettingsError);
      return error instanceof Error ? error.message : '';
    }
    return 'no error';
  };

  it.each([
    ['zoom,Another Zoo,,other,,,,', 'the vendor zoom is there twice'],
    ['zooom,Zooom,,other,,,mailchimp,', 'the alias "mailchimp" of zooom belongs to mailchimp already'],
    ['zooom,Zooom,adobe.com,other,,,,', 'the domain "adobe.com" of zooom belongs to adobe already'],
    ['zooom,Zooom,,technology,toys,,,', 'no category has the id toys'],
    ['zooom,Zooom,,technology,,,,', 'technology needs a category'],
    ['zooom,Zooom,,other,ai,,,', 'technology needs a category, and nothing else has one'],
    ['zooom,Zooom,,other,,wizards,,', 'no function has the id wizards'],
    ['zooom,Zooom,,other,,,,nobody', 'no vendor has the id nobody'],
    ['zooom,Zooom,,techno,,,,', '"techno" is no spend class'],
    ['Zo om,Zooom,,other,,,,', '"Zo om" is no id'],
  ])('refuses %s', (row, message) => {
    const text = broken(row);
    expect(text).toContain(message);
    expect(text).toMatch(/config\/vendors\.csv:\d+: /);
  });

  it('reports every mistake at once', () => {
    const text = broken('zooom,Zooom,,techno,,wizards,,nobody');
    expect(text).toContain('techno');
    expect(text).toContain('wizards');
    expect(text).toContain('nobody');
  });

  it('names a missing and a broken file', () => {
    const rest = Object.fromEntries(Object.entries(configTexts()).filter(([name]) => name !== 'functions.yaml'));
    expect(() => parseCatalogue(rest)).toThrow('config/functions.yaml: file: the file is missing');
    expect(() => parseCatalogue({ ...configTexts(), 'processors.yaml': 'processors: [' })).toThrow(
      'config/processors.yaml: YAML',
    );
  });
});
