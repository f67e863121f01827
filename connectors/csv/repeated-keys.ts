import type { DuckDBConnection } from '@duckdb/node-api';

import { SourceError } from '../../src/core/errors.js';
import type { SourceWindow } from '../../src/connector/contract.js';
import { queryRows, queryValue } from '../../src/connector/duckdb.js';
import { ACCEPTED } from './staging.js';
import type { CsvContext } from './table.js';

/** Repeated keys that a message shows. */
const SHOWN_KEYS_MAX = 5;
/** Places shown of each repeated key. */
const SHOWN_PLACES_MAX = 3;

/** Two rows with one key would be one charge to the ledger, so the money of one would be lost. */
export async function refuseRepeatedKeys(
  connection: DuckDBConnection,
  context: CsvContext,
  window: SourceWindow,
): Promise<void> {
  const groups = `SELECT content, count(*) AS "rows", min(file * (1::BIGINT << 40) + "row") AS "first",
      list(struct_pack(file := file, "row" := "row") ORDER BY file, "row")[1:${SHOWN_PLACES_MAX}] AS places
    FROM parsed WHERE state = ${ACCEPTED} GROUP BY content HAVING count(*) > 1`;
  const count = Number(await queryValue(connection, `SELECT count(*) FROM (${groups})`));
  if (count === 0) return;
  const shown = await queryRows(
    connection,
    `SELECT "rows", list_transform(places, lambda place: concat(place.file, ':', place."row")) AS places
       FROM (${groups}) ORDER BY "first" LIMIT ${SHOWN_KEYS_MAX}`,
  );
  const lines = shown.map((group) => `${String(group['rows'])} rows: ${placesOf(group['places'], window).join(', ')}`);
  const key = (context.settings.key ?? []).flat().join(', ');
  throw new SourceError({
    place: { source: context.sourceId, key: 'key' },
    message: `${count === 1 ? 'one key stands' : `${count} keys stand`} on several rows (${key})\n    ${lines.join('\n    ')}`,
    hint: 'Name headers that together identify a row, or leave `key` out: then equal rows are counted each.',
  });
}

function placesOf(value: unknown, window: SourceWindow): string[] {
  const items = typeof value === 'object' && value !== null && 'items' in value ? value.items : [];
  if (!Array.isArray(items)) return [];
  return items.map((item) => {
    const [file = '', row = ''] = String(item).split(':');
    return `${window.files[Number(file)] ?? file}:${row}`;
  });
}
