import { createRequire } from 'node:module';
import { isAbsolute, join } from 'node:path';
import { pathToFileURL } from 'node:url';

import { connectors as shipped } from '../../connectors/index.js';
import type { Connector } from '../connector/contract.js';
import { SettingsError, type Mistake, type Place } from '../core/errors.js';
import { namedConnectors } from '../settings/own-connectors.js';

const FEEDS = ['files', 'charges', 'rates', 'people', 'applications'];
/** What the runner calls or reads, by what a connector gives. */
const MEMBERS: Readonly<Record<string, Readonly<Record<string, 'string' | 'number' | 'object' | 'function'>>>> = {
  files: { check: 'function', windows: 'function', read: 'function', sourceRows: 'function' },
  charges: { check: 'function', pull: 'function', service: 'object', history: 'object' },
  rates: { check: 'function', pull: 'function', service: 'object' },
  people: { check: 'function', pull: 'function', service: 'object' },
  applications: { check: 'function', pull: 'function', service: 'object' },
};
const COMMON = { id: 'string', title: 'string', kind: 'string', version: 'number', settings: 'object' } as const;

/**
 * The connectors that a workspace may use: those that ship with Spendshift, and those it names under `connectors:`, each a
 * module (a path) or a package whose default export is a connector.
 *
 * @throws SettingsError for one that is not there, fails to load, or is no connector.
 */
export async function workspaceConnectors(folder: string): Promise<readonly Connector[]> {
  const own: Connector[] = [];
  const mistakes: Mistake[] = [];
  for (const { name, place } of namedConnectors(folder)) {
    const loaded = await loadConnector(folder, name);
    if (typeof loaded === 'string') mistakes.push({ place, message: loaded, hint: HINT });
    else own.push(loaded);
    if (typeof loaded !== 'string') mistakes.push(...takenTwice(loaded, [...shipped, ...own.slice(0, -1)], place));
  }
  if (mistakes.length > 0) throw new SettingsError(mistakes);
  return [...shipped, ...own];
}

const HINT = 'Its default export must be a connector, made as README.md of Spendshift says under "Adding a connector".';

function takenTwice(connector: Connector, others: readonly Connector[], place: Place): Mistake[] {
  if (!others.some(({ id }) => id === connector.id)) return [];
  const hint = 'Give the connector an id that no other has.';
  return [{ place, message: `there is a connector ${connector.id} already`, hint }];
}

/** The connector, or why it is none. */
async function loadConnector(folder: string, name: string): Promise<Connector | string> {
  let module: unknown;
  try {
    module = await import(addressOf(folder, name));
  } catch (error) {
    return `${name} cannot be loaded (${error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error)})`;
  }
  const value = (module as { default?: unknown }).default;
  const missing = whatIsMissing(value);
  return missing === undefined ? (value as Connector) : `${name} is no connector: ${missing}`;
}

function addressOf(folder: string, name: string): string {
  if (name.startsWith('.') || isAbsolute(name)) return pathToFileURL(isAbsolute(name) ? name : join(folder, name)).href;
  return pathToFileURL(createRequire(join(folder, 'package.json')).resolve(name)).href;
}

function whatIsMissing(value: unknown): string | undefined {
  if (typeof value !== 'object' || value === null) return 'it has no default export that is an object';
  const members = value as Readonly<Record<string, unknown>>;
  const feed = members['feed'];
  if (typeof feed !== 'string' || !FEEDS.includes(feed)) return `its feed is none of ${FEEDS.join(', ')}`;
  const wanted = { ...COMMON, ...MEMBERS[feed] };
  const wrong = Object.entries(wanted).find(([key, type]) => typeof members[key] !== type || members[key] === null);
  return wrong === undefined ? undefined : `its ${wrong[0]} is no ${wrong[1]}`;
}
