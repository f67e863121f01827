import { z } from 'zod';

import { endpoint } from '../../src/connector/endpoint.js';
import { focusRules } from '../../src/connector/focus/settings.js';
import { secret } from '../../src/connector/secret.js';
import type { Month } from '../../src/core/period.js';
import { addressOf, isHalfNamed, namesMonth, unknownPlaceholders } from './addresses.js';

/** Files of one month; more are better read from the vendor's own interface. */
const URLS_MAX = 50;
/** Months before the current one that may be asked for where a vendor keeps all. */
export const HISTORY_MONTHS_MAX = 1_200;
const ANY_MONTH = '2000-01' as Month;
const HEADER = /^[A-Za-z0-9!#$%&'*+.^_`|~-]+$/;
/** A vendor closes a bill some days after the month; corrections that come later are read all the same. */
const SETTLED_AFTER_DAYS = 10;

const address = z.string().superRefine((template, context) => {
  const wrong = (message: string): void => {
    context.addIssue({ code: 'custom', message });
  };
  const [unknown] = unknownPlaceholders(template);
  if (unknown !== undefined) {
    wrong(`{${unknown}} stands for nothing; write {year} and {month}, or {from}, {last} and {to}`);
    return;
  }
  const checked = endpoint().safeParse(addressOf(template, ANY_MONTH));
  if (!checked.success) wrong(checked.error.issues[0]?.message ?? 'this is no address');
  if (isHalfNamed(template)) wrong('{year} and {month} go together: alone they do not tell one month from all others');
});

/** Settings of a `focus-http` source. */
export const focusHttpSettings = z
  .strictObject({
    urls: z.preprocess(
      (value) => (typeof value === 'string' ? [value] : value),
      z.array(address, { error: 'write an address, or a list of them' }).min(1).max(URLS_MAX),
    ),
    token: secret('the token').optional(),
    username: z.string().min(1).optional(),
    password: secret('the password').optional(),
    header: z.string().regex(HEADER, 'write the name of a header, such as X-Api-Key').optional(),
    headerValue: secret('the value of the header').optional(),
    historyMonths: z.int({ error: 'write a whole number of months' }).min(0).max(HISTORY_MONTHS_MAX).optional(),
    settledAfterDays: z
      .int({ error: 'write a whole number of days' })
      .min(0)
      .max(366, 'at most a year')
      .default(SETTLED_AFTER_DAYS),
    ...focusRules,
  })
  .superRefine((settings, context) => {
    const wrong = (path: string, message: string): void => {
      context.addIssue({ code: 'custom', path: [path], message });
    };
    const { urls, token, username, password, header, headerValue, historyMonths } = settings;
    if (new Set(urls).size < urls.length) wrong('urls', 'an address stands there twice: its money would count twice');
    const named = urls.filter(namesMonth).length;
    if (named > 0 && named < urls.length) {
      wrong('urls', 'some addresses name a month and some do not; make two sources of them');
    }
    if (named === 0 && historyMonths === undefined) {
      wrong('historyMonths', 'write how many whole months before the current one files without a month always hold');
    }
    if ((username === undefined) !== (password === undefined)) {
      wrong(username === undefined ? 'username' : 'password', 'a user name and a password go together');
    }
    if ((header === undefined) !== (headerValue === undefined)) {
      wrong(header === undefined ? 'header' : 'headerValue', 'a header and its value go together');
    }
    if ([token, username, header].filter((way) => way !== undefined).length > 1) {
      wrong('token', 'write one of token, username and header');
    }
  });

export type FocusHttpSettings = z.infer<typeof focusHttpSettings>;

/** Whether each month has files of its own; otherwise all months are in the same files. */
export function hasMonthFiles({ urls }: Pick<FocusHttpSettings, 'urls'>): boolean {
  return urls.every(namesMonth);
}
