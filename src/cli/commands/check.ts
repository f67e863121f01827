import { Command } from 'commander';

import { checkWorkspace } from '../../app.js';
import { formatMistake } from '../../core/errors.js';
import { printable } from '../../core/printable.js';
import type { CommandIo } from '../io.js';
import type { ActionResult } from '../main.js';
import { withExamples, withWorkspace, workspaceFolder } from '../options.js';

interface Flags {
  readonly workspace?: string;
  readonly json?: boolean;
}

/** `spendshift check`: everything wrong in a workspace at once. */
export function checkCommand(io: CommandIo, result: ActionResult): Command {
  const command = withWorkspace(new Command('check'))
    .description('say what is wrong in the workspace, all mistakes at once, and check the ledger')
    .option('--json', 'as JSON')
    .action(async (flags: Flags) => {
      const folder = workspaceFolder(flags.workspace, io.workingFolder);
      const report = await checkWorkspace(folder, io.signal);
      if (report.mistakes.length > 0) result.code = 1;
      if (flags.json === true) {
        io.print(JSON.stringify({ schema: 'spendshift.check/1', ...report }, null, 2));
        return;
      }
      const mistakes = report.mistakes.map(formatMistake);
      const head = mistakes.length === 1 ? '1 mistake' : `${mistakes.length} mistakes`;
      io.print(
        [
          ...report.fine.map(printable),
          ...(mistakes.length > 0 && report.fine.length > 0 ? [''] : []),
          ...(mistakes.length > 0 ? [`${head}:`, '', mistakes.join('\n')] : []),
        ].join('\n'),
      );
    });
  return withExamples(command, [['spendshift check', 'before a pull, and after every change of the workspace']]);
}
