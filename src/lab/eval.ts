import { readFileSync } from 'node:fs';

import { Command, InvalidArgumentError } from 'commander';

import { shippedCatalogue } from '../app/compiled-catalogue.js';
import { SourceError, SpendshiftError } from '../core/errors.js';
import { runTrials } from './evaluate.js';
import { parseGold } from './gold.js';
import { reportText } from './report.js';

/** `npm run eval -- --gold FILE`: how well payees that a person labelled are resolved. */
async function main(argv: readonly string[]): Promise<void> {
  const command = new Command('eval')
    .description('measure vendor resolution and technology detection on payees that a person has labelled')
    .requiredOption('--gold <file>', 'CSV of labelled payees; docs/evaluation.md names its columns')
    .option('--errors <count>', 'errors of each kind to list', wholeNumber, 40)
    .option('--json', 'print the figures as JSON')
    .action((flags: { gold: string; errors: number; json?: boolean }) => {
      const rows = parseGold(readGold(flags.gold), flags.gold);
      const trials = runTrials(rows, shippedCatalogue().catalogue());
      const text =
        flags.json === true
          ? JSON.stringify(
              trials.map(({ name, evaluation }) => ({ name, ...withoutRows(evaluation) })),
              null,
              2,
            )
          : reportText(trials, flags.errors);
      process.stdout.write(`${text}\n`);
    });
  await command.parseAsync([...argv], { from: 'user' });
}

function wholeNumber(text: string): number {
  if (!/^\d{1,6}$/.test(text)) throw new InvalidArgumentError('It must be a whole number.');
  return Number(text);
}

function readGold(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (cause) {
    const message = cause instanceof Error ? cause.message : String(cause);
    throw new SourceError({ place: { file }, message, hint: 'Name a file of labelled payees: --gold FILE' }, { cause });
  }
}

/** The figures alone. */
function withoutRows(evaluation: object): object {
  return Object.fromEntries(Object.entries(evaluation).filter(([name]) => !name.endsWith('Errors')));
}

try {
  await main(process.argv.slice(2));
} catch (error) {
  if (!(error instanceof SpendshiftError)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = error.exitCode;
}
