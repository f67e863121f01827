import { existsSync } from 'node:fs';
import { resolve } from 'node:path';

/**
 * Absolute path of the folder of real data beside the project, or `undefined` where it is absent; tests that need it then
 * say so in their name and are counted as skipped.
 */
export function sharedDataFolder(): string | undefined {
  const folder = resolve(import.meta.dirname, '../../../shared/data');
  return existsSync(folder) ? folder : undefined;
}
