import { existsSync, readFileSync } from 'node:fs';
import { dirname, isAbsolute, join } from 'node:path';
import { pathToFileURL } from 'node:url';

import { z } from 'zod';

import type { Connector } from '../connector/contract.js';
import { SPEND_KINDS } from '../core/charge.js';
import { isCurrency } from '../core/currency.js';
import { SettingsError, type Mistake, type Place } from '../core/errors.js';
import { namedConnectors } from '../settings/own-connectors.js';

const FEEDS = ['files', 'charges', 'rates', 'people', 'applications'];
const isFunction = z.custom<object>((value) => typeof value === 'function', { error: 'is no function' });
const isSchema = z.custom<object>(
  (value) =>
    typeof value === 'object' && value !== null && 'safeParse' in value && typeof value.safeParse === 'function',
  { error: 'is no zod schema' },
);
const isTimeZone = z.string().refine(
  (name) => {
    try {
      new Intl.DateTimeFormat('en', { timeZone: name });
      return true;
    } catch {
      return false;
    }
  },
  { error: 'is no time zone' },
);
const common = {
  id: z.string().regex(/^[a-z0-9][a-z0-9-]*$/, { error: 'is no id (small letters, digits, hyphens)' }),
  title: z.string().min(1),
  version: z.int(),
  settings: isSchema,
  check: isFunction,
};
const service = z.object({
  permissions: z.array(z.object({ id: z.string().min(1), why: z.string(), required: z.boolean() })),
  grant: z.string(),
  requestIntervalMs: z.number().min(0),
  requestPrice: z.object({ micros: z.bigint(), currency: z.string().refine(isCurrency) }).optional(),
  requestTimeoutMs: z.number().positive().optional(),
});
const history = z.object({
  grain: z.enum(['day', 'month']),
  timeZone: isTimeZone,
  restatementDays: z.int().min(0),
  monthsMax: z.int().min(0).optional(),
});
const reference = { ...common, kind: z.literal('reference'), service, pull: isFunction };

/** What the runner calls or reads of a connector, by what it gives. */
const declaration = z.discriminatedUnion('feed', [
  z.object({
    feed: z.literal('files'),
    ...common,
    kind: z.enum(SPEND_KINDS),
    windows: isFunction,
    read: isFunction,
    sourceRows: isFunction,
  }),
  z.object({
    feed: z.literal('charges'),
    ...common,
    kind: z.enum([...SPEND_KINDS, 'chargeback']),
    service,
    history,
    pull: isFunction,
  }),
  z.object({ feed: z.literal('rates'), ...reference }),
  z.object({ feed: z.literal('people'), ...reference }),
  z.object({ feed: z.literal('applications'), ...reference }),
]);

/**
 * The connectors that a workspace may use: those that ship with Spendshift, and those it names under `connectors:`, each a
 * module (a path) or a package whose default export is a connector.
 *
 * @throws SettingsError for one that is not there, fails to load, or is no connector.
 */
export async function workspaceConnectors(folder: string): Promise<readonly Connector[]> {
  // Loaded by commands that have a workspace alone: the schemas of all connectors take a part of a command's start.
  const { connectors: shipped } = await import('../../connectors/index.js');
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
  const found = packageFolderOf(folder, name);
  if (found === undefined) throw new Error(`Cannot find module '${name}' in node_modules, here or above`);
  const manifest = JSON.parse(readFileSync(join(found, 'package.json'), 'utf8')) as Manifest;
  return pathToFileURL(join(found, entryOf(manifest.exports) ?? manifest.main ?? 'index.js')).href;
}

interface Manifest {
  readonly exports?: unknown;
  readonly main?: string;
}

function packageFolderOf(folder: string, name: string): string | undefined {
  for (let above = folder; ; above = dirname(above)) {
    const candidate = join(above, 'node_modules', name);
    if (existsSync(join(candidate, 'package.json'))) return candidate;
    if (dirname(above) === above) return undefined;
  }
}

/** The file that `import` takes of a package's `exports`: Node 20 does not tell it for another folder than one's own. */
function entryOf(exports: unknown): string | undefined {
  if (typeof exports === 'string') return exports;
  if (typeof exports !== 'object' || exports === null) return undefined;
  const conditions = exports as Readonly<Record<string, unknown>>;
  return entryOf(conditions['.'] ?? conditions['node'] ?? conditions['import'] ?? conditions['default']);
}

function whatIsMissing(value: unknown): string | undefined {
  if (typeof value !== 'object' || value === null) return 'it has no default export that is an object';
  const checked = declaration.safeParse(value, { reportInput: true });
  if (checked.success) return undefined;
  const [issue] = checked.error.issues;
  return issue === undefined ? 'it is none' : `its ${issue.path.map(String).join('.')} ${wordsOf(issue)}`;
}

/** What is wrong with a member, in words that follow its name. */
function wordsOf(issue: z.core.$ZodIssue): string {
  if (issue.code === 'invalid_type') return `is no ${issue.expected === 'int' ? 'number' : issue.expected}`;
  if (issue.code === 'invalid_union') return `is none of ${FEEDS.join(', ')}`;
  if (issue.code === 'invalid_value') {
    return issue.input === undefined ? 'is no string' : `is none of ${issue.values.map(String).join(', ')}`;
  }
  return issue.input === undefined ? issue.message.replace('zod schema', 'object') : issue.message;
}
