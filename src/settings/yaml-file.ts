import { isMap, isScalar, isSeq, LineCounter, parseDocument, type Document, type Node, type YAMLMap } from 'yaml';

import type { Mistake, Place } from '../core/errors.js';

export type SettingPath = readonly (string | number)[];

/** A YAML file as plain values, and where each part of it stands. */
export interface YamlFile {
  /** Path as the user would write it. */
  readonly file: string;
  readonly value: unknown;
  /** Place of the key or list entry at a path; of the nearest part above it when it is not there. */
  readonly placeOf: (path: SettingPath) => Place;
  /** Syntax errors and keys that stand twice; when there are any, `value` is not to be used. */
  readonly mistakes: readonly Mistake[];
}

/** `failsafe` keeps every scalar as the text that was written: `0123` stays, `99.50` is no float. */
export type YamlScalars = 'core' | 'failsafe';

/** Reads YAML text. Never throws: what is wrong comes back as mistakes with lines. */
export function parseYamlFile(text: string, file: string, scalars: YamlScalars): YamlFile {
  const lines = new LineCounter();
  // Keys that stand twice are looked for below, with a better message.
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, uniqueKeys: false, schema: scalars });
  const lineOf = (offset: number): number => Math.max(1, lines.linePos(offset).line);
  const mistakes: Mistake[] = [...document.errors, ...document.warnings].map((problem) => {
    const place = { file, line: lineOf(problem.pos[0]) };
    if (problem.code === 'TAB_AS_INDENT') {
      return {
        place,
        message: 'a tab indents this line',
        hint: 'YAML is indented by spaces: write two spaces per level.',
      };
    }
    const reason = problem.message.replace(/\s+/g, ' ').trim();
    return {
      place,
      message: `not valid YAML: ${reason}`,
      hint: 'Mend the line, or the one before it: a missing quote, colon or indent.',
    };
  });
  const placeOf = (path: SettingPath): Place => findPlace(document, path, file, lineOf);
  if (mistakes.length > 0) return { file, value: undefined, placeOf, mistakes };
  reportDoubleKeys(document.contents, [], lineOf, (path, message, hint, line) => {
    mistakes.push({ place: { ...placeOf(path), line }, message, hint });
  });
  return { file, value: mistakes.length > 0 ? undefined : document.toJS(), placeOf, mistakes };
}

function keyText(key: unknown): string {
  return isScalar(key) ? String(key.value) : String(key);
}

function offsetOf(node: unknown): number | undefined {
  return (node as Node | null | undefined)?.range?.[0];
}

function findPlace(document: Document, path: SettingPath, file: string, lineOf: (offset: number) => number): Place {
  let node: unknown = document.contents;
  let offset = offsetOf(node);
  const names: string[] = [];
  for (const step of path) {
    names.push(typeof step === 'number' ? `[${step + 1}]` : step);
    if (isMap(node)) {
      const pair = node.items.find((item) => keyText(item.key) === String(step));
      offset = offsetOf(pair?.key) ?? offset;
      node = pair?.value;
    } else if (isSeq(node) && typeof step === 'number') {
      node = node.items[step];
      offset = offsetOf(node) ?? offset;
      const id = isMap(node) ? node.get('id') : undefined;
      if (typeof id === 'string' && id !== '') names[names.length - 1] = id;
    } else node = undefined;
  }
  return placeOfNames(names, file, offset === undefined ? undefined : lineOf(offset));
}

/** Dotted key; of a source's settings, the source apart. */
function placeOfNames(names: readonly string[], file: string, line: number | undefined): Place {
  const dotted = (parts: readonly string[]): string | undefined =>
    parts.length === 0 ? undefined : parts.join('.').replaceAll('.[', '[');
  const [first, source, ...rest] = names;
  if (first === 'sources' && source !== undefined) return { file, line, source, key: dotted(rest) };
  return { file, line, key: dotted(names) };
}

type ReportDouble = (path: SettingPath, message: string, hint: string, line: number) => void;

function reportDoubleKeys(
  node: unknown,
  path: SettingPath,
  lineOf: (offset: number) => number,
  report: ReportDouble,
): void {
  if (isSeq(node)) {
    for (const [index, item] of node.items.entries()) reportDoubleKeys(item, [...path, index], lineOf, report);
  }
  if (!isMap(node)) return;
  reportDoubleKeysOfMap(node, path, lineOf, report);
  for (const pair of node.items) reportDoubleKeys(pair.value, [...path, keyText(pair.key)], lineOf, report);
}

function reportDoubleKeysOfMap(
  node: YAMLMap,
  path: SettingPath,
  lineOf: (offset: number) => number,
  report: ReportDouble,
): void {
  const first = new Map<string, number>();
  for (const { key } of node.items) {
    const name = keyText(key);
    const line = lineOf(offsetOf(key) ?? 0);
    const earlier = first.get(name);
    if (earlier === undefined) {
      first.set(name, line);
    } else if (path.length === 1 && path[0] === 'sources') {
      report(
        [...path, name],
        `two sources have the id "${name}"; the first stands on line ${earlier}`,
        'Give one of them another id.',
        line,
      );
    } else {
      report(
        [...path, name],
        `the key "${name}" stands twice; the first stands on line ${earlier}`,
        'Take one of the two out.',
        line,
      );
    }
  }
}
