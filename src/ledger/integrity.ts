import { createHash } from 'node:crypto';

import Database from 'better-sqlite3';

import { LedgerError } from '../core/errors.js';

/**
 * What is wrong inside the ledger, in sentences; empty when it is sound: SQLite's own integrity check, foreign keys, and
 * month facts that do not equal the sums of their charges.
 */
export function integrityProblems(sqlite: Database.Database): string[] {
  try {
    const pages = sqlite.prepare<[], string>('PRAGMA integrity_check').pluck().all();
    if (pages.length !== 1 || pages[0] !== 'ok') return pages;
    return [...orphanProblems(sqlite), ...monthFactProblems(sqlite)];
  } catch (error) {
    // A file damaged badly enough cannot even be checked.
    if (error instanceof Database.SqliteError) return [`the file cannot be read through (${error.message})`];
    throw error;
  }
}

/**
 * Refuses a ledger that has problems.
 *
 * @throws LedgerError naming all of them.
 */
export function refuseProblems(problems: readonly string[], file: string): void {
  if (problems.length === 0) return;
  const hint = 'Put back a backup, or delete the file and pull again: it is made from your sources alone.';
  throw new LedgerError(problems.map((message) => ({ place: { file }, message, hint })));
}

function orphanProblems(sqlite: Database.Database): string[] {
  const orphans = sqlite.prepare('PRAGMA foreign_key_check').all().length;
  return orphans === 0 ? [] : [`${orphans} rows refer to rows that are not there`];
}

function monthFactProblems(sqlite: Database.Database): string[] {
  const row = sqlite
    .prepare<[], [number, number]>(
      `WITH sums AS MATERIALIZED (
         SELECT day / 100 AS month, line_id, currency, sum(cash_micros), sum(accrual_micros), count(*) FROM charge
          GROUP BY day / 100, line_id, currency)
       SELECT (SELECT count(*) FROM (SELECT * FROM sums
                EXCEPT SELECT month, line_id, currency, cash_micros, accrual_micros, charge_count FROM month_fact)),
              (SELECT count(*) FROM (SELECT month, line_id, currency FROM month_fact
                EXCEPT SELECT month, line_id, currency FROM sums))`,
    )
    .raw()
    .get();
  const [differing, extra] = row ?? [0, 0];
  const problems: string[] = [];
  if (differing > 0) problems.push(`${differing} month facts differ from their charges`);
  if (extra > 0) problems.push(`${extra} month facts have no charges`);
  const unsummed = sqlite
    .prepare<[], number>(
      `WITH sums AS MATERIALIZED (
         SELECT l.source_id, f.currency, f.month, sum(f.cash_micros), sum(f.accrual_micros), sum(f.charge_count)
           FROM month_fact f JOIN line l ON l.id = f.line_id GROUP BY l.source_id, f.currency, f.month),
         held AS (SELECT source_id, currency, month, cash_micros, accrual_micros, charge_count FROM source_month)
       SELECT (SELECT count(*) FROM (SELECT * FROM sums EXCEPT SELECT * FROM held))
            + (SELECT count(*) FROM (SELECT source_id, currency, month FROM held
                EXCEPT SELECT source_id, currency, month FROM sums))`,
    )
    .pluck()
    .get();
  if (unsummed !== undefined && unsummed > 0)
    problems.push(`${unsummed} months of sources differ from their month facts`);
  return problems;
}

const DIGEST_QUERIES = [
  'SELECT name, kind, title, settings_fingerprint FROM source ORDER BY name',
  `SELECT s.name, w.name, w.fingerprint, w.row_count, w.rejected_count, w.skipped_count, w.remarks
     FROM source_window w JOIN source s ON s.id = w.source_id ORDER BY 1, 2`,
  `SELECT s.name, w.name, f.position, f.path FROM source_file f JOIN source_window w ON w.id = f.window_id
     JOIN source s ON s.id = w.source_id ORDER BY 1, 2, 3`,
  `SELECT s.name, w.name, t.currency, t.source_cash, t.source_accrual FROM control_total t
     JOIN source_window w ON w.id = t.window_id JOIN source s ON s.id = w.source_id ORDER BY 1, 2, 3`,
  `SELECT s.name, w.name, r.position, r.file, r.row, r.reason, r.text FROM rejected_row r
     JOIN source_window w ON w.id = r.window_id JOIN source s ON s.id = w.source_id ORDER BY 1, 2, 3`,
  `SELECT l.public_id, s.name, l.payee, l.publisher, l.service, l.service_category, l.merchant_category, l.description,
     c.account, c.account_name, c.sub_account, c.sub_account_name, c.card, c.cost_center, c.project, c.person,
     c.ledger_account, c.tags
     FROM line l JOIN source s ON s.id = l.source_id JOIN coding c ON c.id = l.coding_id ORDER BY 1`,
  `SELECT s.name, w.name, l.public_id, c.day, c.key, c.currency, c.cash_micros, c.accrual_micros, c.row_count, f.path, c.row
     FROM charge c JOIN line l ON l.id = c.line_id JOIN source_window w ON w.id = c.window_id
     JOIN source s ON s.id = w.source_id LEFT JOIN source_file f ON f.id = c.file_id ORDER BY 1, 2, 3, 4, 5`,
  `SELECT f.month, l.public_id, f.currency, f.cash_micros, f.accrual_micros, f.charge_count FROM month_fact f
     JOIN line l ON l.id = f.line_id ORDER BY 1, 2, 3`,
  `SELECT l.public_id, f.month, f.currency, f.cash_micros, f.accrual_micros FROM converted_fact f
     JOIN line l ON l.id = f.line_id ORDER BY 1, 2, 3`,
  `SELECT l.public_id, v.vendor_id, v.vendor, v.domain, v.spend_class, v.category, v.usual_function, v.method,
     v.class_method, v.vendor_confidence, v.class_confidence, o.outcome FROM line_decision d
     JOIN line l ON l.id = d.line_id JOIN vendor_outcome v ON v.id = d.vendor_outcome_id
     JOIN owner_outcome o ON o.id = d.owner_outcome_id ORDER BY 1`,
  `SELECT s.name, w.name, l.public_id, r.day, r.key, r.reference FROM charge_reference r
     JOIN line l ON l.id = r.line_id JOIN source_window w ON w.id = r.window_id JOIN source s ON s.id = w.source_id
    ORDER BY 1, 2, 3, 4, 5`,
  'SELECT source, day, currency, per_euro FROM reference_rate ORDER BY 1, 2, 3',
  'SELECT source, person, valid_from, valid_to, department, names FROM reference_person ORDER BY 1, 2, 3',
  `SELECT source, application, name, publisher, domain, first_seen, last_seen, is_active FROM reference_application
    ORDER BY 1, 2`,
];

/** Hex SHA-256 over everything the ledger says, independent of row numbers and of the order of writing. */
export function ledgerDigest(sqlite: Database.Database): string {
  const hash = createHash('sha256');
  for (const query of DIGEST_QUERIES) {
    for (const row of sqlite.prepare<[], unknown[]>(query).raw().safeIntegers().iterate()) {
      hash.update(`${row.map((value) => String(value)).join('\u0001')}\u0002`);
    }
    hash.update('\u0003');
  }
  return hash.digest('hex');
}
