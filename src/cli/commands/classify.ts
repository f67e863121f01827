import { resolve as resolvePath } from 'node:path';

import { Command } from 'commander';

import { classifier, type ClassifyAnswer, type ClassifyQuestion } from '../../app.js';
import { fileBytes } from '../../connector/file-bytes.js';
import { RecordSplitter, type TextRecord } from '../../connector/records.js';
import { isSheetFile } from '../../connector/sheet.js';
import { sniffFile } from '../../connector/sniff.js';
import { numberedLines, textChunks } from '../../connector/text-chunks.js';
import { SourceError, UsageError } from '../../core/errors.js';
import { counted } from '../../render/format.js';
import type { CommandIo } from '../io.js';
import type { ActionResult } from '../main.js';
import { withExamples } from '../options.js';
import { startProgress } from '../progress.js';
import { parseQuestion } from './classify-question.js';

/** Characters a line of input may have. */
const LINE_CHARACTERS_MAX = 4 << 20;
/** Bytes of a file that are read at once: answers come as soon as these are read. */
const CHUNK_BYTES = 1 << 16;
const STANDARD_INPUT = '-';

interface Flags {
  readonly plain?: boolean;
  readonly csv?: boolean;
  readonly textColumn?: string;
  readonly idColumn?: string;
  readonly mccColumn?: string;
  readonly categoryColumn?: string;
  readonly labelColumn?: string;
  readonly delimiter?: string;
  readonly quiet?: boolean;
}

/** A question, or why there is none, with the line it stands on. */
type Asked =
  { readonly line: number; readonly question: ClassifyQuestion } | { readonly line: number; readonly error: string };

/** `spendshift classify`: payee texts in, answers out, one JSON object a line. Needs no workspace. */
export function classifyCommand(io: CommandIo, result: ActionResult): Command {
  const command = new Command('classify')
    .description('say who is paid, whether it is technology and of what kind, for each payee text; needs no workspace')
    .argument(
      '[file]',
      'JSON lines, payee texts with --plain or a table with --csv; packed as .gz or not',
      STANDARD_INPUT,
    )
    .option('--plain', 'each line is a payee text as it stands')
    .option('--csv', 'the input is a table with a header line')
    .option('--text-column <name>', 'column of the payee text (with --csv)')
    .option('--id-column <name>', 'column of an id that is handed back (with --csv; default: the number of the line)')
    .option('--mcc-column <name>', 'column of the merchant category code (with --csv)')
    .option('--category-column <name>', 'column of the merchant category in words (with --csv)')
    .option('--label-column <name>', 'column of the ledger account or its label (with --csv)')
    .option(
      '--delimiter <character>',
      'what separates the cells (with --csv; default: found out, on standard input a comma)',
    )
    .option('-q, --quiet', 'no progress')
    .action(async (file: string, flags: Flags) => {
      if (!(await run(io, file, flags))) result.code = 1;
    });
  return withExamples(command, [
    [`echo '{"id":1,"text":"PAYPAL *SURVEYMONKEY"}' | spendshift classify`, 'one text'],
    ['sort -u payees.txt | spendshift classify --plain', 'a payee text a line'],
    ['spendshift classify payees.jsonl > answers.jsonl', 'a file of any length'],
    ['spendshift classify --csv cards.csv --text-column Merchant --mcc-column MCC', 'a table'],
  ]);
}

/** True when every line could be read. */
async function run(io: CommandIo, file: string, flags: Flags): Promise<boolean> {
  checkFlags(flags);
  const progress = startProgress({ terminal: io.errorIsTerminal, quiet: flags.quiet ?? false, now: io.now });
  const answer = classifier();
  let rows = 0;
  let mistakes = 0;
  try {
    for await (const asked of flags.csv === true ? askedOfTable(io, file, flags) : askedOfLines(io, file, flags)) {
      let text = '';
      for (const entry of asked) {
        if ('error' in entry) mistakes += 1;
        const said: ClassifyAnswer | object = 'error' in entry ? entry : answer(entry.question);
        text += `${JSON.stringify(said)}\n`;
      }
      rows += asked.length;
      await io.write(text);
      progress.report({ step: 'classifying', rows });
      io.signal.throwIfAborted();
    }
  } finally {
    progress.stop();
  }
  if (mistakes === 0) return true;
  io.note(
    `${counted(mistakes, 'line')} of ${counted(rows, 'line')} could not be read; the answer there is {"line", "error"}.`,
  );
  return false;
}

