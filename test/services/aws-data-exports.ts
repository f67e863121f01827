import { addDays, daysBetween, type IsoDate } from '../../src/core/date.js';
import { addMonths, firstDay, lastDay, parseMonth, type Month } from '../../src/core/period.js';
import { BillCalendar } from './bill-calendar.js';
import { awsRows } from './aws-data-exports-data.js';
import type { AwsKeys } from './aws-cost-explorer-signature.js';
import { listObjects, s3Reply, S3_FAULTS, type Bucket, type StoredObject } from './aws-data-exports-s3.js';
import { focusGzip, focusParquet, focusTruth, type FocusRow } from './focus-http-files.js';
import { StrictServer } from './server.js';
import type { RunningChargeStandin, Standin, World } from './standin.js';

const KEYS: AwsKeys = { accessKeyId: 'STANDINS3KEYID000001', secretAccessKey: 'stand-in/s3+secret+key/0123456789abc' };
/** Keys of a session, which need its token. */
const SESSION_KEYS: AwsKeys = {
  accessKeyId: 'STANDINS3SESSION0001',
  secretAccessKey: 'stand-in/s3+session+secret/0123456789',
  sessionToken: 'stand-in-s3-session-token//0123456789==',
};

const BUCKET = 'standin-billing';
const PREFIX = 'finops/exports';
const EXPORT = 'spend-focus';
const ROOT = `${PREFIX}/${EXPORT}`;
const REGION = 'eu-central-1';
/** Data files of one refresh. */
const FILE_COUNT = 2;
/** Days after the end of a month on which its export is still refreshed. */
const REFRESHED_DAYS = 15;
const HOUR_MS = 3_600_000;

/** How the export behaves, where it is not as usual. */
export interface ExportHabits {
  format: 'parquet' | 'csv.gz';
  /** `overwrite`: each refresh has the same keys; otherwise every refresh stays, in a folder of its own. */
  delivery: 'create-new' | 'overwrite';
  /** How the partition is spelled. */
  partition: 'BILLING_PERIOD' | 'billing_period';
  /** A refresh whose first data file is there and whose manifest is not: in this month. */
  refreshing: Month | undefined;
  /** The manifest of this month names a file that is not there. */
  lost: Month | undefined;
  /** The manifest of this month names the files of the month before. */
  confused: Month | undefined;
  /** The manifest of this month is another JSON document. */
  strange: Readonly<Record<string, unknown>> | undefined;
  /** Files of this month hold the rows of the month before. */
  stale: Month | undefined;
  /** There is no manifest of months before this one. */
  since: Month | undefined;
  /** Actions that the credentials may not do. */
  readonly denied: Set<string>;
}

/** An export of an invented company in S3. */
export interface RunningExport extends RunningChargeStandin {
  readonly habits: ExportHabits;
  /** Rows of a month that are shown now. */
  rows(month: Month): readonly FocusRow[];
  /** Every key under a prefix, as a list would give them. */
  keys(prefix: string): readonly string[];
}

/** A refresh of the export of a month: what it shows, and when it was delivered. */
interface Refresh {
  readonly month: Month;
  readonly day: IsoDate;
  readonly corrections: number;
}

class Export {
  readonly habits: ExportHabits = {
    format: 'parquet',
    delivery: 'create-new',
    partition: 'BILLING_PERIOD',
    refreshing: undefined,
    lost: undefined,
    confused: undefined,
    strange: undefined,
    stale: undefined,
    since: undefined,
    denied: new Set(),
  };
  readonly #calendar: BillCalendar<FocusRow[]>;
  readonly #files = new Map<string, Promise<Buffer>>();

  constructor(world: World) {
    this.#calendar = new BillCalendar(world, awsRows);
  }

  get today(): IsoDate {
    return this.#calendar.today;
  }

  months(): Month[] {
    return this.#calendar.months().filter((month) => this.shown(month).length > 0);
  }

  correct(month: Month): void {
    this.#calendar.correct(month);
  }

  /** The rows that a month shows now. */
  shown(month: Month): readonly FocusRow[] {
    const refresh = this.latest(month);
    return refresh === undefined ? [] : this.#rowsOf(refresh);
  }

