import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { deserialize, serialize } from 'node:v8';

import { once } from '../core/once.js';
import { openCatalogue, parseCatalogue, type Catalogue } from '../vendor/catalogue.js';
import { MODEL_FILES, readCatalogueData, type CatalogueData } from '../vendor/catalogue-data.js';
import { configFingerprint, configStamp, readCatalogueTexts } from './config-texts.js';
import { packageFolder, readConfig } from './package.js';

/**
 * The catalogue as plain data, made with the rest of dist/: it opens in a fraction of the time that reading config/ takes.
 * Beside it stands from what it was made; a vendor added to config/ counts at once, without a build.
 */
const COMPILED_FILE = 'catalogue.bin';
const MADE_FROM_FILE = 'catalogue-made-from.json';

interface MadeFrom {
  readonly stamp: string;
  readonly fingerprint: string;
  /** Version of V8, whose form of stored values it has. */
  readonly engine: string;
}

/** The catalogue that ships with Spendshift, and what tells one state of it from another. */
export interface ShippedCatalogue {
  readonly fingerprint: string;
  /** Loads it when it is first asked for. */
  readonly catalogue: () => Catalogue;
}

/** The catalogue that was given last, and the state of config/ that it is of: a process that goes on for years loads it once. */
let latest: { readonly stamp: string; readonly shipped: ShippedCatalogue } | undefined;

/** The catalogue of config/ as it is now. */
export function shippedCatalogue(): ShippedCatalogue {
  const stamp = configStamp();
  if (latest?.stamp !== stamp) latest = { stamp, shipped: catalogueOf(stamp) };
  return latest.shipped;
}

/** Looks whether the compiled catalogue was made from config/ as it is; reads config/ itself where it was not. */
function catalogueOf(stamp: string): ShippedCatalogue {
  const madeFrom = readMadeFrom();
  if (madeFrom?.engine === process.versions.v8 && madeFrom.stamp === stamp) {
    return { fingerprint: madeFrom.fingerprint, catalogue: once(openCompiled) };
  }
  const texts = readCatalogueTexts();
  return { fingerprint: configFingerprint(texts), catalogue: once(() => parseCatalogue(texts)) };
}

function readMadeFrom(): MadeFrom | undefined {
  const path = distFile(MADE_FROM_FILE);
  return existsSync(path) ? (JSON.parse(readFileSync(path, 'utf8')) as MadeFrom) : undefined;
}

function openCompiled(): Catalogue {
  const data = deserialize(readFileSync(distFile(COMPILED_FILE))) as CatalogueData;
  return openCatalogue(data, Object.fromEntries(MODEL_FILES.map((file) => [file, readConfig(file)])));
}

/**
 * Writes the compiled catalogue.
 *
 * @throws SettingsError with every mistake in config/.
 */
export function compileCatalogue(): void {
  const stamp = configStamp();
  const texts = readCatalogueTexts();
  write(COMPILED_FILE, serialize(readCatalogueData(texts)));
  const madeFrom: MadeFrom = { stamp, fingerprint: configFingerprint(texts), engine: process.versions.v8 };
  write(MADE_FROM_FILE, JSON.stringify(madeFrom));
}

function write(name: string, content: string | Buffer): void {
  const path = distFile(name);
  const temporary = `${path}.${process.pid}.tmp`;
  mkdirSync(join(packageFolder(), 'dist'), { recursive: true });
  writeFileSync(temporary, content);
  renameSync(temporary, path);
}

function distFile(name: string): string {
  return join(packageFolder(), 'dist', name);
}
