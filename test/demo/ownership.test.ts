import { parse } from 'csv-parse/sync';
import { expect, it } from 'vitest';
import { parse as parseYaml } from 'yaml';

import { canonicalTags, EMPTY_LINE_TEXTS, type LineTexts } from '../../src/core/charge.js';
import type { BusinessFunction, VendorDecision } from '../../src/core/decision.js';
import { monthOfNumber } from '../../src/core/period.js';
import { generateDemo } from '../../src/demo/generate.js';
import type { DemoCharge, DemoSource } from '../../src/demo/types.js';
import { makeBook, type OwnershipBook } from '../../src/ownership/book.js';
import { createOwnershipDecider } from '../../src/ownership/decide.js';
import { MAPPING_KINDS, type MappingTable, type OwnershipNames } from '../../src/ownership/entries.js';
import { parseMappings } from '../../src/ownership/mappings.js';
import { parseRules } from '../../src/ownership/rules.js';

const { files, truth } = generateDemo();
type Cells = Record<string, string>;

const NO_VENDOR: VendorDecision = {
  vendorId: 'nobody',
  vendor: 'Nobody',
  domain: '',
  spendClass: 'technology',
  category: '',
  usualFunction: '',
  method: 'none',
  classMethod: 'none',
  vendorConfidence: 0,
  classConfidence: 0,
  evidence: () => [],
};

/** What the settings make of a row, as far as ownership reads it. */
const TEXTS: Readonly<Record<DemoSource, (cells: Cells) => Partial<LineTexts>>> = {
  cloud: (cells) => {
    const tags = JSON.parse(cells['Tags'] === 'NULL' ? '{}' : (cells['Tags'] ?? '{}')) as Record<string, string>;
    return { subAccount: cells['SubAccountId'] ?? '', tags: canonicalTags([['team', tags['team'] ?? '']]) };
  },
  cards: (cells) => ({
    payee: cells['Merchant Name'] ?? '',
    person: cells['Cardholder'] ?? '',
    card: cells['Card Number'] ?? '',
    costCenter: cells['Cost Centre'] ?? cells['Cost Center'] ?? '',
  }),
  payables: (cells) => ({
    payee: cells['Supplier'] ?? '',
    costCenter: cells['Cost Centre'] ?? '',
    ledgerAccount: cells['Ledger Account'] ?? '',
    description: cells['Description'] ?? '',
  }),
  'payables-de': (cells) => ({
    payee: cells['Kreditor'] ?? '',
    costCenter: cells['Kostenstelle'] ?? '',
    ledgerAccount: cells['Sachkonto'] ?? '',
    description: cells['Buchungstext'] ?? '',
  }),
};

function textOf(path: string): string {
  const content = files.find((file) => file.path === path)?.content;
  if (content === undefined) throw new Error(`the demo has no file ${path}`);
  return typeof content === 'string' ? content : new TextDecoder('windows-1252').decode(content);
}

function tableOf(file: string): MappingTable {
  const [columns = [], ...rows]: string[][] = parse(textOf(file));
  return {
    file,
    headerLine: 1,
    columns,
    rows: rows.map((row, index) => ({
      file,
      line: index + 2,
      cells: new Map(columns.map((column, at) => [column, row[at] ?? ''])),
    })),
  };
}

function readBook(): OwnershipBook {
  const settings = parseYaml(textOf('spendshift.yaml')) as { ownership: Cells };
  const { functions } = parseYaml(textOf('functions.yaml')) as { functions: BusinessFunction[] };
  const all: BusinessFunction[] = [...functions, { id: 'unassigned', name: 'Unassigned', group: 'unassigned' }];
  const names: OwnershipNames = { functions: all, sources: new Set(Object.keys(TEXTS)) };
  const tables = MAPPING_KINDS.flatMap((kind) => {
    const path = settings.ownership[kind];
    return path === undefined ? [] : [[kind, tableOf(path)] as const];
  });
  const mappings = parseMappings(Object.fromEntries(tables), names);
  const file = settings.ownership['rules'] ?? '';
  const rules = parseRules({ value: parseYaml(textOf(file)), place: { file }, placeOf: () => ({ file }) }, names);
  expect([...mappings.mistakes, ...rules.mistakes]).toEqual([]);
  return makeBook({ functions: all, entries: mappings.entries, rules: rules.rules });
}

function sharesText(shares: readonly { functionId: string; perMillion: number }[]): string {
  const parts = shares.map(({ functionId, perMillion }) => `${functionId} ${perMillion}`).sort();
  return parts.length === 0 ? 'unassigned 1000000' : parts.join(', ');
}

it('gives every charge the owner that the truth names, in its month', () => {
  const decide = createOwnershipDecider(readBook());
  const rows = new Map<string, Cells[]>();
  const cellsOf = ({ source, file, row }: DemoCharge): Cells => {
    const parsed: Cells[] =
      rows.get(file) ?? parse(textOf(file), { columns: true, delimiter: source === 'payables-de' ? ';' : ',' });
    rows.set(file, parsed);
    return parsed[row - 2] ?? {};
  };
  const wrong = new Set<string>();
  for (const charge of truth.charges) {
    const texts: LineTexts = { ...EMPTY_LINE_TEXTS, ...TEXTS[charge.source](cellsOf(charge)) };
    const line = { ...texts, id: 'L000000000000', source: charge.source, sourceKind: 'payment' as const };
    const month = monthOfNumber(Math.floor(charge.day / 100));
    const segment = decide({ line, vendor: NO_VENDOR, amountMicros: charge.cashMicros }).owners.find(
      ({ from, to }) => (from === undefined || from <= month) && (to === undefined || month < to),
    );
    const found = sharesText(segment?.shares ?? []);
    if (found !== sharesText(charge.owners)) {
      wrong.add(`${charge.source} ${month} ${charge.lineTexts}: ${found}, not ${sharesText(charge.owners)}`);
    }
  }
  expect([...wrong].slice(0, 20)).toEqual([]);
});
