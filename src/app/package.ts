import { existsSync, readdirSync, readFileSync, statSync, type Stats } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Folder of the installed package: the nearest one above this file with a package.json. */
export function packageFolder(): string {
  let folder = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(folder, 'package.json'))) {
    const parent = dirname(folder);
    if (parent === folder) throw new Error('Spendshift is not installed as a package: no package.json above its code');
    folder = parent;
  }
  return folder;
}

/** Folder with the ledger's migrations; plain SQL files that the compiler does not copy. */
export function migrationsFolder(): string {
  return join(packageFolder(), 'src', 'ledger', 'migrations');
}

/** Text of a file in config/. */
export function readConfig(name: string): string {
  return readFileSync(join(packageFolder(), 'config', name), 'utf8');
}

/** Size and times of a file in config/. */
export function configStat(name: string): Stats {
  return statSync(join(packageFolder(), 'config', name));
}

/** Paths below config/ of the files in one of its folders, sorted. */
export function configFilesIn(folder: string): string[] {
  return readdirSync(join(packageFolder(), 'config', folder))
    .sort()
    .map((name) => `${folder}/${name}`);
}

/** Version of the package. */
export function packageVersion(): string {
  const manifest = JSON.parse(readFileSync(join(packageFolder(), 'package.json'), 'utf8')) as { version: string };
  return manifest.version;
}
