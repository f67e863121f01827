import type { IsoDate } from '../../src/core/date.js';
import { monthOf, parseMonth, type Month } from '../../src/core/period.js';
import { BillCalendar } from './bill-calendar.js';
import { monthRows, type BillPart } from './focus-http-data.js';
import { focusCsv, focusGzip, focusParquet, focusTruth, truthOf, type FocusRow } from './focus-http-files.js';
import { startBucket, type RunningBucket } from './focus-http-s3.js';
import { Refusal, StrictServer, type FaultReplies, type ServiceReply, type ServiceRequest } from './server.js';
import type { RunningChargeStandin, Standin, TrueTotal, World } from './standin.js';

const TOKEN = 'standin-cloudfarm-token-0123456789';
/** The files a month has. */
const FILES = ['usage.csv.gz', 'marketplace.parquet'] as const;
type FileName = (typeof FILES)[number];

/** How the vendor behaves, where it is not as usual. */
export interface VendorHabits {
  /** Files of these endings are not there. */
  readonly missing: Set<FileName>;
  /** `transfer`: the web server packs plain CSV on its way, and the file comes unpacked. */
  packing: 'file' | 'transfer';
  /** What comes in the place of a file of usage. */
  instead: ServiceReply | undefined;
  /** How the caller must show who it is. */
  access: 'token' | 'basic' | 'header' | 'none';
  /** Where the marketplace file sends on to, in the place of the storage. */
  redirect: string | undefined;
}

/** A vendor that offers its bill as FOCUS files. */
export interface RunningVendor extends RunningChargeStandin {
  readonly habits: VendorHabits;
  readonly storage: StrictServer;
  /** Object storage with the rest of the bill: the fees of support. */
  readonly bucket: RunningBucket;
  /** Rows of the files of a month now. */
  rows(month: Month): readonly FocusRow[];
  /** What a month comes to where cash is of the billing month and accrual of the month of the charge. */
  truthByMonths(month: Month): ReadonlyMap<string, TrueTotal>;
}

class Vendor {
  readonly habits: VendorHabits = {
    missing: new Set(),
    packing: 'file',
    instead: undefined,
    access: 'token',
    redirect: undefined,
  };
  readonly #calendar: BillCalendar<ReturnType<typeof monthRows>>;
  readonly #files = new Map<string, Promise<Buffer>>();

  constructor(world: World) {
    this.#calendar = new BillCalendar(world, monthRows);
  }

  get today(): IsoDate {
    return this.#calendar.today;
  }

  months(): Month[] {
    return this.#calendar.months().filter((month) => this.rows(month).length > 0);
  }

  correct(month: Month): void {
    this.#calendar.correct(month);
  }

  rows(month: Month): FocusRow[] {
    return [...this.part(month, 'usage'), ...this.part(month, 'marketplace'), ...this.part(month, 'support')];
  }

