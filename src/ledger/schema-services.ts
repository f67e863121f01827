import { integer, primaryKey, sqliteTable, text } from 'drizzle-orm/sqlite-core';

/** Who may write a source; part of `schema.ts`, which holds the tables of charges. */
export const lease = sqliteTable('lease', {
  source: text().primaryKey(),
  token: integer().notNull(),
  holder: text().notNull(),
  /** Milliseconds since 1970, UTC. */
  expiresAt: integer('expires_at').notNull(),
});

export const referenceSource = sqliteTable('reference_source', {
  source: text().primaryKey(),
  feed: text().notNull(),
  fingerprint: text().notNull(),
  readAt: integer('read_at').notNull(),
  itemCount: integer('item_count').notNull(),
  rejectedCount: integer('rejected_count').notNull(),
  /** JSON list of sentences. */
  remarks: text().notNull(),
});

const ofSource = text()
  .notNull()
  .references(() => referenceSource.source);

export const referenceRate = sqliteTable(
  'reference_rate',
  {
    source: ofSource,
    /** `yyyymmdd`. */
    day: integer().notNull(),
    currency: text().notNull(),
    perEuro: text('per_euro').notNull(),
  },
  (table) => [primaryKey({ columns: [table.source, table.day, table.currency] })],
);

export const referencePerson = sqliteTable(
  'reference_person',
  {
    source: ofSource,
    person: text().notNull(),
    validFrom: text('valid_from').notNull(),
    validTo: text('valid_to').notNull(),
    department: text().notNull(),
    /** JSON list of spellings. */
    names: text().notNull(),
  },
  (table) => [primaryKey({ columns: [table.source, table.person, table.validFrom] })],
);

export const referenceApplication = sqliteTable(
  'reference_application',
  {
    source: ofSource,
    application: text().notNull(),
    name: text().notNull(),
    publisher: text().notNull(),
    domain: text().notNull(),
    firstSeen: text('first_seen').notNull(),
    lastSeen: text('last_seen').notNull(),
    isActive: integer('is_active').notNull(),
  },
  (table) => [primaryKey({ columns: [table.source, table.application] })],
);
