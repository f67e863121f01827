import { existsSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';

import { EMPTY_VENDOR_BOOK, type BusinessFunction, type VendorBook } from '../core/decision.js';
import { SettingsError, SpendshiftError, type Mistake } from '../core/errors.js';
import { EMPTY_BOOK, makeBook, type OwnershipBook } from '../ownership/book.js';
import { MAPPING_KINDS, type MappingKind, type MappingTable, type OwnershipNames } from '../ownership/entries.js';
import { MAPPING_COLUMNS, parseMappings } from '../ownership/mappings.js';
import { parseRules, type Rule } from '../ownership/rules.js';
import { readTextFile, resolveIn } from './files.js';
import { parseFunctions, UNASSIGNED_FUNCTION } from './functions.js';
import { checkSchema } from './schema-mistakes.js';
import { agentSchema } from './schema-agent.js';
import { workspaceSchema, type WorkspaceFile } from './schema.js';
import { readSources } from './sources.js';
import { parseTable } from './tables.js';
import type { ConnectorDeclaration, Workspace } from './types.js';
import { parseVendors, VENDORS_FILE } from './vendors.js';
import { parseYamlFile, type YamlFile } from './yaml-file.js';

/** The file that makes a folder a workspace. */
export const WORKSPACE_FILE = 'spendshift.yaml';

/** What a workspace is read against. */
export interface LoadOptions {
  readonly connectors: readonly ConnectorDeclaration[];
  /** Used where the workspace names no functions of its own; `unassigned` may be among them or not. */
  readonly builtInFunctions: readonly BusinessFunction[];
  /** Ids of categories that rules and tags may set; undefined: not checked. */
  readonly categories?: ReadonlySet<string> | undefined;
}

/** What the parts of a workspace share while it is read. */
interface Reading {
  readonly folder: string;
  readonly yaml: YamlFile;
  readonly mistakes: Mistake[];
  /** Things worth knowing that are no mistakes, in sentences. */
  readonly remarks: string[];
}

/**
 * Reads a workspace whole: spendshift.yaml and the files it names, except the sources' data, the rates and the ledger.
 *
 * @throws SettingsError once, with every mistake of every file: file, line, key and what to write instead.
 */
export function loadWorkspace(folder: string, options: LoadOptions): Workspace {
  const yaml = readWorkspaceFile(folder);
  const mistakes: Mistake[] = [...yaml.mistakes];
  if (mistakes.length > 0) throw new SettingsError(mistakes);
  const reading: Reading = { folder: resolve(folder), yaml, mistakes, remarks: [] };
  const checked = checkSchema(workspaceSchema, yaml.value, [], yaml.placeOf);
  if ('mistakes' in checked) mistakes.push(...checked.mistakes);
  // With mistakes in the file itself, what can still be told of the sources and the other files is told all the same.
  const named = 'value' in checked ? checked.value : readableParts(yaml.value);
  const sources = readSources(
    named.sources ?? {},
    { yaml, connectors: options.connectors, agent: named.agent ?? undefined },
    mistakes,
  );
  const functions = readFunctions(named, reading, options.builtInFunctions);
  const names: OwnershipNames = {
    functions,
    sources: new Set(Object.keys(named.sources ?? {})),
    categories: options.categories,
  };
  const ownership = readOwnership(named, reading, names);
  const vendors = readVendors(named, reading, names);
  checkPaths(named, reading);
  if (mistakes.length > 0 || !('value' in checked)) throw new SettingsError(inReadingOrder(mistakes));
  const { company, currency, fiscalYearStart, ledger, rates, confidenceBar, agent, archive } = checked.value;
  return {
    folder: reading.folder,
    company,
    currency,
    fiscalYearStart,
    functions,
    ledgerFile: resolveIn(reading.folder, ledger),
    ratesFile: rates,
    confidenceBar: Math.round(confidenceBar * 1_000_000),
    sources,
    agent: agentSchema.parse(agent ?? {}),
    archive:
      archive === undefined || archive === null
        ? undefined
        : { ...archive, folder: resolveIn(reading.folder, archive.folder) },
    ownership,
    vendors,
    vendorsFile: named.vendors ?? VENDORS_FILE,
    remarks: reading.remarks,
  };
}

/** Files in the order in which they were read, in each the lines from top to bottom. */
function inReadingOrder(mistakes: readonly Mistake[]): Mistake[] {
  const files = [...new Set(mistakes.map(({ place }) => place.file))];
  return [...mistakes].sort(
    (a, b) => files.indexOf(a.place.file) - files.indexOf(b.place.file) || (a.place.line ?? 0) - (b.place.line ?? 0),
  );
}

function readWorkspaceFile(folder: string): YamlFile {
  const remedy = `Make a workspace there: spendshift init ${folder}`;
  if (!existsSync(folder))
    throw new SettingsError({ place: {}, message: `there is no folder ${folder}`, hint: remedy });
  if (!statSync(folder).isDirectory()) {
    throw new SettingsError({
      place: {},
      message: `${folder} is not a folder`,
      hint: 'Name the folder in which spendshift.yaml stands.',
    });
  }
  if (!existsSync(resolveIn(folder, WORKSPACE_FILE))) {
    throw new SettingsError({
      place: {},
      message: `${folder} is no workspace: it has no ${WORKSPACE_FILE}`,
      hint: remedy,
    });
  }
  const reading = readTextFile(folder, WORKSPACE_FILE, {}, remedy);
  if ('mistake' in reading) throw new SettingsError(reading.mistake);
  const yaml = parseYamlFile(reading.text, WORKSPACE_FILE, 'core');
  if (yaml.mistakes.length === 0 && yaml.value === null) {
    const hint = 'Write at least company: and currency:, or take the commented file that spendshift init makes.';
    throw new SettingsError({ place: { file: WORKSPACE_FILE }, message: 'the file is empty', hint });
  }
  return yaml;
}

type NamedParts = Partial<
  Pick<WorkspaceFile, 'sources' | 'agent' | 'functions' | 'vendors' | 'ownership' | 'rates' | 'ledger'>
>;

/** The parts of a broken spendshift.yaml that are sound by themselves. */
function readableParts(value: unknown): NamedParts {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return {};
  const { sources, agent, functions, vendors, ownership, rates, ledger } = workspaceSchema.shape;
  const sound = <Part>(
    schema: { safeParse(part: unknown): { success: boolean; data?: Part | undefined } },
    key: string,
  ): Part | undefined => {
    const result = schema.safeParse((value as Readonly<Record<string, unknown>>)[key]);
    return result.success ? result.data : undefined;
  };
  return {
    sources: sound(sources, 'sources'),
    agent: sound(agent, 'agent'),
    functions: sound(functions, 'functions'),
    vendors: sound(vendors, 'vendors'),
    ownership: sound(ownership, 'ownership') ?? knownFiles((value as Readonly<Record<string, unknown>>)['ownership']),
    rates: sound(rates, 'rates'),
    ledger: sound(ledger, 'ledger') ?? 'ledger.sqlite',
  };
}

/** Of an ownership section with a mistake, the files that are known all the same. */
function knownFiles(section: unknown): NamedParts['ownership'] {
  if (typeof section !== 'object' || section === null) return undefined;
  const kinds: readonly string[] = [...MAPPING_KINDS, 'rules'];
  const known = Object.entries(section).filter(([kind, file]) => kinds.includes(kind) && typeof file === 'string');
  return Object.fromEntries(known);
}

function readFunctions(
  named: NamedParts,
  reading: Reading,
  builtIn: readonly BusinessFunction[],
): readonly BusinessFunction[] {
  const fallback = [...builtIn.filter((entry) => entry.group !== 'unassigned'), UNASSIGNED_FUNCTION];
  if (named.functions === undefined) return fallback;
  const place = reading.yaml.placeOf(['functions']);
  const read = readTextFile(reading.folder, named.functions, place, 'Make the file, or take the key functions out.');
  if ('mistake' in read) {
    reading.mistakes.push(read.mistake);
    return fallback;
  }
  try {
    return parseFunctions(read.text, named.functions);
  } catch (error) {
    if (!(error instanceof SpendshiftError)) throw error;
    reading.mistakes.push(...error.mistakes);
    return fallback;
  }
}

function readOwnership(named: NamedParts, reading: Reading, names: OwnershipNames): OwnershipBook {
  const before = reading.mistakes.length;
  const tables: Partial<Record<MappingKind, MappingTable>> = {};
  for (const kind of MAPPING_KINDS) {
    const file = named.ownership?.[kind];
    if (file === undefined) continue;
    const text = readOwnershipFile(file, kind, reading);
    if (text === undefined) continue;
    const table = parseTable(text, file, MAPPING_COLUMNS[kind]);
    if ('table' in table) tables[kind] = table.table;
    else reading.mistakes.push(...table.mistakes);
  }
  const rules = readRules(named, reading, names);
  const mappings = parseMappings(tables, names);
  reading.mistakes.push(...mappings.mistakes);
  for (const { file, rowCount } of mappings.undecided) {
    reading.remarks.push(`${file}: ${rowCount} ${rowCount === 1 ? 'row has' : 'rows have'} no function yet ("?").`);
  }
  if (reading.mistakes.length > before) return EMPTY_BOOK;
  return makeBook({ functions: names.functions, entries: mappings.entries, rules });
}

/** A file that is named must be there; that of the usual name may be. */
function readVendors(named: NamedParts, reading: Reading, names: OwnershipNames): VendorBook {
  const file = named.vendors ?? VENDORS_FILE;
  if (named.vendors === undefined && !existsSync(resolveIn(reading.folder, file))) return EMPTY_VENDOR_BOOK;
  const remedy = 'Make the file, or take the key vendors out.';
  const read = readTextFile(reading.folder, file, reading.yaml.placeOf(['vendors']), remedy);
  if ('mistake' in read) {
    reading.mistakes.push(read.mistake);
    return EMPTY_VENDOR_BOOK;
  }
  try {
    const functions = new Set(names.functions.map((entry) => entry.id));
    return parseVendors(read.text, file, { functions, categories: names.categories });
  } catch (error) {
    if (!(error instanceof SpendshiftError)) throw error;
    reading.mistakes.push(...error.mistakes);
    return EMPTY_VENDOR_BOOK;
  }
}

function readRules(named: NamedParts, reading: Reading, names: OwnershipNames): readonly Rule[] {
  const file = named.ownership?.rules;
  if (file === undefined) return [];
  const text = readOwnershipFile(file, 'rules', reading);
  if (text === undefined) return [];
  const yaml = parseYamlFile(text, file, 'failsafe');
  reading.mistakes.push(...yaml.mistakes);
  if (yaml.mistakes.length > 0) return [];
  const { rules, mistakes } = parseRules({ value: yaml.value, place: { file }, placeOf: yaml.placeOf }, names);
  reading.mistakes.push(...mistakes);
  return rules;
}

function readOwnershipFile(file: string, key: string, reading: Reading): string | undefined {
  const place = reading.yaml.placeOf(['ownership', key]);
  const read = readTextFile(reading.folder, file, place, `Make the file, or take the key ${key} out.`);
  if ('text' in read) return read.text;
  reading.mistakes.push(read.mistake);
  return undefined;
}

/** The files that are read later must be where the workspace says. */
function checkPaths(named: NamedParts, reading: Reading): void {
  const { folder, yaml, mistakes } = reading;
  if (named.rates !== undefined && !existsSync(resolveIn(folder, named.rates))) {
    const hint = "Save the European Central Bank's eurofxref-hist.csv there, or take the key rates out.";
    mistakes.push({ place: yaml.placeOf(['rates']), message: `there is no file ${named.rates}`, hint });
  }
  const ledgerFolder = dirname(resolveIn(folder, named.ledger ?? 'ledger.sqlite'));
  if (!existsSync(ledgerFolder) || !statSync(ledgerFolder).isDirectory()) {
    const message = `there is no folder for the ledger ${named.ledger ?? ''}`;
    mistakes.push({ place: yaml.placeOf(['ledger']), message, hint: 'Make the folder, or name another place.' });
  }
}
