import { z } from 'zod';

import { SPEND_KINDS, type SourceKind } from '../core/charge.js';
import { isCurrency } from '../core/currency.js';
import { agentSchema, archiveSchema, ceiling, cronExpression, month, timeZone } from './schema-agent.js';
import { described, foundWords } from './schema-mistakes.js';

const text = (words: string): z.ZodType<string> =>
  described<string>(words, (value) => typeof value === 'string' && value.trim() !== '');
const file = (): z.ZodType<string> => text('the path of a file');

const isMonthNumber = (value: unknown): boolean => Number.isInteger(value) && Number(value) >= 1 && Number(value) <= 12;
const isShare = (value: unknown): boolean => typeof value === 'number' && value >= 0 && value <= 1;

const currency = z.custom<string>((value) => typeof value === 'string' && isCurrency(value), {
  error: ({ input }) => {
    if (input === undefined) return 'is missing: write the ISO 4217 code of the reporting currency, for example EUR';
    const upper = typeof input === 'string' ? input.trim().toUpperCase() : '';
    const hint = isCurrency(upper) ? `; write ${upper}` : '';
    return `expected a currency code of ISO 4217 such as EUR, found ${foundWords(input)}${hint}`;
  },
});

/** Keys of a source that belong to no connector. */
export const sourceSchema = z.looseObject({
  connector: text('the id of a connector'),
  title: text('a text').optional(),
  kind: described<SourceKind>(`one of ${SPEND_KINDS.join(', ')}`, (value) =>
    SPEND_KINDS.some((kind) => kind === value),
  ).optional(),
  schedule: cronExpression().optional(),
  timeZone: timeZone().optional(),
  since: month().optional(),
  ceiling: ceiling.optional(),
});

/** `spendshift.yaml` as a whole; see docs/workspace.md. An absent optional key and an empty one are the same. */
export const workspaceSchema = z.strictObject({
  company: text('the name of the company'),
  currency,
  fiscalYearStart: described<number>('a month number 1 to 12', isMonthNumber).default(1),
  functions: file().optional(),
  vendors: file().optional(),
  rates: file().optional(),
  ledger: file().default('ledger.sqlite'),
  confidenceBar: described<number>('a number from 0 to 1', isShare).default(0.7),
  connectors: z.array(text('the path of a module, or the name of a package')).nullish(),
  archive: archiveSchema.nullish(),
  agent: agentSchema.nullish(),
  sources: z.record(z.string(), z.unknown()).nullish(),
  ownership: z
    .strictObject({
      costCenters: file().optional(),
      accounts: file().optional(),
      tags: file().optional(),
      people: file().optional(),
      ledgerAccounts: file().optional(),
      sanctioned: file().optional(),
      decisions: file().optional(),
      rules: file().optional(),
    })
    .nullish(),
});

export type WorkspaceFile = z.infer<typeof workspaceSchema>;
