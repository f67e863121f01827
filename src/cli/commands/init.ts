import { existsSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';

import { Command } from 'commander';

import { addSourceFrom, initWorkspace, questionText, type InitFromResult, type InitResult } from '../../app.js';
import { UsageError } from '../../core/errors.js';
import { counted } from '../../render/format.js';
import { renderTable, wrapText } from '../../render/table.js';
import { writingTo, type CommandIo } from '../io.js';
import { withExamples, workspaceFolder } from '../options.js';

interface Flags {
  readonly from?: string;
  readonly id?: string;
  readonly company?: string;
  readonly currency?: string;
}

/** `spendshift init`: a new workspace, or a source from an unknown file. */
export function initCommand(io: CommandIo): Command {
  const command = new Command('init')
    .description('make a commented workspace, or add a source from a file Spendshift has never seen')
    .argument('[folder]', 'folder of the workspace (default with --from: this one)')
    .option('--from <file>', 'CSV, TSV or Excel file: propose how to read it and write the source into the workspace')
    .option('--id <id>', 'id of the new source (default: from the file name)')
    .option('--company <name>', 'name of the company (default: from the folder)')
    .option('--currency <code>', 'reporting currency of a new workspace, e.g. GBP')
    .action(async (folder: string | undefined, flags: Flags) => {
      await writingTo(folder ?? '.', () => run(io, folder, flags));
    });
  return withExamples(command, [
    ['spendshift init my-company --currency GBP', 'a new workspace'],
    ['spendshift init my-company --from cards.csv', 'a new workspace with a first source'],
    ['spendshift init --from payables.xlsx', 'another source, inside a workspace'],
  ]);
}

async function run(io: CommandIo, given: string | undefined, flags: Flags): Promise<void> {
  if (given === undefined && flags.from === undefined) {
    throw new UsageError({
      place: {},
      message: 'say which folder to make',
      hint: 'For example: spendshift init my-company',
    });
  }
  const folder = given === undefined ? workspaceFolder(undefined, io.workingFolder) : resolve(io.workingFolder, given);
  const shown = relative(io.workingFolder, folder) || '.';
  const file = flags.from === undefined ? undefined : resolve(io.workingFolder, flags.from);
  if (file !== undefined && !existsSync(file)) {
    throw new UsageError({ place: { file: flags.from }, message: 'there is no such file', hint: 'Check the path.' });
  }
  if (!existsSync(join(folder, 'spendshift.yaml'))) {
    const made = await initWorkspace({ folder, company: flags.company, currency: flags.currency });
    io.print(madeText(made, shown));
  } else if (file === undefined) {
    await initWorkspace({ folder, company: flags.company, currency: flags.currency });
  }
  if (file === undefined) {
    io.print(`\nNext: spendshift init ${shown} --from FILE adds a source from a CSV or Excel file.`);
    return;
  }
  io.print(fromText(await addSourceFrom(folder, file, flags.id, flags.from ?? file), io, shown));
}

function madeText(made: InitResult, shown: string): string {
  const currency = made.currencyIsDefault
    ? `The reporting currency is ${made.currency}, the default: change \`currency:\` in spendshift.yaml if it is another.`
    : `The reporting currency is ${made.currency}.`;
  return `A workspace is in ${shown}: ${made.files.join(', ')}.\n${currency}`;
}

function fromText(result: InitFromResult, io: CommandIo, shown: string): string {
  const { proposal, preview } = result;
  const wrap = (text: string): string => wrapText(`- ${text}`, io.terminal.columns, '').replace(/\n/g, '\n  ');
  const others = [...new Set(preview.rows.flatMap((row) => Object.keys(row.others)))];
  const table = renderTable(
    [
      { header: 'Line', align: 'right' },
      { header: 'Date' },
      { header: 'Amount', align: 'right' },
      { header: 'Currency' },
      { header: 'Payee', widthMin: 12 },
      ...others.map((header) => ({ header, widthMin: 8, optional: true })),
    ],
    preview.rows.map((row) => [
      String(row.line),
      row.date,
      row.amount,
      row.currency,
      row.payee,
      ...others.map((key) => row.others[key] ?? ''),
    ]),
    io.terminal,
  );
  const rejected = preview.rejected.map((row) => wrap(`line ${row.line}: ${row.reasons.join('; ')}`));
  return [
    `\nSource ${result.source} from ${result.file}${result.copied ? ' (copied into the workspace)' : ''}.`,
    '\nUnderstood:',
    ...proposal.understood.map(wrap),
    ...(proposal.open.length > 0
      ? ['\nCould not tell:', ...proposal.open.map((entry) => wrap(questionText(entry)))]
      : []),
    `\nThe first rows as understood:\n${table}`,
    ...(rejected.length > 0
      ? [`\nRows that could not be read (${preview.rejectedCount}), the first:`, ...rejected]
      : []),
    `\nWritten to ${join(shown, 'spendshift.yaml')}; correct it there.`,
    ...worksheetText(result, shown),
    proposal.complete
      ? `Next: spendshift check -w ${shown}, then spendshift pull -w ${shown} and spendshift statement -w ${shown}.`
      : `Next: answer what is needed in spendshift.yaml, then spendshift check -w ${shown}.`,
  ].join('\n');
}

/** What was written into the list of cost centres, and what is left for a person to decide. */
function worksheetText({ worksheet }: InitFromResult, shown: string): string[] {
  if (worksheet === undefined) return [];
  const named = worksheet.named.map((entry) => `${entry.costCenter} (${entry.functionId})`).join(', ');
  const count = worksheet.open.length;
  return [
    `${join(shown, worksheet.file)} lists the cost centres of the file${named === '' ? '' : `; by their names: ${named}`}.`,
    ...(count > 0
      ? [`${counted(count, 'cost centre there has', 'cost centres there have')} "?": put a function in its place.`]
      : []),
  ];
}
