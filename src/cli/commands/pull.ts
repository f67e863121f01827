import { Command } from 'commander';

import { planPull, pullWorkspace, RATES_FAILURE, realEffects, withSession, type WorkspacePull } from '../../app.js';
import { formatMicros } from '../../core/money.js';
import { counted, countFigure } from '../../render/format.js';
import { renderPlanJson, renderPlanText } from '../../render/pull-plan.js';
import { renderTable, wrapText } from '../../render/table.js';
import type { CommandIo } from '../io.js';
import type { ActionResult } from '../main.js';
import { withExamples, withWorkspace, workspaceFolder } from '../options.js';
import { startProgress } from '../progress.js';

interface Flags {
  readonly workspace?: string;
  readonly quiet?: boolean;
  readonly json?: boolean;
  readonly dryRun?: boolean;
}

/** `spendshift pull`: brings the ledger in step with the sources. */
export function pullCommand(io: CommandIo, result: ActionResult): Command {
  const command = withWorkspace(new Command('pull'))
    .description('read the sources into the ledger; pulling twice equals pulling once')
    .argument('[sources...]', 'ids of sources (default: all)')
    .option('-q, --quiet', 'no progress')
    .option('--dry-run', 'show what would be asked of live services and what it would cost; pull nothing')
    .option('--json', 'print what was done as JSON')
    .action(async (sources: string[], flags: Flags) => {
      const folder = workspaceFolder(flags.workspace, io.workingFolder);
      if (flags.dryRun === true) {
        const effects = realEffects(io.now);
        const plans = await withSession(folder, (session) =>
          planPull(session, sources, { signal: io.signal, effects }),
        );
        io.print(flags.json === true ? renderPlanJson(plans) : renderPlanText(plans, io.terminal));
        return;
      }
      const pulled = await runPull(io, folder, sources, flags.quiet ?? false);
      const text = flags.json === true ? pullJson(pulled) : pullText(pulled, io);
      if (text !== '') io.print(text);
      for (const [index, failure] of pulled.failures.entries()) {
        io.note(`${text === '' && index === 0 ? '' : '\n'}${failureHead(failure)}\n${failure.error.message}`);
      }
      if (pulled.failures.length > 0) result.code = 1;
    });
  return withExamples(command, [
    ['spendshift pull', 'all sources'],
    ['spendshift pull cards', 'one source'],
    ['spendshift pull aws --dry-run', 'what its requests would be, and their price'],
  ]);
}

/** Pulls a workspace with progress on standard error. */
export async function runPull(
  io: CommandIo,
  folder: string,
  sources: readonly string[],
  quiet: boolean,
): Promise<WorkspacePull> {
  const progress = startProgress({ terminal: io.errorIsTerminal, quiet, now: io.now });
  try {
    return await withSession(folder, (session) =>
      pullWorkspace(session, { sources, progress: progress.report, signal: io.signal, now: io.now }),
    );
  } finally {
    progress.stop();
  }
}

/** What a pull did, as text. */
export function pullText(pulled: WorkspacePull, io: CommandIo): string {
  if (pulled.results.length === 0 && pulled.failures.length === 0 && pulled.removedSources.length === 0) {
    return 'The workspace has no sources. `spendshift init --from FILE` adds one.';
  }
  const table = renderTable(
    [
      { header: 'Source', widthMin: 8 },
      { header: 'Rows read', align: 'right' },
      { header: 'Rejected', align: 'right' },
      { header: 'Charges added', align: 'right' },
      { header: 'Changed', align: 'right' },
      { header: 'Removed', align: 'right' },
      { header: '' },
    ],
    pulled.results.map((entry) => [
      entry.source,
      ...[entry.rowCount, entry.rejectedCount, entry.added, entry.changed, entry.removed].map(countFigure),
      noteOf(entry),
    ]),
    io.terminal,
  );
  const removed = pulled.removedSources.map(
    (entry) => `${entry.source} is not in spendshift.yaml any more: ${counted(entry.charges, 'charge')} removed.`,
  );
  const gone = pulled.results
    .filter((entry) => entry.windowsRemoved.length > 0)
    .map(
      (entry) => `${entry.source}: no file for ${entry.windowsRemoved.join(', ')} any more; its charges were removed.`,
    );
  const remarks = pulled.results.flatMap((entry) =>
    (entry.live?.remarks ?? []).map((remark) => wrapText(`${entry.source}: ${remark}`, io.terminal.columns)),
  );
  const decided = pulled.decided.changed > 0 ? [`${counted(pulled.decided.changed, 'line')} decided.`] : [];
  return [
    ...(pulled.results.length > 0 ? [table] : []),
    ...removed,
    ...gone,
    ...remarks,
    ...decided,
    ...idleText(pulled),
  ].join('\n');
}

/** What is worth saying of a source beside its counts: what its requests cost, what is still an estimate. */
function noteOf({ windowsRead, windowsRemoved, added, changed, live }: WorkspacePull['results'][number]): string {
  if (live === undefined) return windowsRead + windowsRemoved.length === 0 ? 'nothing new' : '';
  const parts = [
    ...(windowsRead + added + changed === 0 ? ['nothing new'] : []),
    ...(live.costMicros === 0n ? [] : [`${formatMicros(live.costMicros)} ${live.costCurrency}`]),
    ...(live.estimates.length === 0 ? [] : [`${live.estimates.join(', ')} estimated`]),
  ];
  return parts.join('; ');
}

function idleText({ idle }: WorkspacePull): string[] {
  const counts = [
    ...(idle.rules.length > 0 ? [counted(idle.rules.length, 'rule')] : []),
    ...(idle.decisions.length > 0 ? [counted(idle.decisions.length, 'decision')] : []),
  ];
  if (counts.length === 0) return [];
  const verb = idle.rules.length + idle.decisions.length === 1 ? 'does' : 'do';
  return [`${counts.join(' and ')} ${verb} nothing; \`spendshift check\` names them.`];
}

function pullJson(pulled: WorkspacePull): string {
  const failures = pulled.failures.map(({ source, error }) => ({ source, error: error.message }));
  const { results, removedSources, decided, idle } = pulled;
  const value = {
    schema: 'spendshift.pull/1',
    results: results.map(resultJson),
    failures,
    removedSources,
    decided,
    idle,
  };
  return JSON.stringify(value, null, 2);
}

function resultJson({ live, ...result }: WorkspacePull['results'][number]): object {
  return live === undefined
    ? result
    : { ...result, live: { ...live, costMicros: undefined, cost: formatMicros(live.costMicros) } };
}

function failureHead({ source, windowsRead }: WorkspacePull['failures'][number]): string {
  if (source === RATES_FAILURE)
    return 'The charges are in the ledger, but those of other currencies could not be converted.';
  if (windowsRead === 0) return `${source} was left as it was.`;
  return `${source} was read in part: ${counted(windowsRead, 'month')}; all else is as it was.`;
}
