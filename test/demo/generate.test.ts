import { createHash } from 'node:crypto';

import { parse } from 'csv-parse/sync';
import { beforeAll, describe, expect, it } from 'vitest';
import { parse as parseYaml } from 'yaml';

import { parseMicros, sumMicros, type NumberFormat } from '../../src/core/money.js';
import { generateDemo } from '../../src/demo/generate.js';
import type { DemoCompany, DemoFile, DemoSource } from '../../src/demo/types.js';

const BRITISH: NumberFormat = { decimal: '.', group: ',' };
const GERMAN: NumberFormat = { decimal: ',', group: '.' };
let company: DemoCompany;

beforeAll(() => {
  company = generateDemo();
});

function hashOf(files: readonly DemoFile[]): string {
  const hash = createHash('sha256');
  for (const { path, content } of files) hash.update(path).update('\u0000').update(content).update('\u0000');
  return hash.digest('hex');
}

function textOf({ content }: DemoFile): string {
  return typeof content === 'string' ? content : new TextDecoder('windows-1252').decode(content);
}

function fileAt(path: string): DemoFile {
  const file = company.files.find((candidate) => candidate.path === path);
  if (file === undefined) throw new Error(`the demo has no file ${path}`);
  return file;
}

/** Rows of all files of a source, each with its file and its line. */
function rowsOf(folder: string, delimiter = ','): { file: string; row: number; cells: Record<string, string> }[] {
  return company.files
    .filter(({ path }) => path.startsWith(`data/${folder}/`))
    .flatMap((file) => {
      const rows: Record<string, string>[] = parse(textOf(file), { columns: true, delimiter });
      return rows.map((cells, index) => ({ file: file.path, row: index + 2, cells }));
    });
}

/** Charges of a source by place, as text, to compare with what the files say. */
function truthByPlace(source: DemoSource): Map<string, string> {
  const charges = company.truth.charges.filter((charge) => charge.source === source);
  return new Map(charges.map((charge) => [`${charge.file}:${charge.row}`, `${charge.cashMicros} ${charge.currency}`]));
}

function leftOut(source: DemoSource): Set<string> {
  const rows = [...company.truth.rejectedRows, ...company.truth.skippedRows].filter((row) => row.source === source);
  return new Set(rows.map(({ file, row }) => `${file}:${row}`));
}

describe('the same seed', () => {
  it('gives the same bytes and the same truth', () => {
    const again = generateDemo();
    expect(hashOf(again.files)).toBe(hashOf(company.files));
    expect(again.truth).toEqual(company.truth);
  });

  it('and another seed gives other files with the same stories', () => {
    const other = generateDemo({ seed: 7 });
    expect(hashOf(other.files)).not.toBe(hashOf(company.files));
    const idsOf = (demo: DemoCompany): string[] => [...new Set(demo.truth.stories.map(({ id }) => id))];
    expect(idsOf(other)).toEqual(idsOf(company));
  });
});

