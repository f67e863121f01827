import { Command } from 'commander';

import { listRuns, withSession } from '../../app.js';
import { renderRunsJson, renderRunsText } from '../../render/runs.js';
import type { CommandIo } from '../io.js';
import { wholeNumber, withExamples, withWorkspace, workspaceFolder } from '../options.js';

const LIMIT_DEFAULT = 20;

interface Flags {
  readonly workspace?: string;
  readonly failed?: boolean;
  readonly limit?: number;
  readonly json?: boolean;
}

/** `spendshift runs`: what each pull did. */
export function runsCommand(io: CommandIo): Command {
  const command = withWorkspace(new Command('runs'))
    .description('list the latest pulls, by hand and by the agent: what each read, changed, cost, and why it failed')
    .argument('[sources...]', 'ids of sources (default: all)')
    .option('--failed', 'only runs that failed')
    .option('--limit <count>', `runs to show (default: ${LIMIT_DEFAULT})`, wholeNumber)
    .option('--json', 'as JSON')
    .action(async (sources: string[], flags: Flags) => {
      const { failed = false, limit = LIMIT_DEFAULT, json } = flags;
      const runs = await withSession(workspaceFolder(flags.workspace, io.workingFolder), (session) =>
        listRuns(session, { sources, failedOnly: failed, limit }),
      );
      io.print(json === true ? renderRunsJson(runs) : renderRunsText(runs, io.terminal));
    });
  return withExamples(command, [
    ['spendshift runs', 'the latest runs of all sources'],
    ['spendshift runs cards --failed', 'what went wrong with one of them'],
  ]);
}
