import type { Place } from '../core/errors.js';
import { readTextFile } from './files.js';
import { WORKSPACE_FILE } from './load.js';
import { parseYamlFile } from './yaml-file.js';

/**
 * The connectors that a workspace names under `connectors:`, before it is read as a whole: what they are decides how its
 * sources are read. A workspace that cannot be read names none; reading it tells why.
 */
export function namedConnectors(folder: string): { readonly name: string; readonly place: Place }[] {
  const read = readTextFile(folder, WORKSPACE_FILE, {}, '');
  // Most workspaces name none: their file is not parsed for that.
  if ('mistake' in read || !read.text.includes('connectors')) return [];
  const yaml = parseYamlFile(read.text, WORKSPACE_FILE, 'core');
  if (yaml.mistakes.length > 0 || typeof yaml.value !== 'object' || yaml.value === null) return [];
  const { connectors } = yaml.value as { readonly connectors?: unknown };
  if (!Array.isArray(connectors)) return [];
  return connectors.flatMap((name: unknown, index) =>
    typeof name === 'string' && name !== '' ? [{ name, place: yaml.placeOf(['connectors', index]) }] : [],
  );
}
