import { join } from 'node:path';

import Database from 'better-sqlite3';
import { getTableName } from 'drizzle-orm';
import { getTableConfig, type SQLiteTable } from 'drizzle-orm/sqlite-core';
import { describe, expect, it } from 'vitest';

import * as schema from '../../src/ledger/schema.js';
import { temporaryFolder } from '../support/files.js';
import { openLedger } from '../support/readings.js';

interface ColumnInfo {
  readonly name: string;
  readonly type: string;
  readonly notnull: number;
  readonly pk: number;
}

const declared: readonly SQLiteTable[] = Object.values(schema);

async function realTables<Result>(ask: (sqlite: Database.Database) => Result): Promise<Result> {
  const folder = await temporaryFolder();
  await (await openLedger(folder)).close();
  const sqlite = new Database(join(folder, 'ledger.sqlite'), { readonly: true });
  try {
    return ask(sqlite);
  } finally {
    sqlite.close();
  }
}

describe('the schema for queries and the tables of the migrations', () => {
  it('name the same tables', async () => {
    const real = await realTables((sqlite) =>
      sqlite
        .prepare(`SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE '\\_\\_%' ESCAPE '\\'`)
        .pluck()
        .all(),
    );
    expect(real.map(String).sort()).toEqual(declared.map(getTableName).sort());
  });

  it.each(declared.map((table) => ({ name: getTableName(table), table })))(
    'agree on the columns of $name',
    async ({ name, table }) => {
      const real = await realTables((sqlite) => sqlite.pragma(`table_info(${name})`) as ColumnInfo[]);
      const keys = getTableConfig(table).primaryKeys.flatMap((key) => key.columns.map((column) => column.name));
      const columns = getTableConfig(table).columns.map((column) => ({
        name: column.name,
        type: column.getSQLType().toUpperCase(),
        // A primary key that is the row id is never null, though SQLite does not say so.
        notNull: column.notNull,
        key: column.primary ? 1 : keys.indexOf(column.name) + 1,
      }));
      expect(
        real.map((column) => ({
          name: column.name,
          type: column.type,
          notNull: column.notnull === 1 || column.pk > 0,
          key: column.pk,
        })),
      ).toEqual(columns);
    },
  );

  it.each(declared.map((table) => ({ name: getTableName(table), table })))(
    'agree on the references and unique columns of $name',
    async ({ name, table }) => {
      const config = getTableConfig(table);
      const references = config.foreignKeys.map((key) => {
        const { columns, foreignTable, foreignColumns } = key.reference();
        return `${columns[0]?.name ?? ''} → ${getTableName(foreignTable)}.${foreignColumns[0]?.name ?? ''}`;
      });
      const uniques = [
        ...config.uniqueConstraints.map((constraint) => constraint.columns.map((column) => column.name).join(', ')),
        ...config.columns.filter((column) => column.isUnique).map((column) => column.name),
      ];
      const real = await realTables((sqlite) => ({
        references: (sqlite.pragma(`foreign_key_list(${name})`) as { from: string; table: string; to: string }[]).map(
          ({ from, table: target, to }) => `${from} → ${target}.${to}`,
        ),
        uniques: (sqlite.pragma(`index_list(${name})`) as { name: string; origin: string }[])
          .filter(({ origin }) => origin === 'u')
          .map(({ name: index }) =>
            (sqlite.pragma(`index_info(${index})`) as { name: string }[]).map((column) => column.name).join(', '),
          ),
      }));
      expect(real.references.sort()).toEqual(references.sort());
      expect(real.uniques.sort()).toEqual(uniques.sort());
    },
  );
});
