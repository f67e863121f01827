import { Command } from 'commander';

import { sourceStatuses, withSession } from '../../app.js';
import {
  renderRejectedCsv,
  renderRejectedText,
  renderSourcesJson,
  renderSourcesText,
  type RejectedView,
  type SourceView,
} from '../../render/sources.js';
import type { CommandIo } from '../io.js';
import { wholeNumber, withExamples, withWorkspace, workspaceFolder } from '../options.js';

const LIMIT_DEFAULT = 20;
const EVERYTHING = 1_000_000_000;

interface Flags {
  readonly workspace?: string;
  readonly rejected?: boolean;
  readonly source?: string;
  readonly limit?: number;
  readonly csv?: boolean;
  readonly json?: boolean;
}

/** `spendshift sources`: what each source gave and whether the ledger holds all of it. */
export function sourcesCommand(io: CommandIo): Command {
  const command = withWorkspace(new Command('sources'))
    .description('show each source: last pull, rows, rejected rows, source total against ledger total')
    .option('--rejected', 'list the rows that could not be read, with file, line and reason')
    .option('--source <id>', 'only this source')
    .option('--limit <count>', 'rejected rows to show', wholeNumber)
    .option('--csv', 'rejected rows as CSV')
    .option('--json', 'as JSON')
    .action(async (flags: Flags) => {
      io.print(await sourcesText(io, flags));
    });
  return withExamples(command, [
    ['spendshift sources', 'all sources'],
    ['spendshift sources --rejected --source cards', 'what could not be read, and why'],
  ]);
}

async function sourcesText(io: CommandIo, flags: Flags): Promise<string> {
  const folder = workspaceFolder(flags.workspace, io.workingFolder);
  return withSession(folder, async (session) => {
    const statuses = await sourceStatuses(session, flags.source);
    const whole = flags.json === true || flags.csv === true;
    const limit = flags.limit ?? (whole ? EVERYTHING : LIMIT_DEFAULT);
    const wantsRejected = flags.rejected === true || whole;
    const rejected: RejectedView[] = wantsRejected ? await session.ledger.rejectedRows(flags.source, limit) : [];
    return render(io, flags, statuses, rejected);
  });
}

function render(
  io: CommandIo,
  flags: Flags,
  statuses: readonly SourceView[],
  rejected: readonly RejectedView[],
): string {
  if (flags.json === true) return renderSourcesJson(statuses, flags.rejected === true ? rejected : []);
  if (flags.csv === true) return renderRejectedCsv(rejected);
  if (flags.rejected !== true) return renderSourcesText(statuses, io.terminal);
  const total = statuses.reduce((sum, status) => sum + status.rejectedCount, 0);
  return renderRejectedText(rejected, total, io.terminal);
}
