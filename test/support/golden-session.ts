/**
 * Golden sessions: a file that shows commands and exactly what they answer. test/golden/README.md explains the format.
 */

/** A step that prepares the folder in which the commands run. */
export interface SetupStep {
  readonly verb: string;
  readonly words: readonly string[];
  /** Lines of the block under the step, without their `| `. */
  readonly block: readonly string[];
}

/** A command with what it answered. */
export interface Exchange {
  readonly command: string;
  readonly answer: Answer;
}

export interface Answer {
  readonly stdout: string;
  readonly stderr: string;
  readonly exitCode: number;
}

/** A part of a session: its lines as they stand, and what they mean (nothing for comments). */
export type SessionPart =
  | { readonly kind: 'text'; readonly lines: readonly string[] }
  | { readonly kind: 'setup'; readonly lines: readonly string[]; readonly step: SetupStep }
  | { readonly kind: 'exchange'; readonly exchange: Exchange };

const NO_LINE_BREAK = '\\ no line break at the end';
const ERROR_MARK = '2> ';
const EXIT_LINE = /^\[exit (\d{1,3})\]$/;

/** Parses a session; throws with the line number where it cannot be read. */
export function parseSession(text: string): SessionPart[] {
  const lines = text.replace(/\n$/, '').split('\n');
  const parts: SessionPart[] = [];
  let at = 0;
  while (at < lines.length) {
    const line = lines[at] ?? '';
    let end = at + 1;
    if (line.startsWith('@')) {
      while (lines[end]?.startsWith('|') === true) end += 1;
      const [verb = '', ...words] = line.slice(1).split(' ');
      const block = lines.slice(at + 1, end).map((entry) => entry.replace(/^\| ?/, ''));
      parts.push({ kind: 'setup', lines: lines.slice(at, end), step: { verb, words, block } });
    } else if (line.startsWith('$ ')) {
      while (end < lines.length && !EXIT_LINE.test(lines[end] ?? '') && !(lines[end] ?? '').startsWith('$ ')) end += 1;
      const exit = EXIT_LINE.exec(lines[end] ?? '');
      // A command that was just written has no answer yet.
      const answered = exit === null ? [] : lines.slice(at + 1, end);
      const answer = parseAnswer(answered, exit === null ? -1 : Number(exit[1]));
      end = exit === null ? at + 1 : end + 1;
      parts.push({ kind: 'exchange', exchange: { command: line.slice(2), answer } });
    } else if (line === '' || line.startsWith('#')) {
      parts.push({ kind: 'text', lines: [line] });
    } else {
      throw new Error(`line ${at + 1}: "${line}" is no comment (#), setup step (@) or command ($)`);
    }
    at = end;
  }
  return parts;
}

function parseAnswer(lines: readonly string[], exitCode: number): Answer {
  const isError = (line: string): boolean => line === ERROR_MARK.trim() || line.startsWith(ERROR_MARK);
  const joined = (entries: readonly string[]): string => {
    const whole = entries.map((entry) => `${entry}\n`).join('');
    return whole.endsWith(`\n${NO_LINE_BREAK}\n`) ? whole.slice(0, -NO_LINE_BREAK.length - 2) : whole;
  };
  return {
    stdout: joined(lines.filter((line) => !isError(line))),
    stderr: joined(lines.filter(isError).map((line) => line.slice(ERROR_MARK.length))),
    exitCode,
  };
}

/** A session as text; what `parseSession` reads. */
export function formatSession(parts: readonly SessionPart[]): string {
  const lines = parts.flatMap((part) => (part.kind === 'exchange' ? exchangeLines(part.exchange) : part.lines));
  return `${lines.join('\n')}\n`;
}

/** A command and its answer, as they stand in a session. */
export function exchangeLines({ command, answer }: Exchange): string[] {
  const stdout = outputLines(answer.stdout);
  const odd = stdout.find(
    (line) => line.startsWith(ERROR_MARK.trim()) || line.startsWith('$ ') || EXIT_LINE.test(line),
  );
  if (odd !== undefined) throw new Error(`the output of "${command}" cannot stand in a session: ${odd}`);
  const stderr = outputLines(answer.stderr).map((line) => `${ERROR_MARK}${line}`.trimEnd());
  return [`$ ${command}`, ...stdout, ...stderr, `[exit ${answer.exitCode}]`];
}

function outputLines(text: string): string[] {
  if (text === '') return [];
  return text.endsWith('\n') ? text.slice(0, -1).split('\n') : [...text.split('\n'), NO_LINE_BREAK];
}
