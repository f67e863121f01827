import { z } from 'zod';

import { SourceError } from '../../src/core/errors.js';
import { ask, fitting, type GcpContext } from './client.js';
import { tableName, type TableName } from './settings.js';

/** A column of the export, or a field inside of one. */
export interface Column {
  /** As the table spells it: `project.id`. */
  readonly path: string;
  readonly type: string;
  readonly isRepeated: boolean;
}

/** By what the table is cut into parts, so that a query need not read all of it. */
export interface Partition {
  /** `_PARTITIONTIME` where BigQuery cuts by the day on which rows came in. */
  readonly column: string;
  readonly span: string;
}

/** The table of the export as it is now. */
export interface ExportTable {
  readonly name: TableName;
  /** Where queries over it must run. */
  readonly location: string;
  readonly partition: Partition | undefined;
  /** By path in lower case: BigQuery does not tell cases apart. */
  readonly columns: ReadonlyMap<string, Column>;
}

interface Field {
  readonly name: string;
  readonly type: string;
  readonly mode?: string | undefined;
  readonly fields?: readonly Field[] | undefined;
}

const field: z.ZodType<Field> = z.object({
  name: z.string(),
  type: z.string(),
  mode: z.string().optional(),
  get fields() {
    return z.array(field).optional();
  },
});

const tableReply = z.object({
  type: z.string(),
  location: z.string().min(1),
  schema: z.object({ fields: z.array(field) }),
  timePartitioning: z.object({ type: z.string(), field: z.string().optional() }).optional(),
});

/** The table of the export, asked once in a run. */
export function exportTable(context: GcpContext): Promise<ExportTable> {
  return context.once('table of the export', () => readTable(context));
}

async function readTable(context: GcpContext): Promise<ExportTable> {
  const name = tableName(context.settings);
  const { projectId, dataset, table } = name;
  const reply = await ask(context, `table ${dataset}.${table}`, async ({ bigQuery }) => {
    const client = await bigQuery();
    const response: readonly unknown[] = await client.dataset(dataset, { projectId }).table(table).getMetadata();
    return fitting(tableReply, response[0]);
  });
  if (reply.type !== 'TABLE') {
    throw new SourceError({
      place: { source: context.sourceId, key: 'table' },
      message: `${dataset}.${table} is not a table (BigQuery calls it ${reply.type})`,
      hint: 'Name the table of the export itself: a query over a view cannot be kept to the days it needs.',
    });
  }
  const { timePartitioning } = reply;
  return {
    name,
    location: context.settings.location ?? reply.location,
    partition:
      timePartitioning === undefined
        ? undefined
        : { column: timePartitioning.field ?? '_PARTITIONTIME', span: timePartitioning.type },
    columns: new Map(columnsOf(reply.schema.fields, '').map((column) => [column.path.toLowerCase(), column])),
  };
}

function columnsOf(fields: readonly Field[], above: string): Column[] {
  return fields.flatMap(({ name, type, mode, fields: inner = [] }) => {
    const path = `${above}${name}`;
    return [{ path, type: type.toUpperCase(), isRepeated: mode === 'REPEATED' }, ...columnsOf(inner, `${path}.`)];
  });
}

/** The column, or undefined where the table has none of this name. */
export function columnAt(table: ExportTable, path: string): Column | undefined {
  return table.columns.get(path.toLowerCase());
}

/** Refuses a table without columns that money, days or owners depend on. */
export function needColumns({ sourceId, settings }: GcpContext, table: ExportTable, paths: readonly string[]): void {
  const missing = paths.filter((path) => columnAt(table, path) === undefined);
  if (missing.length === 0) return;
  const { dataset, table: name } = table.name;
  throw new SourceError({
    place: { source: sourceId, key: 'export' },
    message: `${dataset}.${name} has no column ${missing.join(', ')}, which the ${settings.export} export has`,
    hint:
      'Compare `export` and `table` with the Explorer of BigQuery. If Google has renamed the column, ' +
      'look for a newer version of Spendshift, or report this.',
  });
}

/** Refuses a column of times that says no moment: its days could not be told. */
export function needMoments({ sourceId }: GcpContext, table: ExportTable, path: string): void {
  const type = columnAt(table, path)?.type ?? '';
  if (type === 'TIMESTAMP') return;
  throw new SourceError({
    place: { source: sourceId, key: 'table' },
    message: `${path} of ${table.name.dataset}.${table.name.table} is a ${type}, not a TIMESTAMP: its days cannot be told`,
    hint: 'Name the table that Google writes, not one that was made from it.',
  });
}
