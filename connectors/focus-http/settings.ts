import { z } from 'zod';

import { endpoint } from '../../src/connector/endpoint.js';
import { focusRules } from '../../src/connector/focus/settings.js';
import { isS3Folder, parseS3Address } from '../../src/connector/s3/address.js';
import { checkS3Settings, s3Settings } from '../../src/connector/s3/settings.js';
import { secret } from '../../src/connector/secret.js';
import type { Month } from '../../src/core/period.js';
import { addressOf, isHalfNamed, namesMonth, unknownPlaceholders } from './addresses.js';

/** Files of one month; more are better read from the vendor's own interface. */
const URLS_MAX = 50;
/** Months before the current one that may be asked for where a vendor keeps all. */
export const HISTORY_MONTHS_MAX = 1_200;
const ANY_MONTH = '2000-01' as Month;
const HEADER = /^[A-Za-z0-9!#$%&'*+.^_`|~-]+$/;
/** Names of buckets of Amazon and of the services that are like it; some of those take capitals and underscores. */
const BUCKET = /^[A-Za-z0-9][A-Za-z0-9._-]{1,220}[A-Za-z0-9]$/;
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
  const mistake = addressMistake(addressOf(template, ANY_MONTH));
  if (mistake !== undefined) wrong(mistake);
  if (isHalfNamed(template)) wrong('{year} and {month} go together: alone they do not tell one month from all others');
});

function addressMistake(url: string): string | undefined {
  if (!url.startsWith('s3:')) {
    const checked = endpoint().safeParse(url);
    if (checked.success) return undefined;
    return `${checked.error.issues[0]?.message ?? 'this is no address'}; in object storage, s3://bucket/path`;
  }
  const place = parseS3Address(url);
  if (place === undefined) return 'write s3://bucket/path; a path that ends in a slash stands for all files below it';
  if (!BUCKET.test(place.bucket)) return `"${place.bucket}" is no name of a bucket`;
  const parts = place.key.split('/');
  return parts.includes('.') || parts.includes('..') ? 'write the path inside the bucket, without . and ..' : undefined;
}

/** Settings that only one kind of address takes. */
const HTTPS_ONLY = ['token', 'username', 'password', 'header', 'headerValue'] as const;
const S3_ONLY = ['region', 'accessKeyId', 'secretAccessKey', 'sessionToken', 'profile', 'endpoint'] as const;

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
    ...s3Settings,
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
    checkOverlap(urls, wrong);
    checkKinds(settings, wrong);
    checkS3Settings(settings, wrong);
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

type Wrong = (path: string, message: string) => void;

/** Refuses files that two addresses give: their money would count twice. */
function checkOverlap(templates: readonly string[], wrong: Wrong): void {
  const urls = templates.map((template) => addressOf(template, ANY_MONTH));
  if (new Set(urls).size < urls.length) wrong('urls', 'an address stands there twice: its money would count twice');
  for (const folder of urls.filter(isFolder)) {
    const inside = urls.findIndex((url) => url !== folder && url.startsWith(folder));
    if (inside === -1) continue;
    const message = `${templates[inside] ?? ''} lies in a folder that stands there as well: its money would count twice`;
    wrong('urls', message);
  }
}

function isFolder(url: string): boolean {
  const place = parseS3Address(url);
  return place !== undefined && isS3Folder(place);
}

type KindSettings = Readonly<Partial<Record<(typeof HTTPS_ONLY | typeof S3_ONLY)[number], unknown>>>;

/** Refuses settings of a kind of address that no address is of: they would do nothing, and that would go unseen. */
function checkKinds(settings: KindSettings & { readonly urls: readonly string[] }, wrong: Wrong): void {
  const storedCount = settings.urls.filter((url) => parseS3Address(url) !== undefined).length;
  const refuse = (keys: readonly (keyof KindSettings)[], message: string): void => {
    for (const key of keys) if (settings[key] !== undefined) wrong(key, `\`${key}\` ${message}`);
  };
  if (storedCount === 0) refuse(S3_ONLY, 'is for object storage, and no address begins with s3://; take it out');
  if (storedCount === settings.urls.length) {
    refuse(HTTPS_ONLY, 'is sent to https:// addresses, of which there are none; s3:// takes access keys or a profile');
  }
}

export type FocusHttpSettings = z.infer<typeof focusHttpSettings>;

/** Whether each month has files of its own; otherwise all months are in the same files. */
export function hasMonthFiles({ urls }: Pick<FocusHttpSettings, 'urls'>): boolean {
  return urls.every(namesMonth);
}