  latest(month: Month): Refresh | undefined {
    if (!this.#calendar.has(month)) return undefined;
    const last = addDays(lastDay(month), REFRESHED_DAYS);
    const day = this.today < last ? this.today : last;
    const refresh = { month, day, corrections: this.#calendar.corrections(month) };
    return this.#rowsOf(refresh).length === 0 ? undefined : refresh;
  }

  #rowsOf({ month, day, corrections }: Refresh): readonly FocusRow[] {
    return this.#calendar.made(month, corrections).filter(({ shownFrom }) => shownFrom <= day);
  }

  /** Keys of the data files of a refresh. */
  dataKeys({ month, day, corrections }: Refresh): string[] {
    const folder = `${ROOT}/data/${this.habits.partition}=${month}`;
    const time = `0${corrections % 10}:10:0${Math.floor(corrections / 10) % 6}.000Z`;
    const refresh = this.habits.delivery === 'overwrite' ? '' : `/${day}T${time}-5f0e7c1a`;
    const ending = this.habits.format === 'parquet' ? 'snappy.parquet' : 'csv.gz';
    return Array.from({ length: FILE_COUNT }, (_, index) => `${folder}${refresh}/${EXPORT}-0000${index + 1}.${ending}`);
  }

  /** Every refresh of a month that is still there. */
  refreshes(month: Month): Refresh[] {
    const latest = this.latest(month);
    if (latest === undefined) return [];
    const days = daysBetween(firstDay(month), latest.day) + 1;
    const earlier = Array.from({ length: days }, (_, offset) => ({
      month,
      day: addDays(firstDay(month), offset),
      corrections: 0,
    })).filter((refresh) => refresh.day < latest.day && this.#rowsOf(refresh).length > 0);
    return [...earlier, latest];
  }

  keys(prefix: string): string[] {
    return this.months()
      .flatMap((month) => [this.manifestKey(month), ...this.refreshes(month).flatMap((one) => this.dataKeys(one))])
      .filter((key, index, all) => key.startsWith(prefix) && all.indexOf(key) === index);
  }

  manifestKey(month: Month): string {
    return `${ROOT}/metadata/${this.habits.partition}=${month}/${EXPORT}-Manifest.json`;
  }

  find(key: string): StoredObject | undefined {
    const month = parseMonth(/billing_period=([^/]+)\//i.exec(key)?.[1] ?? '');
    const latest = month === undefined ? undefined : this.latest(month);
    if (month === undefined || latest === undefined) return undefined;
    if (key === this.manifestKey(month)) {
      if (this.habits.since !== undefined && month < this.habits.since) return undefined;
      return { modifiedAt: deliveredAt(latest, 2), body: () => Promise.resolve(this.#manifest(latest)) };
    }
    for (const refresh of this.refreshes(month)) {
      const index = this.dataKeys(refresh).indexOf(key);
      if (index === -1) continue;
      const shown = this.habits.delivery === 'overwrite' ? latest : refresh;
      const isNewer = this.habits.refreshing === month && index === 0;
      return { modifiedAt: deliveredAt(shown, isNewer ? 9 : 0), body: () => this.#file(shown, index) };
    }
    return undefined;
  }

  #manifest(refresh: Refresh): Buffer {
    const { month } = refresh;
    const { habits } = this;
    const named = habits.confused === month ? (this.latest(addMonths(month, -1)) ?? refresh) : refresh;
    const keys = this.dataKeys(named);
    if (habits.lost === month) keys.push((keys[0] ?? '').replace('00001', '00009'));
    const manifest = {
      exportArn: `arn:aws:bcm-data-exports:us-east-1:100000000001:export/${EXPORT}-1`,
      billingPeriod: month,
      executionId: `${refresh.day}-${refresh.corrections}`,
      columns: [{ name: 'BilledCost', type: 'double' }],
      dataFiles: keys.map((key) => `s3://${BUCKET}/${key}`),
    };
    return Buffer.from(JSON.stringify(habits.strange ?? manifest));
  }

  #file(refresh: Refresh, index: number): Promise<Buffer> {
    const { month, day, corrections } = refresh;
    const isStale = this.habits.stale === month;
    const name = [month, day, corrections, index, this.habits.format, isStale].join(' ');
    const known = this.#files.get(name);
    if (known !== undefined) return known;
    const rows = isStale ? this.shown(addMonths(month, -1)) : this.#rowsOf(refresh);
    const part = rows.filter((_, at) => at % FILE_COUNT === index);
    const made = this.habits.format === 'parquet' ? focusParquet(part) : Promise.resolve(focusGzip(part));
    this.#files.set(name, made);
    return made;
  }
}

/** Files come first, the manifest some hours later. */
function deliveredAt({ day, corrections }: Refresh, hours: number): Date {
  return new Date(Date.parse(day) + corrections * 60_000 + hours * HOUR_MS);
}

async function start(world: World): Promise<RunningExport> {
  const made = new Export(world);
  const server = await StrictServer.start((request) => s3Reply(request, bucketOf(made)), S3_FAULTS);
  return {
    server,
    settings: {
      bucket: BUCKET,
      prefix: PREFIX,
      exportName: EXPORT,
      region: REGION,
      accessKeyId: 'env:S3_STANDIN_ACCESS_KEY_ID',
      secretAccessKey: 'env:S3_STANDIN_SECRET_ACCESS_KEY',
      endpoint: server.url,
    },
    secrets: {
      S3_STANDIN_ACCESS_KEY_ID: KEYS.accessKeyId,
      S3_STANDIN_SECRET_ACCESS_KEY: KEYS.secretAccessKey,
      S3_STANDIN_SESSION_KEY_ID: SESSION_KEYS.accessKeyId,
      S3_STANDIN_SESSION_SECRET: SESSION_KEYS.secretAccessKey,
      S3_STANDIN_SESSION_TOKEN: SESSION_KEYS.sessionToken ?? '',
    },
    habits: made.habits,
    months: () => made.months(),
    truth: (month) => focusTruth(made.shown(month)),
    restate: (month) => {
      made.correct(month);
    },
    rows: (month) => made.shown(month),
    keys: (prefix) => made.keys(prefix),
  };
}

function bucketOf(made: Export): Bucket {
  return {
    name: BUCKET,
    region: REGION,
    known: [KEYS, SESSION_KEYS],
    denied: made.habits.denied,
    find: (key) => made.find(key),
    list: (request) => listObjects(request, BUCKET, made.keys('')),
  };
}

export default { connector: 'aws-data-exports', start } satisfies Standin<RunningExport>;
