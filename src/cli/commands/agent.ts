import { Command } from 'commander';

import type { AgentFlags } from '../agent-run.js';
import type { CommandIo } from '../io.js';
import type { ActionResult } from '../main.js';
import { wholeNumber, withExamples, withWorkspace, workspaceFolder } from '../options.js';

type Flags = AgentFlags & { readonly workspace?: string };

/** `spendshift agent`: pulls each source at its time, for years, and writes the monthly statement. */
export function agentCommand(io: CommandIo, result: ActionResult): Command {
  const command = withWorkspace(new Command('agent'))
    .description('pull each source at its time and write the monthly statement; runs until it is stopped')
    .option('--once', 'do what is due now, then end; exit code 1 when a source failed')
    .option(
      '--port <port>',
      'serve /healthz and /metrics on this port (default: agent.port of the workspace)',
      wholeNumber,
    )
    .option('--host <address>', 'on this address (default: agent.host of the workspace, or 127.0.0.1)')
    .action(async (flags: Flags) => {
      // Its libraries (log, metrics, schedule) load for this command alone.
      const { runAgent } = await import('../agent-run.js');
      const failed = await runAgent(io, workspaceFolder(flags.workspace, io.workingFolder), flags);
      if (failed && flags.once === true) result.code = 1;
    });
  return withExamples(command, [
    ['spendshift agent', 'until it is stopped (SIGTERM, Ctrl-C)'],
    ['spendshift agent --once', 'from a scheduler of your own, such as cron or a container job'],
    ['spendshift agent --port 9464', 'with health and metrics at http://127.0.0.1:9464'],
  ]);
}
