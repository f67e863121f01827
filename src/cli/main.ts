import { Command, CommanderError } from 'commander';

import { packageVersion } from '../app.js';
import { SpendshiftError } from '../core/errors.js';
import { agentCommand } from './commands/agent.js';
import { checkCommand } from './commands/check.js';
import { classifyCommand } from './commands/classify.js';
import { demoCommand } from './commands/demo.js';
import { doctorCommand } from './commands/doctor.js';
import { explainCommand } from './commands/explain.js';
import { initCommand } from './commands/init.js';
import { linesCommand } from './commands/lines.js';
import { pullCommand } from './commands/pull.js';
import { runsCommand } from './commands/runs.js';
import { sourcesCommand } from './commands/sources.js';
import { statementCommand } from './commands/statement.js';
import { vendorsCommand } from './commands/vendors.js';
import { endWhenOutputFails, errorText, processIo, type CommandIo } from './io.js';

/** Exit codes: 0 fine, 1 the work failed, 2 wrong use. */
const EXIT_FAILED = 1;
const EXIT_USAGE = 2;

/** The commands in the order in which help lists them. */
export const COMMANDS = [
  demoCommand,
  initCommand,
  checkCommand,
  pullCommand,
  statementCommand,
  linesCommand,
  explainCommand,
  sourcesCommand,
  agentCommand,
  runsCommand,
  doctorCommand,
  vendorsCommand,
  classifyCommand,
] as const;

/** What a command's action hands back: the exit code. */
export type ActionResult = { code: number };

/** Builds the command line; `result` receives the exit code of the command that ran. */
export function buildProgram(io: CommandIo, result: ActionResult): Command {
  const program = new Command('spendshift')
    .description('States how much technology budget has moved from IT to marketing and the other functions.')
    .version(packageVersion(), '-V, --version')
    .showHelpAfterError('(add --help for help)')
    .exitOverride()
    .configureOutput({
      writeOut: (text) => {
        io.print(text);
      },
      writeErr: (text) => {
        io.note(text);
      },
    });
  for (const make of COMMANDS) {
    const command = make(io, result);
    for (const each of [command, ...command.commands]) each.exitOverride().copyInheritedSettings(program);
    program.addCommand(command);
  }
  return program;
}

/** Runs the command line and returns the exit code. */
export async function main(argv: readonly string[]): Promise<number> {
  const abort = new AbortController();
  const onSignal = (): void => {
    abort.abort();
  };
  process.once('SIGINT', onSignal);
  process.once('SIGTERM', onSignal);
  endWhenOutputFails(EXIT_FAILED);
  // The SDK of AWS warns of Node 20 with every use; which Node is used is for us to say.
  process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] ??= 'true';
  const io = processIo(abort.signal);
  const result: ActionResult = { code: 0 };
  try {
    await buildProgram(io, result).parseAsync([...argv], { from: 'user' });
    return result.code;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : EXIT_USAGE;
    if (error instanceof SpendshiftError) {
      io.note(errorText(error));
      return error.exitCode;
    }
    if (abort.signal.aborted) {
      io.note(
        'Stopped. What was done stays: sources, and of live ones each month that was read. Run it again to go on.',
      );
      return EXIT_FAILED;
    }
    throw error;
  } finally {
    process.removeListener('SIGINT', onSignal);
    process.removeListener('SIGTERM', onSignal);
  }
}