describe('the files', () => {
  it('cover 24 months, with the rows a company of this size has', () => {
    const paths = company.files.map(({ path }) => path);
    expect(new Set(paths).size).toBe(paths.length);
    expect(paths.filter((path) => path.startsWith('data/cloud/'))).toHaveLength(24);
    expect(paths.filter((path) => path.startsWith('data/cards/'))).toHaveLength(24);
    expect(paths.filter((path) => path.startsWith('data/payables/'))).toHaveLength(8);
    expect(paths.filter((path) => path.startsWith('data/payables-de/'))).toHaveLength(8);
    for (const file of company.files.filter(({ path }) => /^data\/(cloud|cards)\//.test(path))) {
      const rows = textOf(file).split('\r\n').length - 2;
      expect(rows, file.path).toBeGreaterThan(300);
      expect(rows, file.path).toBeLessThan(600);
    }
  });

  it('name every file pattern and ownership file of the settings', () => {
    const settings = parseYaml(textOf(fileAt('spendshift.yaml'))) as {
      sources: Record<string, { files: string }>;
      ownership: Record<string, string>;
      rates: string;
      functions: string;
    };
    for (const path of [...Object.values(settings.ownership), settings.rates, settings.functions]) fileAt(path);
    for (const { files } of Object.values(settings.sources)) {
      const [start = '', end = ''] = files.split('*');
      expect(company.files.some(({ path }) => path.startsWith(start) && path.endsWith(end))).toBe(true);
    }
  });

  it('name 800 people once for each time in a department', () => {
    const rows: Record<string, string>[] = parse(textOf(fileAt('ownership/people.csv')), { columns: true });
    expect(new Set(rows.map((row) => row['person'])).size).toBe(800);
    expect(rows.length).toBeGreaterThan(800);
  });

  it('write German umlauts as single bytes', () => {
    const { content } = fileAt('data/payables-de/kreditoren-2024-Q2.csv');
    expect(content).toBeInstanceOf(Uint8Array);
    expect(Buffer.from(content).includes(Buffer.from([0x4d, 0xfc, 0x6c, 0x6c, 0x65, 0x72]))).toBe(true);
    expect(textOf(fileAt('data/payables-de/kreditoren-2024-Q2.csv'))).toContain('Müller Büromaterial');
  });

  it('give rates newest first, with a rate for the days around every charge', () => {
    const lines = textOf(fileAt('rates/eurofxref-hist.csv')).trimEnd().split('\n');
    expect(lines[0]).toBe('Date,USD,JPY,CZK,DKK,GBP,PLN,SEK,CHF,RUB,');
    const days = lines.slice(1).map((line) => line.slice(0, 10));
    expect([...days].sort().reverse()).toEqual(days);
    expect(days[0]).toBe('2026-04-30');
    expect(days.at(-1)).toBe('2024-01-02');
    expect(lines.slice(1).every((line) => /^[\d-]{10}(,\d+\.\d{4}){8},N\/A,$/.test(line))).toBe(true);
  });
});

describe('the truth', () => {
  it('knows every row of the cloud bill, to the millionth, on both bases', () => {
    const rows = rowsOf('cloud');
    const found = rows.map(({ file, row, cells }) => [
      `${file}:${row}`,
      `${String(parseMicros(cells['BilledCost'] ?? ''))} ${cells['BillingCurrency'] ?? ''}`,
    ]);
    expect(new Map(found as [string, string][])).toEqual(truthByPlace('cloud'));
    const total = company.truth.totals.find(({ source }) => source === 'cloud');
    expect(total?.chargeCount).toBe(rows.length);
    expect(total?.accrualMicros).toBe(
      sumMicros(rows.map(({ cells }) => parseMicros(cells['EffectiveCost'] ?? '') ?? 0n)),
    );
    expect(total?.accrualMicros).not.toBe(total?.cashMicros);
  });

  it.each([
    ['cards', ',', ['Amount', 'Billing Amount'], BRITISH],
    ['payables', ',', ['Net Amount'], BRITISH],
    ['payables-de', ';', ['Betrag'], GERMAN],
  ] as const)('knows every row of %s', (source, delimiter, amountColumns, format) => {
    const without = leftOut(source);
    const rows = rowsOf(source, delimiter).filter(({ file, row }) => !without.has(`${file}:${row}`));
    const found = rows.map(({ file, row, cells }): [string, string] => {
      const amount = amountColumns.map((column) => cells[column]).find((text) => text !== undefined) ?? '';
      return [`${file}:${row}`, `${String(parseMicros(amount, format))} ${cells['Currency'] ?? 'EUR'}`];
    });
    expect(new Map(found)).toEqual(truthByPlace(source));
  });

  it('sums to its totals', () => {
    const { charges, totals } = company.truth;
    for (const total of totals) {
      const members = charges.filter(({ source, currency }) => source === total.source && currency === total.currency);
      expect(total.chargeCount).toBe(members.length);
      expect(total.cashMicros).toBe(sumMicros(members.map(({ cashMicros }) => cashMicros)));
    }
    expect(totals.reduce((sum, { chargeCount }) => sum + chargeCount, 0)).toBe(charges.length);
  });

  it('counts the rows nobody can read, few enough for a file to pass', () => {
    const { rejectedRows } = company.truth;
    expect(rejectedRows.filter(({ source }) => source === 'cards')).toHaveLength(10);
    expect(rejectedRows.filter(({ source }) => source === 'payables')).toHaveLength(4);
    expect(rejectedRows.filter(({ source }) => source === 'payables-de')).toHaveLength(2);
  });

  it('keeps rows that are equal in every cell as charges of their own', () => {
    const lines = textOf(fileAt('data/cards/cards-2024-05.csv')).split('\r\n');
    const twice = lines.filter((line, index) => line !== '' && lines.indexOf(line) !== index);
    expect(twice.length).toBeGreaterThan(0);
    expect(twice.every((line) => line.includes('TFL TRAVEL CH'))).toBe(true);
  });

  it('gives technology by owner that sums to the technology a row tells', () => {
    const { charges, technologyByOwner } = company.truth;
    const told = charges.filter(({ spendClass, obscure }) => spendClass === 'technology' && !obscure);
    for (const source of ['cloud', 'cards', 'payables', 'payables-de'] as const) {
      const parts = technologyByOwner.filter((part) => part.source === source);
      const sum = sumMicros(parts.map(({ baselineMicros, currentMicros }) => baselineMicros + currentMicros));
      expect(sum).toBe(
        sumMicros(told.filter((charge) => charge.source === source).map(({ cashMicros }) => cashMicros)),
      );
    }
  });
});
