import { existsSync } from 'node:fs';
import { copyFile, mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { basename, dirname, join, relative, resolve } from 'node:path';

import { stringify } from 'yaml';

import { previewProposal } from '../../connectors/csv/propose-preview.js';
import { proposeSource } from '../../connectors/csv/propose.js';
import type { OpenQuestion, Proposal } from '../../connectors/csv/propose-types.js';
import { sniffFile, type SniffedFile } from '../connector/sniff.js';
import { isCurrency } from '../core/currency.js';
import { UsageError } from '../core/errors.js';
import { slug } from '../core/ids.js';
import { appendSource, workspaceTemplate } from '../settings/template.js';
import { WORKSPACE_FILE } from '../settings/load.js';
import { loadKnowledge } from './knowledge.js';
import { addCostCenters, type WorksheetResult } from './worksheet.js';

/** Reporting currency of a new workspace when nobody names one; the command says so. */
export const CURRENCY_DEFAULT = 'EUR';
/** Rows shown as they were understood. */
const PREVIEW_ROWS = 10;

export interface InitOptions {
  readonly folder: string;
  /** Name of the company; by default made from the folder's name. */
  readonly company: string | undefined;
  readonly currency: string | undefined;
}

/** What making a workspace did. */
export interface InitResult {
  readonly files: readonly string[];
  readonly currency: string;
  /** True when the currency is only the default. */
  readonly currencyIsDefault: boolean;
}

/** What adding a source from a file did. */
export interface InitFromResult {
  readonly source: string;
  /** Where the file is in the workspace now, and whether it was copied there. */
  readonly file: string;
  readonly copied: boolean;
  readonly proposal: Proposal;
  readonly preview: ReturnType<typeof previewProposal>;
  /** Cost centres of the file that were added to the workspace's list; undefined when there was nothing to add. */
  readonly worksheet: WorksheetResult | undefined;
  /** The block as it stands in spendshift.yaml. */
  readonly block: string;
}

/**
 * Makes a commented workspace in a folder that has none.
 *
 * @throws UsageError when there is a workspace already, the folder holds other things, or the currency does not exist.
 */
export async function initWorkspace(options: InitOptions): Promise<InitResult> {
  const { folder } = options;
  const currency = options.currency?.toUpperCase() ?? CURRENCY_DEFAULT;
  if (!isCurrency(currency)) {
    throw new UsageError({
      place: {},
      message: `--currency "${options.currency ?? ''}" is no currency of ISO 4217`,
      hint: 'Write its three letters, such as EUR, GBP or USD.',
    });
  }
  const present = existsSync(folder) ? await readdir(folder) : [];
  if (present.includes(WORKSPACE_FILE)) {
    throw new UsageError({
      place: { file: folder },
      message: `there is a ${WORKSPACE_FILE} already`,
      hint: 'Add a source to it with `spendshift init --from FILE` inside the folder, or name another folder.',
    });
  }
  if (present.some((name) => !name.startsWith('.'))) {
    throw new UsageError({
      place: { file: folder },
      message: 'the folder is not empty',
      hint: 'Name a new folder; your files can be copied into it afterwards.',
    });
  }
  const company = options.company ?? titled(basename(resolve(folder)));
  const files = workspaceTemplate({ company, currency });
  for (const file of files) await write(join(folder, file.path), file.text);
  await mkdir(join(folder, 'data'), { recursive: true });
  return { files: files.map((file) => file.path), currency, currencyIsDefault: options.currency === undefined };
}

async function write(path: string, text: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, text);
}

/** `my-company` → `My Company`. */
function titled(name: string): string {
  return name
    .split(/[-_\s]+/)
    .filter((word) => word !== '')
    .map((word) => word.slice(0, 1).toUpperCase() + word.slice(1))
    .join(' ');
}

/**
 * Reads an unknown file, proposes how it is to be understood and writes that as a source into the workspace. A file
 * outside the workspace is copied to its data folder. What could not be told stands as questions in the block.
 * `shownAs` is the file's path as the person wrote it.
 *
 * @throws SourceError when the file cannot be read, SettingsError when the source cannot be added.
 */
export async function addSourceFrom(
  folder: string,
  givenFile: string,
  id: string | undefined,
  shownAs: string,
): Promise<InitFromResult> {
  const sample = await sniffFile(givenFile, { shownAs });
  const inside = relative(folder, givenFile).replace(/\\/g, '/');
  const isInside = !inside.startsWith('../') && inside !== givenFile;
  const file = isInside ? inside : `data/${basename(givenFile)}`;
  const proposal = proposeSource({ ...sample, fileName: file });
  const source = id ?? sourceId(file);
  const block = sourceBlock(proposal, file);
  const yamlFile = join(folder, WORKSPACE_FILE);
  const text = appendSource(await readFile(yamlFile, 'utf8'), source, block);
  const copied = !isInside && (await copyInto(givenFile, join(folder, file)));
  await writeFile(yamlFile, text);
  const preview = previewProposal(proposal, { ...sample, fileName: file }, PREVIEW_ROWS);
  const worksheet = await addCostCenters(folder, costCentersOf(proposal, sample), loadKnowledge().functions);
  return { source, file, copied, proposal, preview, worksheet, block };
}

/** The distinct cost centres among the rows looked at, those with most rows first. */
function costCentersOf(proposal: Proposal, sample: SniffedFile): string[] {
  const header = proposal.settings.columns?.['costCenter'];
  const column = sample.header.findIndex((text) => text.trim() === header);
  if (column < 0) return [];
  const counts = new Map<string, number>();
  for (const row of sample.rows) {
    const text = (row[column] ?? '').trim();
    if (text !== '') counts.set(text, (counts.get(text) ?? 0) + 1);
  }
  return [...counts].sort(([a, left], [b, right]) => right - left || (a < b ? -1 : 1)).map(([text]) => text);
}

async function copyInto(from: string, to: string): Promise<boolean> {
  if (existsSync(to)) {
    throw new UsageError({
      place: { file: to },
      message: 'there is a file of this name in the workspace already',
      hint: 'Rename one of them, or give the file in the workspace.',
    });
  }
  await mkdir(dirname(to), { recursive: true });
  await copyFile(from, to);
  return true;
}

/** `data/cards-2024-01.csv.gz` → `cards`: the name without ending and period. */
function sourceId(file: string): string {
  const name = basename(file).replace(/\.(gz|csv|tsv|txt|xlsx)\b/gi, '');
  return slug(name.replace(/[-_. ]*\d{2,}.*$/, '')) || slug(name) || 'source';
}

/** The source as YAML; each open question as a comment at the end. */
function sourceBlock(proposal: Proposal, file: string): string {
  const questions = proposal.open.map((entry) => `# ${questionText(entry)}`);
  return `${stringify({ ...proposal.settings, files: file })}${questions.join('\n')}\n`;
}

/** A question with the key its answer belongs to. */
export function questionText(question: OpenQuestion): string {
  return `${question.required ? 'Needed' : 'Perhaps'}: ${question.key}: ${question.question}`;
}