  part(month: Month, name: BillPart): FocusRow[] {
    if (!this.#calendar.has(month)) return [];
    const corrections = this.#calendar.corrections(month);
    return this.#calendar.made(month, corrections)[name].filter(({ shownFrom }) => shownFrom <= this.today);
  }

  /** Cash in the billing month and accrual in the charge month, from all months there are. */
  truthByMonths(month: Month): Map<string, TrueTotal> {
    const all = this.months().flatMap((one) => this.rows(one));
    const parts = all.map((one) => ({
      row: one,
      cash: one.billingPeriod === month ? one.billed : 0n,
      accrual: monthOf(one.chargedOn) === month ? one.effective : 0n,
      isHere: one.billingPeriod === month || monthOf(one.chargedOn) === month,
    }));
    return truthOf(parts.filter(({ isHere }) => isHere));
  }

  parquet(month: Month, name: BillPart): Promise<Buffer> {
    const key = `${name} ${month} ${this.today} ${this.#calendar.corrections(month)}`;
    const made = this.#files.get(key) ?? focusParquet(this.part(month, name));
    this.#files.set(key, made);
    return made;
  }

  everything(): Promise<Buffer> {
    return focusParquet(this.months().flatMap((month) => this.rows(month)));
  }
}

function problem(status: number, title: string, detail: string): ServiceReply {
  return { status, headers: { 'content-type': 'application/problem+json' }, body: { title, detail, status } };
}

const FAULTS: FaultReplies = {
  throttled: { ...problem(429, 'Too Many Requests', 'slow down'), headers: { 'retry-after': '7' } },
  'server-error': problem(500, 'Internal Server Error', 'something went wrong'),
  expired: problem(401, 'Unauthorized', 'the token has expired'),
  forbidden: problem(403, 'Forbidden', 'the token may not read billing files'),
};

const ACCESS: Readonly<Record<VendorHabits['access'], readonly [header: string, value: string] | undefined>> = {
  token: ['authorization', `Bearer ${TOKEN}`],
  basic: ['authorization', `Basic ${Buffer.from(`finance:${TOKEN}`).toString('base64')}`],
  header: ['x-api-key', TOKEN],
  none: undefined,
};

function refuse(status: number, title: string, detail: string): Refusal {
  return new Refusal(`${title}: ${detail}`, problem(status, title, detail));
}

async function reply(request: ServiceRequest, vendor: Vendor, storage: () => StrictServer): Promise<ServiceReply> {
  const { habits } = vendor;
  if (request.method !== 'GET') throw refuse(405, 'Method Not Allowed', request.method);
  const [header, value] = ACCESS[habits.access] ?? [];
  if (header !== undefined && request.headers[header] !== value)
    throw refuse(401, 'Unauthorized', 'the token is not known');
  if (request.path === '/billing/focus/all.parquet') return { body: await vendor.everything() };
  const match = /^\/billing\/focus\/(\d{4})\/(\d{2})\/(.+)$/.exec(request.path);
  const name = FILES.find((file) => file === match?.[3]);
  const month = parseMonth(`${match?.[1] ?? ''}-${match?.[2] ?? ''}`);
  if (name === undefined || month === undefined) throw refuse(404, 'Not Found', request.path);
  if (habits.missing.has(name) || vendor.rows(month).length === 0)
    return problem(404, 'Not Found', 'there is no file of this month');
  if (name === 'usage.csv.gz') return usageReply(request, vendor, month);
  // Large files lie in a storage, whose address is good for a short time and carries its own proof.
  const location = habits.redirect ?? `${storage().url}/signed/${month}?signature=standin`;
  return { status: 302, headers: { location }, body: '' };
}

function usageReply(request: ServiceRequest, vendor: Vendor, month: Month): ServiceReply {
  if (vendor.habits.instead !== undefined) return vendor.habits.instead;
  const rows = vendor.part(month, 'usage');
  if (vendor.habits.packing === 'file')
    return { headers: { 'content-type': 'application/gzip' }, body: focusGzip(rows) };
  const isPacked = (request.headers['accept-encoding'] ?? '').includes('gzip');
  return isPacked
    ? { headers: { 'content-type': 'text/csv', 'content-encoding': 'gzip' }, body: focusGzip(rows) }
    : { headers: { 'content-type': 'text/csv' }, body: focusCsv(rows) };
}

async function storageReply(request: ServiceRequest, vendor: Vendor): Promise<ServiceReply> {
  // A signed address and credentials beside it are refused, as object storages do.
  if (request.headers['authorization'] !== undefined || request.headers['x-api-key'] !== undefined) {
    throw refuse(400, 'InvalidArgument', 'only one way of authentication is allowed');
  }
  const month = parseMonth(/^\/signed\/(.+)$/.exec(request.path)?.[1] ?? '');
  if (month === undefined || request.query.get('signature') !== 'standin')
    throw refuse(403, 'Forbidden', 'the signature does not match');
  return { headers: { 'content-type': 'binary/octet-stream' }, body: await vendor.parquet(month, 'marketplace') };
}

async function start(world: World): Promise<RunningVendor> {
  const vendor = new Vendor(world);
  const storage = await StrictServer.start((request) => storageReply(request, vendor), FAULTS);
  const server = await StrictServer.start((request) => reply(request, vendor, () => storage), FAULTS);
  const bucket = await startBucket({
    months: () => vendor.months(),
    files: { 'support.parquet': (month) => vendor.parquet(month, 'support') },
  });
  return {
    server,
    others: [storage, bucket.server],
    storage,
    bucket,
    settings: {
      urls: [...FILES.map((name) => `${server.url}/billing/focus/{year}/{month}/${name}`), bucket.folder],
      token: 'env:CLOUDFARM_STANDIN_TOKEN',
      ...bucket.settings,
    },
    secrets: { CLOUDFARM_STANDIN_TOKEN: TOKEN, ...bucket.secrets },
    habits: vendor.habits,
    months: () => vendor.months(),
    truth: (month) => focusTruth(vendor.rows(month)),
    truthByMonths: (month) => vendor.truthByMonths(month),
    restate: (month) => {
      vendor.correct(month);
    },
    rows: (month) => vendor.rows(month),
  };
}

export default { connector: 'focus-http', start } satisfies Standin<RunningVendor>;
