import { parse as parseCsv } from 'csv-parse/sync';
import { parse as parseYaml } from 'yaml';

import { SPEND_CLASSES, type SpendClass } from '../core/charge.js';
import type { Mistake } from '../core/errors.js';

/** Reads the texts of the config files as rows and lists; what is wrong is collected, not thrown. */
export class ConfigReader {
  readonly #yaml = new Map<string, Readonly<Record<string, unknown>>>();

  constructor(
    private readonly texts: Readonly<Record<string, string>>,
    private readonly mistakes: Mistake[],
  ) {}

  mistake(file: string, line: number | undefined, key: string, message: string): void {
    this.mistakes.push({ place: { file: `config/${file}`, line, key }, message });
  }

  /** Rows of a CSV file that must have exactly these columns; each stands on one line, `#` begins a comment line. */
  rows(file: string, columns: readonly string[]): Entry[] {
    const lines = this.#text(file)
      .split('\n')
      .map((text, index) => ({ text, number: index + 1 }))
      .filter(({ text }) => text.trim() !== '' && !text.startsWith('#'));
    let records: string[][] = [];
    try {
      records = parseCsv(lines.map(({ text }) => text).join('\n'), { relax_column_count: true });
    } catch (error) {
      this.mistake(file, undefined, 'CSV', error instanceof Error ? error.message : String(error));
    }
    if (records.length === 0) return [];
    if (records.length !== lines.length) this.mistake(file, undefined, 'CSV', 'every row must stand on one line');
    if (records[0]?.join(',') !== columns.join(',')) {
      this.mistake(file, lines[0]?.number, 'header', `the columns must be ${columns.join(',')}`);
    }
    return records.slice(1).map((cells, index) => {
      const line = lines[index + 1]?.number;
      if (cells.length !== columns.length) {
        this.mistake(file, line, 'row', `has ${cells.length} cells, the header has ${columns.length}`);
      }
      return new Entry(this, file, line, Object.fromEntries(columns.map((column, at) => [column, cells[at] ?? ''])));
    });
  }

  /** The maps of a list in a YAML file. */
  list(file: string, key: string): Entry[] {
    const value = this.#yamlOf(file)[key];
    if (!Array.isArray(value)) {
      this.mistake(file, undefined, key, 'must be a list');
      return [];
    }
    return value.map(
      (item: unknown, index) => new Entry(this, file, undefined, isRecord(item) ? item : {}, `${key}[${index}].`),
    );
  }

  /** All texts of a list of texts or of lists of texts. */
  textsOf(file: string, key: string): string[] {
    const value = this.#yamlOf(file)[key];
    if (!Array.isArray(value)) {
      this.mistake(file, undefined, key, 'must be a list');
      return [];
    }
    return (value as unknown[]).flat().map(asText);
  }

  /** Keys and texts of a map. */
  pairs(file: string, key: string): [string, string][] {
    const value = this.#yamlOf(file)[key];
    if (isRecord(value)) return Object.entries(value).map(([name, text]) => [name, asText(text)]);
    this.mistake(file, undefined, key, 'must be a map');
    return [];
  }

  #text(file: string): string {
    const text = Object.hasOwn(this.texts, file) ? this.texts[file] : undefined;
    if (text === undefined) this.mistake(file, undefined, 'file', 'the file is missing');
    return text ?? '';
  }

  #yamlOf(file: string): Readonly<Record<string, unknown>> {
    const known = this.#yaml.get(file);
    if (known !== undefined) return known;
    let value: unknown = {};
    try {
      value = parseYaml(this.#text(file));
    } catch (error) {
      this.mistake(file, undefined, 'YAML', error instanceof Error ? error.message : String(error));
    }
    const record = isRecord(value) ? value : {};
    this.#yaml.set(file, record);
    return record;
  }
}

/** One row or map of a config file. */
export class Entry {
  constructor(
    private readonly reader: ConfigReader,
    private readonly file: string,
    private readonly row: number | undefined,
    private readonly record: Readonly<Record<string, unknown>>,
    private readonly path = '',
  ) {}

  /** 1-based line of a CSV row; 0 where it is not known. */
  get line(): number {
    return this.row ?? 0;
  }

  text(key: string): string {
    return asText(this.record[key]);
  }

  number(key: string): number {
    const value = Number(this.record[key]);
    if (!Number.isSafeInteger(value)) this.mistake(key, 'must be a whole number');
    return value;
  }

  textList(key: string): string[] {
    const value = this.record[key];
    if (Array.isArray(value)) return (value as unknown[]).map(asText);
    this.mistake(key, 'must be a list');
    return [];
  }

  spendClass(key: string): SpendClass {
    const text = this.text(key);
    const found = SPEND_CLASSES.find((name) => name === text);
    if (found === undefined) this.mistake(key, `"${text}" is no spend class; write ${SPEND_CLASSES.join(', ')}`);
    return found ?? 'unknown';
  }

  mistake(key: string, message: string): void {
    this.reader.mistake(this.file, this.row, `${this.path}${key}`, message);
  }
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function asText(value: unknown): string {
  return typeof value === 'string'
    ? value
    : typeof value === 'number' || typeof value === 'boolean'
      ? String(value)
      : '';
}
