/**
 * Spendshift as a library: read a workspace, make its statement, write it out, and check the JSON form of one.
 *
 * @example
 * const statement = await withSession('my-company', (session) =>
 *   makeStatement(session, { periods: {}, basis: 'cash', view: 'owner', asToday: false }),
 * );
 * const json = statementSchema.parse(statementJson(statement));
 */
export { checkWorkspace, makeStatement, pullWorkspace, withSession } from './app.js';
export type { CheckReport, PullOptions, Session, StatementOptions, WorkspacePull } from './app.js';
export {
  DataError,
  LedgerError,
  RetryableError,
  SettingsError,
  SourceError,
  SpendshiftError,
  UsageError,
  type Mistake,
  type Place,
} from './core/errors.js';
export { renderCsv } from './render/csv.js';
export { renderHtml } from './render/html.js';
export { renderJson, statementJson } from './render/json.js';
export { statementSchema, type StatementJson } from './render/schema.js';
export type { Statement } from './statement/types.js';
