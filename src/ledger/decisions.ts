import type Database from 'better-sqlite3';

import type { Line, SourceKind } from '../core/charge.js';
import type { OwnershipDecision, VendorOutcome } from '../core/decision.js';
import type { Micros } from '../core/money.js';

/** A line with its row id and, where it was decided before, its vendor. */
export interface LineToDecide {
  readonly rowId: number;
  readonly line: Line;
  readonly vendor: VendorOutcome | undefined;
  /** Its largest absolute month in its own currency, where that was asked for; else 0. */
  readonly amountMicros: Micros;
  /** Row ids of the outcomes it has now; 0 when undecided. */
  readonly vendorOutcomeId: number;
  readonly ownerOutcomeId: number;
}

type CodingTexts = Pick<
  Line,
  | 'account'
  | 'accountName'
  | 'subAccount'
  | 'subAccountName'
  | 'card'
  | 'costCenter'
  | 'project'
  | 'person'
  | 'ledgerAccount'
  | 'tags'
>;

const VENDOR_OUTCOME_COLUMNS = `vendor_id AS vendorId, vendor, domain, spend_class AS spendClass, category,
  usual_function AS usualFunction, method, class_method AS classMethod, vendor_confidence AS vendorConfidence,
  class_confidence AS classConfidence`;

/** All vendor outcomes by row id. */
export function vendorOutcomes(sqlite: Database.Database): Map<number, VendorOutcome> {
  const rows = sqlite
    .prepare<[], VendorOutcome & { id: number }>(`SELECT id, ${VENDOR_OUTCOME_COLUMNS} FROM vendor_outcome`)
    .all();
  return new Map(rows.map(({ id, ...outcome }) => [id, outcome]));
}

/** All owner outcomes by row id. */
export function ownerOutcomes(sqlite: Database.Database): Map<number, OwnershipDecision> {
  const rows = sqlite.prepare<[], [number, string]>('SELECT id, outcome FROM owner_outcome').raw().all();
  return new Map(rows.map(([id, outcome]) => [id, JSON.parse(outcome, openMonths) as OwnershipDecision]));
}

/** JSON has no `undefined`: the open ends of segments are stored as null. */
function openMonths(_key: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null || !('from' in value)) return value;
  const segment = value as { from: unknown; to: unknown };
  return { ...segment, from: segment.from ?? undefined, to: segment.to ?? undefined };
}

function ownerOutcomeText(decision: OwnershipDecision): string {
  return JSON.stringify(decision, (_key, value: unknown) => {
    if (typeof value !== 'object' || value === null || !('from' in value)) return value;
    const segment = value as { from: unknown; to: unknown };
    return { ...segment, from: segment.from ?? null, to: segment.to ?? null };
  });
}

function scopeCondition(scope: DecideScope): string {
  if (scope === 'all') return '';
  const outcomes = `d.vendor_outcome_id IN (${[...scope.vendorOutcomeIds].join(', ')})`;
  if (!scope.undecided) return `WHERE ${outcomes}`;
  return scope.vendorOutcomeIds.size === 0 ? 'WHERE d.line_id IS NULL' : `WHERE d.line_id IS NULL OR ${outcomes}`;
}

/** Texts of the codings of a scope's lines by row id; lines share them. */
function codings(sqlite: Database.Database, scope: DecideScope): Map<number, CodingTexts> {
  const used =
    scope === 'all'
      ? ''
      : `WHERE id IN (SELECT l.coding_id FROM line l LEFT JOIN line_decision d ON d.line_id = l.id ${scopeCondition(scope)})`;
  const rows = sqlite
    .prepare<[], CodingTexts & { id: number }>(
      `SELECT id, account, account_name AS accountName, sub_account AS subAccount, sub_account_name AS subAccountName,
         card, cost_center AS costCenter, project, person, ledger_account AS ledgerAccount, tags FROM coding ${used}`,
    )
    .all();
  return new Map(rows.map(({ id, ...texts }) => [id, texts]));
}

type LineRow = [
  number,
  string,
  string,
  SourceKind,
  number,
  string,
  string,
  string,
  string,
  string,
  string,
  number,
  number,
];

/** The lines to decide: all of them, or those without a decision and those whose vendor outcome is one of some rows. */
export type DecideScope =
  | 'all'
  | {
      readonly undecided: boolean;
      readonly vendorOutcomeIds: ReadonlySet<number>;
    };

