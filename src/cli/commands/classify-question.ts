import type { ClassifyQuestion } from '../../app.js';

const TEXTS = ['categoryText', 'ledgerLabel', 'description', 'publisher', 'service', 'serviceCategory'] as const;

/** A line of JSON as a question, or what is wrong with it. Keys it does not know are passed over. */
export function parseQuestion(line: string): { question: ClassifyQuestion } | { error: string } {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return { error: 'the line is no JSON: write {"text": "the payee"}, or ask with --plain' };
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    return { error: 'the line is no JSON object' };
  const record = value as Readonly<Record<string, unknown>>;
  const mistake = mistakeIn(record);
  return mistake === undefined ? { question: record as unknown as ClassifyQuestion } : { error: mistake };
}

function mistakeIn(record: Readonly<Record<string, unknown>>): string | undefined {
  if (typeof record['text'] !== 'string') return '"text" must be the payee as a text';
  for (const key of ['id', 'mcc'] as const) {
    const value = record[key];
    if (!isAbsent(value) && typeof value !== 'string' && typeof value !== 'number')
      return `"${key}" must be a text or a number`;
  }
  const wrong = TEXTS.find((key) => !isAbsent(record[key]) && typeof record[key] !== 'string');
  return wrong === undefined ? undefined : `"${wrong}" must be a text`;
}

function isAbsent(value: unknown): boolean {
  return value === undefined || value === null;
}
