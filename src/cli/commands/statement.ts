import { Command } from 'commander';

import { makeStatement, withSession, type StatementOptions } from '../../app.js';
import { BASES, type Basis } from '../../core/charge.js';
import { VIEWS, type Statement, type View } from '../../statement/types.js';
import { renderCsv } from '../../render/csv.js';
import { renderJson } from '../../render/json.js';
import { renderText } from '../../render/text.js';
import { deliver, type CommandIo } from '../io.js';
import { choice, withExamples, withWorkspace, workspaceFolder } from '../options.js';

export const FORMATS = ['text', 'json', 'csv', 'html'] as const;
type Format = (typeof FORMATS)[number];

interface Flags {
  readonly workspace?: string;
  readonly month?: string;
  readonly fiscalYear?: string;
  readonly baseline?: string;
  readonly current?: string;
  readonly compare?: 'last-year' | 'last-month';
  readonly by: View;
  readonly basis: Basis;
  readonly asToday?: boolean;
  readonly format: Format;
  readonly json?: boolean;
  readonly out?: string;
}

/** `spendshift statement`: the spend-shift statement. */
export function statementCommand(io: CommandIo): Command {
  const command = withWorkspace(new Command('statement'))
    .description('print the spend-shift statement: what moved between functions, and how sure that is')
    .option('--month <month>', 'one month, e.g. 2022-03')
    .option('--fiscal-year <year>', 'the fiscal year that ends in this year, e.g. 2021')
    .option('--baseline <period>', 'the period before, e.g. 2019-04..2020-03')
    .option('--current <period>', 'the period after, e.g. 2020-04..2021-03')
    .addOption(
      choice('--compare <with>', 'what to compare a month or period with (default: last-year)', [
        'last-year',
        'last-month',
      ]),
    )
    .addOption(choice('--by <view>', 'count money by who owns it or by who pays it', VIEWS, 'owner'))
    .addOption(choice('--basis <basis>', 'cash: when billed or paid; accrual: over the service period', BASES, 'cash'))
    .option('--as-today', 'apply the latest organisation to all months')
    .addOption(choice('--format <format>', 'how to write it', FORMATS, 'text'))
    .option('--json', 'short for --format json')
    .option('-o, --out <file>', 'write to a file instead of standard output')
    .action(async (flags: Flags) => {
      const folder = workspaceFolder(flags.workspace, io.workingFolder);
      const statement = await withSession(folder, (session) => makeStatement(session, statementOptions(flags)));
      await deliver(io, await renderStatement(statement, formatOf(flags), io), flags.out);
    });
  return withExamples(command, [
    ['spendshift statement', 'the latest twelve months against the twelve before'],
    ['spendshift statement --month 2022-03', 'March 2022 against March 2021'],
    ['spendshift statement --fiscal-year 2021', 'against the fiscal year before'],
    ['spendshift statement --baseline 2019-04..2020-03 --current 2020-04..2021-03', 'any two periods of equal length'],
    ['spendshift statement --format html --out statement.html', 'one page to read, print and send'],
  ]);
}

function statementOptions(flags: Flags): StatementOptions {
  const { month, fiscalYear, baseline, current, compare } = flags;
  return {
    periods: { month, fiscalYear, baseline, current, compare },
    basis: flags.basis,
    view: flags.by,
    asToday: flags.asToday ?? false,
  };
}

function formatOf(flags: Flags): Format {
  if (flags.json === true) return 'json';
  return flags.format === 'text' && flags.out?.endsWith('.html') === true ? 'html' : flags.format;
}

/** A statement in one of the formats. The page is loaded on demand: its charts cost start-up time. */
export async function renderStatement(statement: Statement, format: Format, io: CommandIo): Promise<string> {
  switch (format) {
    case 'text':
      return renderText(statement, io.terminal);
    case 'json':
      return renderJson(statement);
    case 'csv':
      return renderCsv(statement);
    case 'html':
      return (await import('../../render/html.js')).renderHtml(statement);
  }
}
