import { z } from 'zod';

import { hintAmong } from '../core/closest.js';
import type { Mistake, Place } from '../core/errors.js';
import type { SettingPath } from './yaml-file.js';

/** Words for the types schemas ask for. */
const TYPE_WORDS: Readonly<Record<string, string>> = {
  string: 'a text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'a map of keys',
  record: 'a map of keys',
};

/** Beginning of the message of an issue for which there are no better words. */
const CANNOT_USE = 'cannot use ';

/** What was found, in words: `"april"`, `12`, `a list`, `nothing`. */
export function foundWords(value: unknown): string {
  if (value === undefined || value === null) return 'nothing';
  if (typeof value === 'string') return `"${value}"`;
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object') return 'a map of keys';
  return typeof value === 'number' || typeof value === 'boolean' || typeof value === 'bigint'
    ? String(value)
    : 'something else';
}

/** A schema of one kind of thing with a message in plain words: `expected a month number 1 to 12, found "april"`. */
export function described<Value>(words: string, is: (value: unknown) => boolean): z.ZodType<Value> {
  return z.custom<Value>(is, {
    error: ({ input }) => (input === undefined ? 'is missing' : `expected ${words}, found ${foundWords(input)}`),
  });
}

/** Zod's issue in plain words; messages that a schema states itself are kept. */
function plainWords(issue: z.core.$ZodRawIssue): string {
  const { input } = issue;
  switch (issue.code) {
    case 'invalid_type':
      if (input === undefined) return 'is missing';
      return `expected ${TYPE_WORDS[issue.expected] ?? issue.expected}, found ${foundWords(input)}`;
    case 'invalid_value': {
      const values = issue.values.map(String).join(', ');
      return input === undefined
        ? 'is missing'
        : `expected ${issue.values.length === 1 ? '' : 'one of '}${values}, found ${foundWords(input)}`;
    }
    case 'too_small':
      return typeof input === 'number'
        ? `expected at least ${issue.minimum}, found ${input}`
        : `expected at least ${issue.minimum} ${typeof input === 'string' ? 'characters' : 'entries'}, found ${foundWords(input)}`;
    case 'too_big':
      return typeof input === 'number'
        ? `expected at most ${issue.maximum}, found ${input}`
        : `is too long: at most ${issue.maximum}`;
    case 'unrecognized_keys':
    case 'invalid_format':
    case 'not_multiple_of':
    case 'invalid_union':
    case 'invalid_key':
    case 'invalid_element':
    case 'custom':
    default:
      return `${CANNOT_USE}${foundWords(input)}`;
  }
}

/** A checked value, or the mistakes in it. */
export type Checked<Value> = { readonly value: Value } | { readonly mistakes: readonly Mistake[] };

/** Checks a value against a schema; issues come back as mistakes with places, `path` leading to the value. */
export function checkSchema<Value>(
  schema: z.ZodType<Value>,
  value: unknown,
  path: SettingPath,
  placeOf: (path: SettingPath) => Place,
): Checked<Value> {
  const result = schema.safeParse(value, { error: plainWords, reportInput: true });
  if (result.success) return { value: result.data };
  return { mistakes: result.error.issues.flatMap((issue) => mistakesOf(issue, schema, [], path, placeOf)) };
}

function mistakesOf(
  issue: z.core.$ZodIssue,
  schema: z.ZodType,
  inner: SettingPath,
  path: SettingPath,
  placeOf: (path: SettingPath) => Place,
): Mistake[] {
  const at = [...inner, ...issue.path.map((step) => (typeof step === 'symbol' ? String(step) : step))];
  const place = placeOf([...path, ...at]);
  if (issue.code === 'unrecognized_keys') {
    const known = knownKeys(schema, at);
    return issue.keys.map((key) => ({
      place: placeOf([...path, ...at, key]),
      message: `unknown key "${key}"`,
      hint: hintAmong(key, known, 'Keys'),
    }));
  }
  const missing = issue.input === undefined && issue.code !== 'custom';
  const stated = issue.code !== 'invalid_union' || !issue.message.startsWith(CANNOT_USE);
  if (stated) {
    return [
      { place, message: missing && issue.message !== 'is missing' ? `is missing: ${issue.message}` : issue.message },
    ];
  }
  // The branch whose shape fits is the one that was meant; where none fits, all say what they expected.
  const meant = issue.errors.find((branch) => !branch.some((error) => error.path.length === 0 && isShape(error)));
  if (meant !== undefined && meant.length > 0)
    return meant.flatMap((error) => mistakesOf(error, schema, at, path, placeOf));
  const wanted = issue.errors.flat().flatMap((error) => /^expected (.*), found /s.exec(error.message)?.[1] ?? []);
  if (issue.input === undefined) return [{ place, message: 'is missing' }];
  const words =
    wanted.length === 0
      ? issue.message
      : `expected ${[...new Set(wanted)].join(' or ')}, found ${foundWords(issue.input)}`;
  return [{ place, message: words }];
}

function isShape(issue: z.core.$ZodIssue): boolean {
  return issue.code === 'invalid_type' || issue.code === 'invalid_value';
}

/** The keys that the schema knows at a path, for "did you mean". */
function knownKeys(schema: z.ZodType, path: SettingPath): string[] {
  let schemas = branches(schema);
  for (const step of path) schemas = schemas.flatMap((one) => stepInto(one, step)).flatMap(branches);
  return [...new Set(schemas.flatMap((one) => (one instanceof z.ZodObject ? Object.keys(one.shape) : [])))];
}

/** A schema without its wrappers, a union as its members. */
function branches(schema: unknown): unknown[] {
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodNullable) return branches(schema.unwrap());
  if (schema instanceof z.ZodDefault || schema instanceof z.ZodPrefault || schema instanceof z.ZodReadonly) {
    return branches(schema.unwrap());
  }
  if (schema instanceof z.ZodPipe) return [...branches(schema.in), ...branches(schema.out)];
  if (schema instanceof z.ZodUnion) return schema.options.flatMap(branches);
  if (schema instanceof z.ZodIntersection) return [...branches(schema.def.left), ...branches(schema.def.right)];
  return [schema];
}

function stepInto(schema: unknown, step: string | number): unknown[] {
  if (schema instanceof z.ZodObject) {
    const shape = schema.shape as Readonly<Record<string, unknown>>;
    return Object.hasOwn(shape, step) ? [shape[step]] : [];
  }
  if (schema instanceof z.ZodArray) return [schema.element];
  return schema instanceof z.ZodRecord ? [schema.valueType] : [];
}
