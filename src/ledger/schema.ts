import { index, integer, primaryKey, sqliteTable, text, unique } from 'drizzle-orm/sqlite-core';

import { SOURCE_KINDS, SPEND_CLASSES } from '../core/charge.js';
import { VENDOR_METHODS } from '../core/decision.js';

export * from './schema-services.js';

/**
 * The ledger's tables for typed queries. The SQL in migrations/ is what makes them; test/ledger/schema.test.ts holds the
 * two together.
 */
export const source = sqliteTable('source', {
  id: integer().primaryKey(),
  name: text().notNull().unique(),
  kind: text({ enum: SOURCE_KINDS }).notNull(),
  title: text().notNull(),
  settingsFingerprint: text('settings_fingerprint').notNull(),
});

export const sourceWindow = sqliteTable(
  'source_window',
  {
    id: integer().primaryKey(),
    sourceId: integer('source_id')
      .notNull()
      .references(() => source.id),
    name: text().notNull(),
    fingerprint: text().notNull(),
    rowCount: integer('row_count').notNull(),
    rejectedCount: integer('rejected_count').notNull(),
    skippedCount: integer('skipped_count').notNull(),
    /** JSON list of sentences. */
    remarks: text().notNull(),
  },
  (table) => [unique().on(table.sourceId, table.name)],
);

export const sourceFile = sqliteTable(
  'source_file',
  {
    id: integer().primaryKey(),
    windowId: integer('window_id')
      .notNull()
      .references(() => sourceWindow.id),
    position: integer().notNull(),
    path: text().notNull(),
  },
  (table) => [unique().on(table.windowId, table.position)],
);

export const controlTotal = sqliteTable(
  'control_total',
  {
    windowId: integer('window_id')
      .notNull()
      .references(() => sourceWindow.id),
    currency: text().notNull(),
    sourceCash: text('source_cash').notNull(),
    sourceAccrual: text('source_accrual').notNull(),
  },
  (table) => [primaryKey({ columns: [table.windowId, table.currency] })],
);

export const rejectedRow = sqliteTable(
  'rejected_row',
  {
    windowId: integer('window_id')
      .notNull()
      .references(() => sourceWindow.id),
    position: integer().notNull(),
    file: text().notNull(),
    row: integer().notNull(),
    reason: text().notNull(),
    text: text().notNull(),
  },
  (table) => [primaryKey({ columns: [table.windowId, table.position] })],
);

export const coding = sqliteTable(
  'coding',
  {
    id: integer().primaryKey(),
    account: text().notNull(),
    accountName: text('account_name').notNull(),
    subAccount: text('sub_account').notNull(),
    subAccountName: text('sub_account_name').notNull(),
    card: text().notNull(),
    costCenter: text('cost_center').notNull(),
    project: text().notNull(),
    person: text().notNull(),
    ledgerAccount: text('ledger_account').notNull(),
    tags: text().notNull(),
  },
  (table) => [
    unique().on(
      table.account,
      table.accountName,
      table.subAccount,
      table.subAccountName,
      table.card,
      table.costCenter,
      table.project,
      table.person,
      table.ledgerAccount,
      table.tags,
    ),
  ],
);

export const line = sqliteTable(
  'line',
  {
    id: integer().primaryKey(),
    publicId: text('public_id').notNull().unique(),
    sourceId: integer('source_id')
      .notNull()
      .references(() => source.id),
    codingId: integer('coding_id')
      .notNull()
      .references(() => coding.id),
    payee: text().notNull(),
    publisher: text().notNull(),
    service: text().notNull(),
    serviceCategory: text('service_category').notNull(),
    merchantCategory: text('merchant_category').notNull(),
    description: text().notNull(),
  },
  (table) => [index('line_coding').on(table.codingId)],
);