function checkFlags(flags: Flags): void {
  if (flags.csv === true && flags.plain === true) {
    const hint = 'Leave --plain away for a table, --csv for a list of payee texts.';
    throw new UsageError({ place: {}, message: '--csv and --plain exclude each other', hint });
  }
  if (flags.csv === true && flags.textColumn === undefined) {
    const hint = 'Name the column that holds the payee: --text-column Merchant';
    throw new UsageError({ place: {}, message: '--csv needs --text-column', hint });
  }
  const columns = [flags.textColumn, flags.idColumn, flags.mccColumn, flags.categoryColumn, flags.labelColumn];
  if (flags.csv !== true && [...columns, flags.delimiter].some((value) => value !== undefined)) {
    const hint = 'Add --csv for a table, or leave the options away.';
    throw new UsageError({ place: {}, message: 'columns and delimiter go with --csv', hint });
  }
  if (flags.delimiter !== undefined && flags.delimiter.length !== 1) {
    throw new UsageError({ place: {}, message: '--delimiter takes one character', hint: "Write --delimiter ';'" });
  }
}

async function* askedOfLines(io: CommandIo, file: string, { plain = false }: Flags): AsyncGenerator<Asked[]> {
  const chunks = textChunks({ ...bytesOf(io, file), encoding: 'utf-8' });
  for await (const lines of numberedLines(chunks, LINE_CHARACTERS_MAX)) {
    const asked: Asked[] = [];
    for (const { number, text } of lines) {
      if (text === undefined) asked.push({ line: number, error: 'the line is longer than 4 MiB' });
      else if (text.trim() === '') continue;
      else if (plain) asked.push({ line: number, question: { id: number, text } });
      else asked.push({ line: number, ...parseQuestion(text) });
    }
    yield asked;
  }
}

function bytesOf(io: CommandIo, file: string): { name: string; bytes: AsyncIterable<Buffer> } {
  if (file === STANDARD_INPUT) return { name: 'standard input', bytes: io.input };
  return { name: file, bytes: fileBytes(resolvePath(io.workingFolder, file), { chunkBytes: CHUNK_BYTES }) };
}

/** How a table is to be read: what separates its cells, and where its header stands. */
type Layout = Pick<Awaited<ReturnType<typeof sniffFile>>, 'encoding' | 'delimiter' | 'headerRow'>;

async function* askedOfTable(io: CommandIo, file: string, flags: Flags): AsyncGenerator<Asked[]> {
  if (isSheetFile(file)) {
    throw new UsageError({ place: { file }, message: 'this is an Excel file', hint: 'Save the sheet as CSV.' });
  }
  const plain: Layout = { encoding: 'utf-8', delimiter: ',', headerRow: 1 };
  const layout =
    file === STANDARD_INPUT ? plain : await sniffFile(resolvePath(io.workingFolder, file), { shownAs: file });
  const splitter = new RecordSplitter({ delimiter: flags.delimiter ?? layout.delimiter, quote: '"' }, layout.headerRow);
  const origin = bytesOf(io, file);
  let columns: Columns | undefined;
  const read = (records: readonly TextRecord[]): Asked[] => {
    const [header] = records;
    if (columns === undefined && header === undefined) return [];
    const rows = columns === undefined ? records.slice(1) : records;
    columns ??= columnsOf(header?.cells ?? [], flags, origin.name);
    const found = columns;
    return rows.map((record) => askedOfRecord(record, found));
  };
  for await (const chunk of textChunks({ ...origin, encoding: layout.encoding })) {
    const asked = read(splitter.add(chunk, false));
    if (asked.length > 0) yield asked;
  }
  yield read(splitter.add('', true));
}

/** Places of the columns in a row; -1 for one that was not named. */
type Columns = Readonly<Record<'text' | 'id' | 'mcc' | 'categoryText' | 'ledgerLabel', number>>;

function columnsOf(header: readonly string[], flags: Flags, file: string): Columns {
  const names = header.map((name) => name.trim());
  const at = (name: string | undefined): number => {
    if (name === undefined) return -1;
    const found = names.indexOf(name.trim());
    if (found >= 0) return found;
    const hint = `The columns are ${names.join(', ')}.`;
    throw new SourceError({ place: { file }, message: `there is no column "${name}"`, hint });
  };
  return {
    text: at(flags.textColumn),
    id: at(flags.idColumn),
    mcc: at(flags.mccColumn),
    categoryText: at(flags.categoryColumn),
    ledgerLabel: at(flags.labelColumn),
  };
}

function askedOfRecord({ row, cells, reason }: TextRecord, columns: Columns): Asked {
  if (cells === undefined) return { line: row, error: reason ?? 'the row is broken' };
  const cell = (at: number): string | undefined => (at < 0 ? undefined : cells[at]);
  return {
    line: row,
    question: {
      id: columns.id < 0 ? row : cell(columns.id),
      text: cell(columns.text) ?? '',
      mcc: cell(columns.mcc),
      categoryText: cell(columns.categoryText),
      ledgerLabel: cell(columns.ledgerLabel),
    },
  };
}
