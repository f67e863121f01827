import { fingerprint } from '../core/ids.js';
import { CATALOGUE_FILES, VENDOR_FOLDER } from '../vendor/catalogue-data.js';
import { configFilesIn, configStat, packageVersion, readConfig } from './package.js';

/** Raise it when the resolver, rules or evidence decide differently from the same texts, so that lines are decided anew. */
export const RESOLVER_VERSION = '3';

/** The files of config/ that make the catalogue, by path. */
function catalogueFiles(): string[] {
  return [...CATALOGUE_FILES, ...configFilesIn(VENDOR_FOLDER)];
}

/** The texts of the files of config/ that make the catalogue, by path. */
export function readCatalogueTexts(): Record<string, string> {
  return Object.fromEntries(catalogueFiles().map((name) => [name, readConfig(name)]));
}

/** Changes when the code that decides, or any of the texts it decides by, does. */
export function configFingerprint(texts: Readonly<Record<string, string>>): string {
  return fingerprint([RESOLVER_VERSION, packageVersion(), ...Object.entries(texts).flat()]);
}

/** Changes when any of the files may have changed: their sizes and times, which is quicker to see than their texts. */
export function configStamp(): string {
  const files = catalogueFiles().flatMap((name) => {
    const { size, mtimeMs } = configStat(name);
    return [name, String(size), String(mtimeMs)];
  });
  return fingerprint([RESOLVER_VERSION, packageVersion(), ...files]);
}
