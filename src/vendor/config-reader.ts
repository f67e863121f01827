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

  /** The text of a file; empty where it is missing. */
  text(file: string): string {
    const text = Object.hasOwn(this.texts, file) ? this.texts[file] : undefined;
    if (text === undefined) this.mistake(file, undefined, 'file', 'the file is missing');
    return text ?? '';
  }

  /** The paths of the files in a folder, sorted. */
  filesIn(folder: string): string[] {
    const files = Object.keys(this.texts).filter((file) => file.startsWith(`${folder}/`));
    if (files.length === 0) this.mistake(folder, undefined, 'folder', 'there is no file in it');
    return files.sort();
  }

  /** Rows of a CSV file that must have exactly these columns; each stands on one line, `#` begins a comment line. */
  rows(file: string, columns: readonly string[]): Entry[] {
    const entries: Entry[] = [];
    let hasHeader = false;
    this.text(file)
      .split('\n')
      .forEach((text, index) => {
        if (text.trim() === '' || text.startsWith('#')) return;
        const cells = this.#cells(file, index + 1, text);
        if (!hasHeader) {
          hasHeader = true;
          if (cells.join(',') !== columns.join(','))
            this.mistake(file, index + 1, 'header', `the columns must be ${columns.join(',')}`);
          return;
        }
        if (cells.length !== columns.length) {
          this.mistake(file, index + 1, 'row', `has ${cells.length} cells, the header has ${columns.length}`);
        }
        entries.push(new Row(this, file, index + 1, columns, cells));
      });
    return entries;
  }

  /** The cells of one line; most have no quotes, which spares the parser. */
  #cells(file: string, line: number, text: string): string[] {
    if (!text.includes('"')) return text.split(',');
    try {
      const rows: string[][] = parseCsv(text, { relax_column_count: true });
      return rows[0] ?? [];
    } catch (error) {
      this.mistake(file, line, 'CSV', error instanceof Error ? error.message : String(error));
      return [];
    }
  }

  /** The maps of a list in a YAML file. */
  list(file: string, key: string): Entry[] {
    const value = this.#yamlOf(file)[key];
    if (!Array.isArray(value)) {
      this.mistake(file, undefined, key, 'must be a list');
      return [];
    }
    return value.map((item: unknown, index) => new Item(this, file, `${key}[${index}].`, isRecord(item) ? item : {}));
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

  #yamlOf(file: string): Readonly<Record<string, unknown>> {
    const known = this.#yaml.get(file);
    if (known !== undefined) return known;
    let value: unknown = {};
    try {
      value = parseYaml(this.text(file));
    } catch (error) {
      this.mistake(file, undefined, 'YAML', error instanceof Error ? error.message : String(error));
    }
    const record = isRecord(value) ? value : {};
    this.#yaml.set(file, record);
    return record;
  }
}

/** One row or map of a config file. */
export abstract class Entry {
  constructor(
    private readonly reader: ConfigReader,
    readonly file: string,
  ) {}

  /** 1-based line of a row; 0 where it is not known. */
  abstract readonly line: number;
  /** What stands in front of a key when its place is named. */
  protected abstract readonly path: string;

  abstract text(key: string): string;

  /** The texts of a cell that separates them by `|`. */
  texts(key: string): string[] {
    const text = this.text(key);
    return text === '' ? [] : text.split('|');
  }

  /** One of some words; the first where it is none of them, which is a mistake. */
  choice<Word extends string>(key: string, words: readonly [Word, ...Word[]]): Word {
    const text = this.text(key);
    const found = words.find((word) => word === text);
    if (found === undefined) this.mistake(key, `"${text}" is none of ${words.join(', ')}`);
    return found ?? words[0];
  }

  spendClass(key: string): SpendClass {
    return this.choice(key, SPEND_CLASSES);
  }

  mistake(key: string, message: string): void {
    this.reader.mistake(this.file, this.line === 0 ? undefined : this.line, `${this.path}${key}`, message);
  }
}

/** A row of a CSV file. */
class Row extends Entry {
  protected readonly path = '';

  constructor(
    reader: ConfigReader,
    file: string,
    readonly line: number,
    private readonly columns: readonly string[],
    private readonly cells: readonly string[],
  ) {
    super(reader, file);
  }

  text(key: string): string {
    return this.cells[this.columns.indexOf(key)] ?? '';
  }
}

/** A map in a list of a YAML file. */
class Item extends Entry {
  readonly line = 0;

  constructor(
    reader: ConfigReader,
    file: string,
    protected readonly path: string,
    private readonly record: Readonly<Record<string, unknown>>,
  ) {
    super(reader, file);
  }

  text(key: string): string {
    return asText(this.record[key]);
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
