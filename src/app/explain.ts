import { existsSync } from 'node:fs';
import { join } from 'node:path';

import { EMPTY_LINE_TEXTS, LINE_TEXT_KEYS, type Charge, type Line, type LineTexts } from '../core/charge.js';
import { SpendshiftError, UsageError } from '../core/errors.js';
import { usesAmount } from '../ownership/book.js';
import { createOwnershipDecider } from '../ownership/decide.js';
import { applyVendorRules } from '../ownership/vendor-effects.js';
import { withTemporaryFolder } from '../pull/temporary.js';
import type { ExplainedCharge, Explanation } from '../statement/explanation.js';
import { ownershipBook } from './known.js';
import { connectorOf, type Session } from './session.js';
import { workspaceResolver } from './spellings.js';

export interface ExplainOptions {
  /** Charges shown, latest first. */
  readonly chargesMax: number;
  /** Source rows read again for each charge; 0 for none. */
  readonly rowsMax: number;
}

/** Lines offered when a prefix fits several. */
const CANDIDATES_MAX = 5;

/**
 * Everything known of the line with this id (or the start of one).
 *
 * @throws UsageError when no line, or more than one, has it.
 */
export async function explainLine(session: Session, id: string, options: ExplainOptions): Promise<Explanation> {
  const { workspace, ledger, knowledge } = session;
  const { rowId, ...line } = await findLine(session, id);
  const book = await ownershipBook(session);
  const amountMicros = usesAmount(book) ? ((await ledger.largestMonths()).get(rowId) ?? 0n) : 0n;
  const resolved = (await workspaceResolver(session))(line);
  const vendor = applyVendorRules(book, line, resolved, amountMicros, knowledge.lookUpVendor);
  const { charges, total } = await ledger.chargesOf({ rowId, id: line.id }, options.chargesMax);
  return {
    line,
    vendor,
    resolved: vendor === resolved ? undefined : resolved,
    ownership: createOwnershipDecider(book)({ line, vendor, amountMicros }),
    months: await ledger.monthsOfLine(rowId),
    charges: await withTemporaryFolder((folder) => openCharges(session, line, charges, options, folder)),
    chargeCount: total,
    functionNames: new Map(workspace.functions.map((entry) => [entry.id, entry.name])),
    categoryName: knowledge.categories.get(vendor.category) ?? '',
  };
}

async function findLine(session: Session, id: string): Promise<Line & { rowId: number }> {
  const wanted = id.trim();
  const found = await session.ledger.findLines(
    `${wanted.slice(0, 1).toUpperCase()}${wanted.slice(1).toLowerCase()}`,
    CANDIDATES_MAX + 1,
  );
  const [first] = found;
  if (first !== undefined && found.length === 1 && wanted !== '') return first;
  if (first === undefined || wanted === '') {
    throw new UsageError({
      place: {},
      message: `there is no line "${wanted}"`,
      hint: 'Line ids start with L and stand in the first column of `spendshift lines`.',
    });
  }
  const candidates = found.slice(0, CANDIDATES_MAX).map((line) => `${line.id} (${line.payee})`);
  throw new UsageError({
    place: {},
    message: `more than one line starts with "${wanted}": ${candidates.join(', ')}${found.length > CANDIDATES_MAX ? ', …' : ''}`,
    hint: 'Give more of the id.',
  });
}

async function openCharges(
  session: Session,
  line: Line,
  charges: readonly Charge[],
  options: ExplainOptions,
  temporaryFolder: string,
): Promise<ExplainedCharge[]> {
  const opened: ExplainedCharge[] = [];
  for (const charge of charges) opened.push(await openCharge(session, line, charge, options, temporaryFolder));
  return opened;
}

async function openCharge(
  session: Session,
  line: Line,
  charge: Charge,
  options: ExplainOptions,
  temporaryFolder: string,
): Promise<ExplainedCharge> {
  if (options.rowsMax === 0) return { ...charge, sourceRows: [], remark: '' };
  const { workspace } = session;
  const source = workspace.sources.find((entry) => entry.id === line.source);
  const connector = source === undefined ? undefined : connectorOf(session, source.connector);
  // What a live service stated is named by its reference; it is not asked again.
  if (connector !== undefined && connector.feed !== 'files') return { ...charge, sourceRows: [], remark: '' };
  if (source === undefined || connector === undefined || !existsSync(join(workspace.folder, charge.file))) {
    return { ...charge, sourceRows: [], remark: `${charge.file} is not there any more` };
  }
  try {
    const sourceRows = await connector.sourceRows(
      {
        sourceId: source.id,
        settings: source.settings,
        workspaceFolder: workspace.folder,
        temporaryFolder,
        progress: () => undefined,
        signal: new AbortController().signal,
      },
      {
        file: charge.file,
        row: charge.row,
        rowCount: charge.rowCount,
        line: textsOf(line),
        month: Math.floor(charge.day / 100),
        currency: charge.currency,
        rowsMax: options.rowsMax,
      },
    );
    return { ...charge, sourceRows, remark: '' };
  } catch (error) {
    if (!(error instanceof SpendshiftError)) throw error;
    return { ...charge, sourceRows: [], remark: error.message };
  }
}

/** The texts of a line without its id and source. */
function textsOf(line: Line): LineTexts {
  const texts: Record<string, string> = { ...EMPTY_LINE_TEXTS };
  for (const key of LINE_TEXT_KEYS) texts[key] = line[key];
  return texts as unknown as LineTexts;
}
