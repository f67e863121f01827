import picocolors from 'picocolors';

import type { Statement } from '../statement/types.js';
import { cleanText, periodWords } from './format.js';
import { headline } from './headline.js';
import { wrapText, type TextOptions } from './table.js';
import { changeSection, functionsSection, movementsSection } from './text-functions.js';
import { besideSection, coverageSection, sourcesSection, awarenessSection } from './text-trust.js';
import { openingCommands } from './words.js';

/** A titled part of the text statement; a part without content is left out. */
export interface TextSection {
  readonly title: string;
  readonly body: string;
}

function titleLines(statement: Statement): string[] {
  const { basis, view, asToday, currency } = statement;
  const seen = view === 'owner' ? 'by who owns it' : 'by who pays';
  const today = asToday ? ' · as if today’s organisation' : '';
  return [
    `${cleanText(statement.company)} · technology spend shift`,
    `${periodWords(statement.current)}, before: ${periodWords(statement.baseline)}`,
    `${currency} · ${basis} basis · ${seen}${today}`,
  ];
}

function definitionSection(statement: Statement, options: TextOptions): TextSection {
  const body = statement.definition.map((sentence) => wrapText(cleanText(sentence), options.columns)).join('\n');
  return { title: 'What was counted', body };
}

function openingSection(statement: Statement): TextSection {
  const commands = openingCommands(statement).map(({ command, opens }) => `  ${command}\n    ${opens}`);
  return { title: 'Open a figure', body: commands.join('\n') };
}

/**
 * The statement for a terminal: headline, functions, why each changed, largest movements, who knows of it, what lies
 * beside, how the figures were found, sources, definition. No line is wider than `options.columns` (80 and more), none
 * ends in a space.
 */
export function renderText(statement: Statement, options: TextOptions): string {
  const paint = picocolors.createColors(options.color);
  const [name = '', ...about] = titleLines(statement);
  const [first = '', ...rest] = headline(statement);
  const lead = wrapText(first, options.columns).split('\n').map(paint.bold).join('\n');
  const head = [paint.bold(paint.cyan(name)), ...about.map((line) => paint.dim(line))].join('\n');
  const sections: TextSection[] = [
    functionsSection(statement, options),
    changeSection(statement, options),
    movementsSection(statement, options),
    awarenessSection(statement, options),
    besideSection(statement, options),
    coverageSection(statement, options),
    sourcesSection(statement, options),
    definitionSection(statement, options),
    openingSection(statement),
  ];
  const shown = sections
    .filter(({ body }) => body !== '')
    .map(({ title, body }) => `${paint.bold(paint.cyan(title))}\n${body}`);
  const words = rest.map((sentence) => wrapText(sentence, options.columns)).join('\n');
  return `${[head, lead, ...(words === '' ? [] : [words]), ...shown].join('\n\n')}\n`;
}
