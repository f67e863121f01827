import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

import type { SpendClass } from '../core/charge.js';
import { closest } from '../core/closest.js';
import type { VendorOutcome } from '../core/decision.js';
import { UsageError } from '../core/errors.js';
import { editVendors, type VendorEdit } from '../settings/edit-vendors.js';
import { parseVendors } from '../settings/vendors.js';
import type { VendorCard, VendorFound } from '../statement/vendor-card.js';
import { vendorsReport, type VendorsReport } from '../statement/vendors-report.js';
import { ensureDecided, type DecideResult } from './decide.js';
import { listLines, type LinesOptions } from './lines.js';
import { withSession, type Session } from './session.js';
import { storedVariants } from './spellings.js';

const VENDORS_FOUND_MAX = 20;

export interface VendorsOptions {
  readonly period: string | undefined;
  readonly spendClasses: readonly SpendClass[];
  readonly limit: number;
}

/** The vendors of a workspace by money. Throws as `listLines` does. */
export async function listVendors(session: Session, options: VendorsOptions): Promise<VendorsReport> {
  return vendorsReport(await listLines(session, linesOf(options)), options.limit);
}

function linesOf(options: Pick<VendorsOptions, 'period' | 'spendClasses'> & { vendor?: string }): LinesOptions {
  return { basis: 'cash', view: 'owner', ...options, limit: Infinity };
}

/**
 * Everything known of the vendor with this id or name.
 *
 * @throws UsageError when neither the ledger nor the catalogue knows it.
 */
export async function showVendor(session: Session, idOrName: string): Promise<VendorCard> {
  await ensureDecided(session);
  const { knowledge, workspace } = session;
  const found = await findVendorId(session, idOrName);
  const card = knowledge.vendorCard(found.vendorId);
  const range = await session.ledger.monthRange();
  const period = range === undefined ? undefined : `${range.first}..${range.last}`;
  const lines =
    period === undefined
      ? []
      : (await listLines(session, linesOf({ period, spendClasses: [], vendor: found.vendorId }))).rows;
  const variants = await storedVariants(session);
  return {
    ...found,
    listed: card?.vendor,
    parentName: card?.parentName ?? '',
    aliases: card?.aliases ?? [],
    own: workspace.vendors.vendors.find(({ id }) => id === found.vendorId),
    spellings: [...variants].flatMap(([id, { into, why }]) => (into === found.vendorId ? [{ id, why }] : [])),
    lines,
    currency: workspace.currency,
  };
}

/** Vendors of the ledger and the catalogue whose name, id or alias contains a text, those of the ledger first. */
export async function searchVendors(session: Session, text: string): Promise<VendorFound[]> {
  await ensureDecided(session);
  const wanted = text.trim().toLowerCase();
  const found = new Map<string, VendorFound>();
  for (const outcome of (await session.ledger.vendorOutcomes()).values()) {
    const { vendorId, vendor, spendClass, category, domain } = outcome;
    if (!`${vendorId} ${vendor}`.toLowerCase().includes(wanted) || found.has(vendorId)) continue;
    found.set(vendorId, { vendorId, vendor, inLedger: true, spendClass, category, domain });
  }
  for (const { id, name, spendClass, category, domain } of session.knowledge.searchCatalogue(wanted)) {
    if (!found.has(id)) found.set(id, { vendorId: id, vendor: name, inLedger: false, spendClass, category, domain });
  }
  return [...found.values()].slice(0, VENDORS_FOUND_MAX);
}

/** What a change did. */
export interface VendorEditResult extends DecideResult {
  readonly file: string;
  /** False when all of it was there already. */
  readonly isChanged: boolean;
  /** The vendor it is about, as it is called now. */
  readonly vendorId: string;
  readonly vendor: string;
}

/**
 * Makes a change to what the company says of vendors, and decides the lines anew that it touches. `write` puts the new text
 * of the file in place. Names are taken for the ids they belong to.
 *
 * @throws UsageError for a vendor nobody knows, SettingsError where the change contradicts what stands in the file.
 */
export async function changeVendors(
  folder: string,
  edit: VendorEdit,
  write: (path: string, text: string) => Promise<void>,
): Promise<VendorEditResult> {
  const { file, text, next } = await withSession(folder, async (session) => {
    await ensureDecided(session);
    const { workspace, knowledge } = session;
    const path = join(workspace.folder, workspace.vendorsFile);
    const before = existsSync(path) ? await readFile(path, 'utf8') : '';
    let after = before;
    for (const step of await withIds(session, edit)) after = editVendors(after, workspace.vendorsFile, step);
    const functions = new Set(workspace.functions.map(({ id }) => id));
    parseVendors(after, workspace.vendorsFile, { functions, categories: new Set(knowledge.categories.keys()) });
    return { file: path, text: before, next: after };
  });
  if (next !== text) await write(file, next);
  return withSession(folder, async (session) => {
    const decided = await ensureDecided(session);
    const about = await findVendorId(session, edit.kind === 'merge' ? edit.into : edit.id);
    return { ...decided, ...about, file: session.workspace.vendorsFile, isChanged: next !== text };
  });
}

/** The change with ids in place of names; a spelling that is merged by itself is first kept apart from what it is one of. */
async function withIds(session: Session, edit: VendorEdit): Promise<VendorEdit[]> {
  const idOf = async (name: string): Promise<string> => (await findVendorId(session, name)).vendorId;
  if (edit.kind === 'split') return [{ ...edit, id: await spellingOrId(session, edit.id) }];
  if (edit.kind !== 'merge') return [{ ...edit, id: await idOf(edit.id) }];
  const into = await idOf(edit.into);
  const variants = await storedVariants(session);
  const from = await Promise.all(edit.from.map((name) => spellingOrId(session, name)));
  const apart = from.filter((id) => variants.has(id)).map((id): VendorEdit => ({ kind: 'split', id }));
  return [...apart, { kind: 'merge', from, into }];
}

async function spellingOrId(session: Session, name: string): Promise<string> {
  const { workspace } = session;
  const isMerged = workspace.vendors.vendors.some(({ merged }) => merged.includes(name));
  if (isMerged || (await storedVariants(session)).has(name)) return name;
  return (await findVendorId(session, name)).vendorId;
}

type Known = Pick<VendorOutcome, 'vendorId' | 'vendor'>;

/** The vendor with this id or name: of the ledger, of the company's own, or of the catalogue. */
async function findVendorId({ ledger, knowledge, workspace }: Session, idOrName: string): Promise<Known> {
  const wanted = idOrName.trim().toLowerCase();
  const outcomes = [...(await ledger.vendorOutcomes()).values()];
  const inLedger =
    outcomes.find(({ vendorId }) => vendorId === wanted) ??
    outcomes.find(({ vendor }) => vendor.toLowerCase() === wanted);
  if (inLedger !== undefined) return { vendorId: inLedger.vendorId, vendor: inLedger.vendor };
  const own = workspace.vendors.vendors.find(({ id, name }) => id === wanted || name.toLowerCase() === wanted);
  if (own !== undefined) return { vendorId: own.id, vendor: own.name || own.id };
  const listed = knowledge.lookUpVendor(idOrName);
  if (listed !== undefined) return { vendorId: listed.vendorId, vendor: listed.vendor };
  const near = closest(wanted, new Set(outcomes.map(({ vendorId }) => vendorId)));
  throw new UsageError({
    place: {},
    message: `neither the ledger nor the catalogue knows a vendor "${idOrName}"`,
    hint: `${near === undefined ? '' : `Did you mean "${near}"? `}Look it up: spendshift vendors search ${wanted.slice(0, 8)}`,
  });
}
