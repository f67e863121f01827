import { Command } from 'commander';

import { explainLine, withSession } from '../../app.js';
import { renderExplanationJson, renderExplanationText } from '../../render/explanation.js';
import type { CommandIo } from '../io.js';
import { wholeNumber, withExamples, withWorkspace, workspaceFolder } from '../options.js';

const CHARGES_DEFAULT = 5;
const ROWS_DEFAULT = 3;

interface Flags {
  readonly workspace?: string;
  readonly charges: number;
  readonly rows: number;
  readonly json?: boolean;
}

/** `spendshift explain`: why a line is what the statement says it is. */
export function explainCommand(io: CommandIo): Command {
  const command = withWorkspace(new Command('explain'))
    .description('show everything decided on a line, why, what it overruled, and the money down to source rows')
    .argument('<line>', 'id of a line, or the start of one')
    .option('--charges <count>', 'charges to show, latest first', wholeNumber, CHARGES_DEFAULT)
    .option('--rows <count>', 'source rows to show for each charge', wholeNumber, ROWS_DEFAULT)
    .option('--json', 'as JSON')
    .action(async (line: string, flags: Flags) => {
      const folder = workspaceFolder(flags.workspace, io.workingFolder);
      const explanation = await withSession(folder, (session) =>
        explainLine(session, line, { chargesMax: flags.charges, rowsMax: flags.rows }),
      );
      io.print(
        flags.json === true ? renderExplanationJson(explanation) : renderExplanationText(explanation, io.terminal),
      );
    });
  return withExamples(command, [
    ['spendshift explain L0ab12cd34ef5', 'one line'],
    ['spendshift explain L0ab1 --charges 100 --rows 10', 'the start of an id is enough'],
  ]);
}
