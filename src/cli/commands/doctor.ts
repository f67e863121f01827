import { Command } from 'commander';

import { checkHealth, realEffects, withSession } from '../../app.js';
import { renderHealthJson, renderHealthText } from '../../render/health.js';
import type { CommandIo } from '../io.js';
import type { ActionResult } from '../main.js';
import { withExamples, withWorkspace, workspaceFolder } from '../options.js';

interface Flags {
  readonly workspace?: string;
  readonly json?: boolean;
}

/** `spendshift doctor`: whether everything is in order for running unattended. */
export function doctorCommand(io: CommandIo, result: ActionResult): Command {
  const command = withWorkspace(new Command('doctor'))
    .description('look at everything that unattended running needs: every source and permission, ledger, disk, clock')
    .option('--json', 'as JSON')
    .action(async (flags: Flags) => {
      const effects = realEffects(io.now);
      const rows = await withSession(workspaceFolder(flags.workspace, io.workingFolder), (session) =>
        checkHealth(session, { effects, signal: io.signal }),
      );
      if (rows.some(({ state }) => state === 'bad')) result.code = 1;
      io.print(flags.json === true ? renderHealthJson(rows) : renderHealthText(rows, io.terminal));
    });
  return withExamples(command, [
    ['spendshift doctor', 'before you leave the agent alone, and when something is wrong'],
  ]);
}