/** The lines of a scope with their texts and what was decided of them before. */
export function* linesToDecide(
  sqlite: Database.Database,
  scope: DecideScope,
  withAmounts = false,
): Generator<LineToDecide> {
  const texts = codings(sqlite, scope);
  const vendors = vendorOutcomes(sqlite);
  const amounts = withAmounts ? largestMonths(sqlite) : undefined;
  const rows = sqlite
    .prepare<[], LineRow>(
      `SELECT l.id, l.public_id, s.name, s.kind, l.coding_id, l.payee, l.publisher, l.service, l.service_category,
         l.merchant_category, l.description, coalesce(d.vendor_outcome_id, 0), coalesce(d.owner_outcome_id, 0)
       FROM line l JOIN source s ON s.id = l.source_id LEFT JOIN line_decision d ON d.line_id = l.id
       ${scopeCondition(scope)} ORDER BY l.id`,
    )
    .raw()
    .all();
  for (const row of rows) {
    const coding = texts.get(row[4]);
    if (coding === undefined) throw new Error(`line ${row[1]} has no coding ${row[4]}`);
    yield {
      rowId: row[0],
      line: {
        id: row[1],
        source: row[2],
        sourceKind: row[3],
        payee: row[5],
        publisher: row[6],
        service: row[7],
        serviceCategory: row[8],
        merchantCategory: row[9],
        description: row[10],
        ...coding,
      },
      vendor: row[11] === 0 ? undefined : vendors.get(row[11]),
      amountMicros: amounts?.get(row[0]) ?? 0n,
      vendorOutcomeId: row[11],
      ownerOutcomeId: row[12],
    };
  }
}

/** Largest absolute month of each line in its own currency, by row id. */
export function largestMonths(sqlite: Database.Database): Map<number, Micros> {
  const rows = sqlite
    .prepare<[], [bigint, bigint]>('SELECT line_id, max(abs(cash_micros)) FROM month_fact GROUP BY line_id')
    .raw()
    .safeIntegers()
    .all();
  return new Map(rows.map(([lineId, micros]) => [Number(lineId), micros]));
}

const SEPARATOR = '\u0000';

/** Writes decisions of lines, storing each distinct outcome once. Use inside a transaction. */
export class DecisionWriter {
  readonly #vendorIds = new Map<string, number>();
  readonly #ownerIdsByReference = new Map<OwnershipDecision, number>();
  readonly #ownerIds = new Map<string, number>();
  readonly #insertVendor: Database.Statement;
  readonly #insertOwner: Database.Statement;
  readonly #upsert: Database.Statement;

  constructor(sqlite: Database.Database) {
    for (const [id, outcome] of vendorOutcomes(sqlite)) this.#vendorIds.set(vendorValues(outcome).join(SEPARATOR), id);
    for (const [id, text] of sqlite
      .prepare<[], [number, string]>('SELECT id, outcome FROM owner_outcome')
      .raw()
      .all()) {
      this.#ownerIds.set(text, id);
    }
    this.#insertVendor = sqlite.prepare('INSERT INTO vendor_outcome VALUES (NULL, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)');
    this.#insertOwner = sqlite.prepare('INSERT INTO owner_outcome VALUES (NULL, ?)');
    this.#upsert = sqlite.prepare(
      `INSERT INTO line_decision VALUES (?, ?, ?) ON CONFLICT (line_id) DO UPDATE
         SET vendor_outcome_id = excluded.vendor_outcome_id, owner_outcome_id = excluded.owner_outcome_id`,
    );
  }

  /** Stores the decision of a line; true when it differs from what the line had. */
  save(target: LineToDecide, vendor: VendorOutcome, owner: OwnershipDecision): boolean {
    const vendorId = vendor === target.vendor ? target.vendorOutcomeId : this.#vendorIdOf(vendor);
    const ownerId = this.#ownerIdOf(owner);
    if (vendorId === target.vendorOutcomeId && ownerId === target.ownerOutcomeId) return false;
    this.#upsert.run(target.rowId, vendorId, ownerId);
    return true;
  }

  #vendorIdOf(outcome: VendorOutcome): number {
    const values = vendorValues(outcome);
    const key = values.join(SEPARATOR);
    const known = this.#vendorIds.get(key);
    if (known !== undefined) return known;
    const id = Number(this.#insertVendor.run(values).lastInsertRowid);
    this.#vendorIds.set(key, id);
    return id;
  }

  #ownerIdOf(decision: OwnershipDecision): number {
    const seen = this.#ownerIdsByReference.get(decision);
    if (seen !== undefined) return seen;
    const text = ownerOutcomeText(decision);
    const id = this.#ownerIds.get(text) ?? Number(this.#insertOwner.run(text).lastInsertRowid);
    this.#ownerIds.set(text, id);
    this.#ownerIdsByReference.set(decision, id);
    return id;
  }
}

/** The columns of a vendor outcome, in the order of the table; joined they tell outcomes apart. */
function vendorValues(outcome: VendorOutcome): readonly (string | number)[] {
  return [
    outcome.vendorId,
    outcome.vendor,
    outcome.domain,
    outcome.spendClass,
    outcome.category,
    outcome.usualFunction,
    outcome.method,
    outcome.classMethod,
    outcome.vendorConfidence,
    outcome.classConfidence,
  ];
}

/** Outcomes that no line has any more. */
export function removeUnusedOutcomes(sqlite: Database.Database): void {
  sqlite.exec(`
    DELETE FROM vendor_outcome WHERE id NOT IN (SELECT vendor_outcome_id FROM line_decision);
    DELETE FROM owner_outcome WHERE id NOT IN (SELECT owner_outcome_id FROM line_decision);`);
}
