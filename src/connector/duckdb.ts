import { join } from 'node:path';

import type { DuckDBConnection } from '@duckdb/node-api';

/** Memory DuckDB may use before it spills to the temporary folder. */
const MEMORY_LIMIT = '900MB';
const THREADS = '2';

/** A DuckDB of its own, in memory, with bounded memory, spilling to a folder; it never reaches the network. */
export interface DuckDb {
  readonly connection: DuckDBConnection;
  close(): void;
}

/** Opens a DuckDB whose temporary files go to `temporaryFolder`. Close it when done. */
export async function openDuckDb(temporaryFolder: string): Promise<DuckDb> {
  // Loaded on first use: the library takes a tenth of a second, which commands that read no file must not pay.
  const { DuckDBInstance } = await import('@duckdb/node-api');
  const instance = await DuckDBInstance.create(':memory:', {
    threads: THREADS,
    memory_limit: MEMORY_LIMIT,
    temp_directory: join(temporaryFolder, 'duckdb'),
    autoinstall_known_extensions: 'false',
    autoload_known_extensions: 'false',
  });
  const connection = await instance.connect();
  await connection.run("SET TimeZone = 'UTC'");
  return {
    connection,
    close: () => {
      connection.closeSync();
      instance.closeSync();
    },
  };
}

/** A text as an SQL literal. */
export function sqlText(text: string): string {
  return `'${text.replace(/'/g, "''")}'`;
}

/** A name as an SQL identifier. */
export function sqlName(name: string): string {
  return `"${name.replace(/"/g, '""')}"`;
}

/** All rows of a small result as objects. Never use it for charges. */
export async function queryRows(connection: DuckDBConnection, sql: string): Promise<Record<string, unknown>[]> {
  const result = await connection.runAndReadAll(sql);
  return result.getRowObjects();
}

/** First value of the first row; `undefined` when there is no row. */
export async function queryValue(connection: DuckDBConnection, sql: string): Promise<unknown> {
  const result = await connection.runAndReadAll(sql);
  return result.getRows()[0]?.[0];
}