export const charge = sqliteTable(
  'charge',
  {
    windowId: integer('window_id')
      .notNull()
      .references(() => sourceWindow.id),
    lineId: integer('line_id')
      .notNull()
      .references(() => line.id),
    /** `yyyymmdd`. */
    day: integer().notNull(),
    key: integer().notNull(),
    currency: text().notNull(),
    cashMicros: integer('cash_micros').notNull(),
    accrualMicros: integer('accrual_micros').notNull(),
    rowCount: integer('row_count').notNull(),
    fileId: integer('file_id').notNull(),
    row: integer().notNull(),
  },
  (table) => [primaryKey({ columns: [table.windowId, table.lineId, table.day, table.key] })],
);

export const monthFact = sqliteTable(
  'month_fact',
  {
    lineId: integer('line_id')
      .notNull()
      .references(() => line.id),
    currency: text().notNull(),
    /** `yyyymm`. */
    month: integer().notNull(),
    cashMicros: integer('cash_micros').notNull(),
    accrualMicros: integer('accrual_micros').notNull(),
    chargeCount: integer('charge_count').notNull(),
  },
  (table) => [primaryKey({ columns: [table.lineId, table.currency, table.month] })],
);

export const sourceMonth = sqliteTable(
  'source_month',
  {
    sourceId: integer('source_id')
      .notNull()
      .references(() => source.id),
    currency: text().notNull(),
    month: integer().notNull(),
    cashMicros: integer('cash_micros').notNull(),
    accrualMicros: integer('accrual_micros').notNull(),
    chargeCount: integer('charge_count').notNull(),
  },
  (table) => [primaryKey({ columns: [table.sourceId, table.currency, table.month] })],
);

export const convertedFact = sqliteTable(
  'converted_fact',
  {
    lineId: integer('line_id')
      .notNull()
      .references(() => line.id),
    currency: text().notNull(),
    month: integer().notNull(),
    cashMicros: integer('cash_micros').notNull(),
    accrualMicros: integer('accrual_micros').notNull(),
  },
  (table) => [primaryKey({ columns: [table.lineId, table.currency, table.month] })],
);

export const vendorOutcome = sqliteTable(
  'vendor_outcome',
  {
    id: integer().primaryKey(),
    vendorId: text('vendor_id').notNull(),
    vendor: text().notNull(),
    domain: text().notNull(),
    spendClass: text('spend_class', { enum: SPEND_CLASSES }).notNull(),
    category: text().notNull(),
    usualFunction: text('usual_function').notNull(),
    method: text({ enum: VENDOR_METHODS }).notNull(),
    classMethod: text('class_method', { enum: VENDOR_METHODS }).notNull(),
    vendorConfidence: integer('vendor_confidence').notNull(),
    classConfidence: integer('class_confidence').notNull(),
  },
  (table) => [
    unique().on(
      table.vendorId,
      table.vendor,
      table.domain,
      table.spendClass,
      table.category,
      table.usualFunction,
      table.method,
      table.classMethod,
      table.vendorConfidence,
      table.classConfidence,
    ),
  ],
);

export const ownerOutcome = sqliteTable('owner_outcome', {
  id: integer().primaryKey(),
  outcome: text().notNull().unique(),
});

export const lineDecision = sqliteTable('line_decision', {
  lineId: integer('line_id')
    .primaryKey()
    .references(() => line.id),
  vendorOutcomeId: integer('vendor_outcome_id')
    .notNull()
    .references(() => vendorOutcome.id),
  ownerOutcomeId: integer('owner_outcome_id')
    .notNull()
    .references(() => ownerOutcome.id),
});

export const state = sqliteTable('state', {
  name: text().primaryKey(),
  value: text().notNull(),
});

export const chargeReference = sqliteTable(
  'charge_reference',
  {
    windowId: integer('window_id')
      .notNull()
      .references(() => sourceWindow.id),
    lineId: integer('line_id')
      .notNull()
      .references(() => line.id),
    day: integer().notNull(),
    key: integer().notNull(),
    reference: text().notNull(),
  },
  (table) => [primaryKey({ columns: [table.windowId, table.lineId, table.day, table.key] })],
);

export const windowReading = sqliteTable('window_reading', {
  windowId: integer('window_id')
    .primaryKey()
    .references(() => sourceWindow.id),
  /** Milliseconds since 1970, UTC. */
  readAt: integer('read_at').notNull(),
  isFinal: integer('is_final').notNull(),
});
