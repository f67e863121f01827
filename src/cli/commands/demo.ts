import { join, relative, resolve } from 'node:path';

import { Command } from 'commander';

import { makeStatement, withSession, writeDemo } from '../../app.js';
import { writeWhole, writingTo, type CommandIo } from '../io.js';
import type { ActionResult } from '../main.js';
import { withExamples } from '../options.js';
import { pullText, runPull } from './pull.js';
import { renderStatement } from './statement.js';

const FOLDER_DEFAULT = 'demo-company';
const PAGE = 'statement.html';

interface Flags {
  readonly quiet?: boolean;
}

/** `spendshift demo`: a made-up company's statement, from files to page. */
export function demoCommand(io: CommandIo, result: ActionResult): Command {
  const command = new Command('demo')
    .description('make the demo company, pull its files and show its statement')
    .argument('[folder]', 'where to put it', FOLDER_DEFAULT)
    .option('-q, --quiet', 'no progress')
    .action(async (given: string, flags: Flags) => {
      const folder = resolve(io.workingFolder, given);
      const shown = relative(io.workingFolder, folder) || '.';
      const { fileCount } = await writingTo(folder, () => writeDemo(folder));
      io.print(`The demo company is in ${shown} (${fileCount} files, made up from a fixed seed).\n`);
      const pulled = await runPull(io, folder, [], flags.quiet ?? false);
      io.print(`${pullText(pulled, io)}\n`);
      for (const failure of pulled.failures) io.note(failure.error.message);
      if (pulled.failures.length > 0) result.code = 1;
      const statement = await withSession(folder, (session) =>
        makeStatement(session, { periods: {}, basis: 'cash', view: 'owner', asToday: false }),
      );
      io.print(await renderStatement(statement, 'text', io));
      await writeWhole(join(folder, PAGE), await renderStatement(statement, 'html', io));
      io.print(nextSteps(shown));
    });
  return withExamples(command, [['spendshift demo', `writes ${FOLDER_DEFAULT}/ and prints its statement`]]);
}

function nextSteps(folder: string): string {
  return [
    '',
    `The same statement as a page: ${join(folder, PAGE)}`,
    '',
    'What to do next:',
    `  npx spendshift lines -w ${folder} --unassigned       what nobody owns yet, by money`,
    `  npx spendshift explain -w ${folder} LINE             why a line is where it is, down to the source row`,
    `  npx spendshift statement -w ${folder} --help         other periods, views and formats`,
    '  npx spendshift init ../my-company --from your.csv  your own statement from a CSV file',
  ].join('\n');
}
