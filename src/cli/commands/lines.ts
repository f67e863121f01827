import { Command } from 'commander';

import { linesNames, listLines, withSession } from '../../app.js';
import { BASES, SPEND_CLASSES, type Basis, type SpendClass } from '../../core/charge.js';
import { renderLinesCsv, renderLinesJson, renderLinesText } from '../../render/lines.js';
import { VIEWS, type View } from '../../statement/types.js';
import { deliver, type CommandIo } from '../io.js';
import { choice, wholeNumber, withExamples, withWorkspace, workspaceFolder } from '../options.js';

const LIMIT_DEFAULT = 40;
const EVERYTHING = 1_000_000_000;

interface Flags {
  readonly workspace?: string;
  readonly period?: string;
  readonly class: SpendClass | 'all';
  readonly function?: string;
  readonly vendor?: string;
  readonly category?: string;
  readonly source?: string;
  readonly payee?: string;
  readonly unassigned?: boolean;
  readonly shadow?: boolean;
  readonly by: View;
  readonly basis: Basis;
  readonly limit: number;
  readonly format: 'text' | 'json' | 'csv';
  readonly json?: boolean;
  readonly out?: string;
}

/** `spendshift lines`: the lines of the ledger by money, unassigned first. */
export function linesCommand(io: CommandIo): Command {
  const command = withWorkspace(new Command('lines'))
    .description('list the lines under the statement: unassigned ones first, then by money')
    .option('--period <period>', '2024-03, 2024-Q1, 2024 or 2023-04..2024-03 (default: the latest twelve months)')
    .addOption(choice('--class <class>', 'spend class', [...SPEND_CLASSES, 'all'], 'technology'))
    .option('--function <id>', 'only what this function owns (or pays, with --by payer)')
    .option('--unassigned', 'only what has no owner')
    .option('--shadow', 'only what is owned outside IT and not known to IT')
    .option('--vendor <vendor>', 'name or id of a vendor')
    .option('--category <id>', 'id of a category')
    .option('--source <id>', 'id of a source')
    .option('--payee <text>', 'text that the payee contains')
    .addOption(choice('--by <view>', 'show who owns or who pays', VIEWS, 'owner'))
    .addOption(choice('--basis <basis>', 'cash or accrual', BASES, 'cash'))
    .option('--limit <count>', 'rows to show; csv and json show all unless given', wholeNumber)
    .addOption(choice('--format <format>', 'how to write it', ['text', 'json', 'csv'], 'text'))
    .option('--json', 'short for --format json')
    .option('-o, --out <file>', 'write to a file instead of standard output')
    .action(async (flags: Flags) => {
      await run(io, flags);
    });
  return withExamples(command, [
    ['spendshift lines', 'technology, unassigned first'],
    ['spendshift lines --function marketing --period 2022-03', 'what marketing owned in March 2022'],
    ['spendshift lines --class unknown', 'what could not be told to be technology'],
    ['spendshift lines --shadow --format csv --out shadow.csv', 'for a spreadsheet'],
  ]);
}

async function run(io: CommandIo, flags: Flags): Promise<void> {
  const format = flags.json === true ? 'json' : flags.format;
  const folder = workspaceFolder(flags.workspace, io.workingFolder);
  const text = await withSession(folder, async (session) => {
    const report = await listLines(session, {
      ...flags,
      period: flags.period,
      view: flags.by,
      spendClasses: flags.class === 'all' ? [] : [flags.class],
      functionId: flags.unassigned === true ? 'unassigned' : flags.function,
      limit: typeof flags.limit === 'number' ? flags.limit : format === 'text' ? LIMIT_DEFAULT : EVERYTHING,
    });
    if (format === 'json') return renderLinesJson(report);
    return format === 'csv' ? renderLinesCsv(report) : renderLinesText(report, linesNames(session), io.terminal);
  });
  await deliver(io, text, flags.out);
}
