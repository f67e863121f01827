import { validate } from 'node-cron';
import { z } from 'zod';

import { parseMicros, type Micros } from '../core/money.js';
import { parseMonth, type Month } from '../core/period.js';
import { described } from './schema-mistakes.js';

/** When the agent pulls, where nothing else is said: after midnight's bills, before the working day. */
export const SCHEDULE_DEFAULT = '0 5 * * *';
export const TIME_ZONE_DEFAULT = 'UTC';
const CRON_FIELDS = 5;

/** A cron expression of five fields. */
export function cronExpression(): z.ZodType<string> {
  return described<string>(
    "a cron expression of five fields such as '0 5 * * *' (minute, hour, day, month, weekday)",
    (value) => typeof value === 'string' && value.trim().split(/\s+/).length === CRON_FIELDS && validate(value.trim()),
  );
}

/** The IANA name of a time zone. */
export function timeZone(): z.ZodType<string> {
  return described<string>('a time zone such as Europe/London or UTC', (value) => {
    if (typeof value !== 'string' || value === '') return false;
    try {
      new Intl.DateTimeFormat('en', { timeZone: value });
      return true;
    } catch {
      return false;
    }
  });
}

/** A month, `2025-01`. */
export function month(): z.ZodType<Month> {
  return described<Month>(
    'a month such as 2025-01',
    (value) => typeof value === 'string' && parseMonth(value) !== undefined,
  );
}

const amount = z
  .union([z.number(), z.string()], { error: 'write an amount such as 2.50' })
  .transform((value, context): Micros => {
    const micros = parseMicros(String(value));
    if (micros !== undefined && micros >= 0n) return micros;
    context.issues.push({ code: 'custom', input: value, message: `expected an amount such as 2.50, found "${value}"` });
    return z.NEVER;
  });

/** What the requests of a source may cost, in the currency of the service's price. */
export const ceiling = z.strictObject({ run: amount.optional(), month: amount.optional() });

const isDays = (value: unknown): boolean => Number.isInteger(value) && Number(value) >= 1;
const isPort = (value: unknown): boolean => Number.isInteger(value) && Number(value) >= 0 && Number(value) <= 65_535;
const folder = (fallback: string): z.ZodType<string> =>
  described<string>('the path of a folder', (value) => typeof value === 'string' && value.trim() !== '').default(
    fallback,
  );

/** Raw replies of live services, kept for audits. */
export const archiveSchema = z.strictObject({
  folder: folder('archive'),
  keepDays: described<number>('a number of days, 1 or more', isDays).default(400),
});

/** Forms in which the agent writes the monthly statement. */
const STATEMENT_FORMATS = ['html', 'json', 'csv', 'text'] as const;

/** What `spendshift agent` does. */
export const agentSchema = z.strictObject({
  schedule: cronExpression().default(SCHEDULE_DEFAULT),
  timeZone: timeZone().default(TIME_ZONE_DEFAULT),
  statements: z
    .strictObject({
      folder: folder('statements'),
      formats: z.array(z.enum(STATEMENT_FORMATS)).min(1).default(['html', 'json']),
    })
    .default({ folder: 'statements', formats: ['html', 'json'] }),
  host: described<string>('a host name or address', (value) => typeof value === 'string' && value !== '').default(
    '127.0.0.1',
  ),
  port: described<number>('a port from 0 to 65535', isPort).optional(),
});

export type AgentSettings = z.infer<typeof agentSchema>;
