import { addDays, type IsoDate } from '../../src/core/date.js';
import { addMonths, firstDay, lastDay, parseMonth, type Month } from '../../src/core/period.js';
import { createRandom } from '../../src/core/random.js';
import { BillCalendar } from './bill-calendar.js';
import { getBlob, listBlobs, storageError, storageRefusal, type StoredBlob } from './azure-cost-exports-blobs.js';
import { azureRows } from './azure-cost-exports-data.js';
import { CLIENT, EntraLogin, TENANT } from './azure-login.js';
import { focusGzip, focusParquet, focusTruth, type FocusRow } from './focus-http-files.js';
import { StrictServer, type FaultReplies, type ServiceReply, type ServiceRequest } from './server.js';
import type { RunningChargeStandin, Standin, World } from './standin.js';

const CONTAINER = 'cost-exports';
const ROOT = 'finops/standin';
const DAILY = 'spend-daily';
const MONTHLY = 'spend-monthly';
const SCOPE = '/providers/Microsoft.Billing/billingAccounts/7c05a543:ab12_2019-05-31';
/** Data files of one run. */
const FILE_COUNT = 2;
/** Days between the runs that are kept. */
const RUN_DAYS = 6;
/** The monthly export runs on this day of the next month, when the invoice is made. */
const CLOSED_DAYS = 5;
const HOUR_MS = 3_600_000;

/** How the exports behave, where it is not as usual. */
export interface AzureExportHabits {
  format: 'csv.gz' | 'parquet';
  /** `OverwritePreviousReport`: a run takes the place of the one before; otherwise every run stays. */
  delivery: 'CreateNewReport' | 'OverwritePreviousReport';
  /** The first data file of this month's newest run is newer than its manifest. */
  refreshing: Month | undefined;
  /** The manifest of this month names a file that is not there. */
  lost: Month | undefined;
  /** Files of this month hold the rows of the month before. */
  stale: Month | undefined;
  /** There are no runs of months before this one. */
  since: Month | undefined;
  /** A run of some days of a month that a person asked for when the month was long over; its rows are the month's till then. */
  chosen: { readonly exportName: string; readonly month: Month; readonly lastDay: IsoDate } | undefined;
  /** What is different in every manifest. */
  manifest: (manifest: ManifestJson) => unknown;
  /** Whether the credentials may read blobs. */
  mayRead: boolean;
}

export interface ManifestJson {
  readonly manifestVersion: string;
  readonly exportConfig: { readonly exportName: string; readonly resourceId: string; readonly type: string };
  readonly runInfo: Readonly<Record<'submittedTime' | 'runId' | 'startDate' | 'endDate', string>>;
  readonly blobs: readonly { readonly blobName: string; readonly byteCount: number; readonly dataRowCount: number }[];
}

/** The exports of an invented company in Blob storage. */
export interface RunningAzureExports extends RunningChargeStandin {
  readonly login: StrictServer;
  readonly habits: AzureExportHabits;
  /** Rows of a month that its newest run shows. */
  rows(month: Month): readonly FocusRow[];
  /** The path of every blob below a prefix. */
  names(prefix: string): readonly string[];
}

/** A run of an export: what it shows, and when it was made. */
interface Run {
  readonly exportName: string;
  readonly month: Month;
  readonly day: IsoDate;
  readonly corrections: number;
  /** The last day that it covers, where that is not the end of the month. */
  readonly lastDay?: IsoDate;
}

class Exports {
  readonly habits: AzureExportHabits = {
    format: 'csv.gz',
    delivery: 'CreateNewReport',
    refreshing: undefined,
    lost: undefined,
    stale: undefined,
    since: undefined,
    chosen: undefined,
    manifest: (manifest) => manifest,
    mayRead: true,
  };
  readonly #calendar: BillCalendar<FocusRow[]>;
  readonly #seed: number;
  readonly #files = new Map<string, Promise<Buffer>>();

  constructor(world: World) {
    this.#calendar = new BillCalendar(world, azureRows);
    this.#seed = world.seed;
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

  shown(month: Month): readonly FocusRow[] {
    const run = this.runs(month).at(-1);
    return run === undefined ? [] : this.#rowsOf(run);
  }

  /** The runs of a month that are there, oldest first: daily ones of the month to date, and one when it is over. */
  runs(month: Month): Run[] {
    if (month < this.#calendar.first || month < (this.habits.since ?? month)) return [];
    const latest = this.#calendar.corrections(month);
    const last = lastDay(month);
    const runs: Run[] = [];
    for (let day = addDays(firstDay(month), 1); day <= last && day <= this.today; day = addDays(day, 1)) {
      runs.push({ exportName: DAILY, month, day, corrections: 0 });
    }
    const closedOn = addDays(last, CLOSED_DAYS);
    if (closedOn <= this.today) runs.push({ exportName: MONTHLY, month, day: closedOn, corrections: 0 });
    const shown = runs.filter(({ day }) => this.#calendar.made(month, 0).some(({ shownFrom }) => shownFrom <= day));
    const kept = shown.filter((_, at) => at % RUN_DAYS === 0 || at === shown.length - 1);
    const newest = kept.pop();
    if (newest === undefined) return [];
    const all = [...kept, { ...newest, corrections: latest }];
    const isLastOfItsExport = (run: Run, at: number): boolean =>
      !all.slice(at + 1).some(({ exportName }) => exportName === run.exportName);
    return this.habits.delivery === 'CreateNewReport' ? all : all.filter(isLastOfItsExport);
  }

  /** All runs of a month, those too that a person asked for. */
  #stored(month: Month): Run[] {
    const { chosen } = this.habits;
    const day = addDays(lastDay(month), CLOSED_DAYS + 1);
    return [
      ...this.runs(month),
      ...(chosen?.month === month && day <= this.today ? [{ ...chosen, day, corrections: 0 }] : []),
    ];
  }

  names(prefix: string): string[] {
    const months = prefix === '' ? this.months() : [monthIn(prefix)].filter((month) => month !== undefined);
    return months
      .flatMap((month) => this.#stored(month))
      .flatMap((run) => [`${this.#folder(run)}/manifest.json`, ...this.#dataNames(run)])
      .filter((name) => name.startsWith(prefix));
  }

  find(name: string): StoredBlob | undefined {
    const month = monthIn(name);
    if (month === undefined) return undefined;
    for (const run of this.#stored(month)) {
      if (!name.startsWith(`${this.#folder(run)}/`)) continue;
      const index = this.#dataNames(run).indexOf(name);
      if (name.endsWith('/manifest.json')) return { modifiedAt: madeAt(run, 2), body: () => this.#manifest(run) };
      if (index === -1) return undefined;
      const isNewer = this.habits.refreshing === month && index === 0;
      return { modifiedAt: madeAt(run, isNewer ? 9 : 1), body: () => this.#file(run, index) };
    }
    return undefined;
  }

  #rowsOf({ month, day, corrections, lastDay: last = day }: Run): readonly FocusRow[] {
    const rows = this.#calendar.made(month, corrections);
    return rows.filter(({ shownFrom, chargedOn }) => shownFrom <= day && chargedOn <= last);
  }

  #folder(run: Run): string {
    const { exportName, month, day, corrections } = run;
    const compact = `${firstDay(month).replaceAll('-', '')}-${(run.lastDay ?? lastDay(month)).replaceAll('-', '')}`;
    const id = createRandom(this.#seed, `${exportName} ${month} ${day} ${corrections}`).letters(12);
    const time = this.habits.delivery === 'CreateNewReport' ? `/${day.replaceAll('-', '')}0600` : '';
    return `${ROOT}/${exportName}/${compact}${time}/${id}`;
  }

  #dataNames(run: Run): string[] {
    const ending = this.habits.format === 'parquet' ? 'snappy.parquet' : 'csv.gz';
    return Array.from({ length: FILE_COUNT }, (_, index) => `${this.#folder(run)}/part_${index}_0001.${ending}`);
  }

  async #manifest(run: Run): Promise<Buffer> {
    const { month, day, exportName } = run;
    const names = this.#dataNames(run);
    const bodies = await Promise.all(names.map((_, index) => this.#file(run, index)));
    const blobs = names.map((blobName, index) => ({
      blobName,
      byteCount: bodies[index]?.length ?? 0,
      dataRowCount: this.#part(run, index).length,
    }));
    if (this.habits.lost === month) {
      blobs.push({ blobName: `${this.#folder(run)}/part_9_0001.csv.gz`, byteCount: 1, dataRowCount: 1 });
    }
    const last = run.lastDay ?? lastDay(month);
    const manifest = {
      manifestVersion: '2024-04-01',
      byteCount: blobs.reduce((sum, { byteCount }) => sum + byteCount, 0),
      blobCount: blobs.length,
      dataRowCount: blobs.reduce((sum, { dataRowCount }) => sum + dataRowCount, 0),
      exportConfig: {
        exportName,
        resourceId: `${SCOPE}/providers/Microsoft.CostManagement/exports/${exportName}`,
        dataVersion: '1.2-preview',
        apiVersion: '2023-07-01-preview',
        type: 'FocusCost',
        timeFrame: exportName === DAILY ? 'MonthToDate' : 'TheLastMonth',
        granularity: 'Daily',
      },
      deliveryConfig: {
        partitionData: true,
        dataOverwriteBehavior: this.habits.delivery,
        fileFormat: this.habits.format === 'parquet' ? 'Parquet' : 'Csv',
        compressionMode: this.habits.format === 'parquet' ? 'snappy' : 'gzip',
        containerUri: '/subscriptions/1/resourceGroups/standin/providers/Microsoft.Storage/storageAccounts/standin',
        rootFolderPath: ROOT,
      },
      runInfo: {
        executionType: 'Scheduled',
        submittedTime: `${day}T05:33:03.1032074Z`,
        runId: this.#folder(run).split('/').at(-1) ?? '',
        startDate: `${firstDay(month)}T00:00:00`,
        endDate: `${day < last ? day : last}T00:00:00Z`,
      },
      blobs,
    };
    return Buffer.from(JSON.stringify(this.habits.manifest(manifest)));
  }

  #part(run: Run, index: number): readonly FocusRow[] {
    const rows = this.habits.stale === run.month ? this.shown(addMonths(run.month, -1)) : this.#rowsOf(run);
    return rows.filter((_, at) => at % FILE_COUNT === index);
  }

  #file(run: Run, index: number): Promise<Buffer> {
    const { month, day, corrections, lastDay: last = '' } = run;
    const name = [month, day, last, corrections, index, this.habits.format, this.habits.stale === month].join(' ');
    const known = this.#files.get(name);
    if (known !== undefined) return known;
    const part = this.#part(run, index);
    const made = this.habits.format === 'parquet' ? focusParquet(part) : Promise.resolve(focusGzip(part));
    this.#files.set(name, made);
    return made;
  }
}

function monthIn(name: string): Month | undefined {
  const match = /\/(\d{4})(\d{2})01-/.exec(name);
  return parseMonth(`${match?.[1] ?? ''}-${match?.[2] ?? ''}`);
}

/** Files come first, the manifest an hour later. */
function madeAt({ day, corrections }: Run, hours: number): Date {
  return new Date(Date.parse(day) + corrections * 60_000 + hours * HOUR_MS);
}

const FAULTS: FaultReplies = {
  throttled: {
    ...storageError(
      503,
      'ServerBusy',
      'The server is currently unable to receive requests. Please retry your request.',
    ),
  },
  'server-error': storageError(500, 'InternalError', 'Server encountered an internal error.'),
  expired: storageError(401, 'InvalidAuthenticationInfo', 'Lifetime validation failed. The token is expired.'),
  forbidden: storageError(403, 'AuthorizationPermissionMismatch', 'This request is not authorized.'),
};

async function reply(request: ServiceRequest, made: Exports, login: EntraLogin): Promise<ServiceReply> {
  if (!login.knows(request)) throw storageRefusal(401, 'InvalidAuthenticationInfo', 'The token is not valid.');
  // Before this version the storage takes no tokens.
  if ((request.headers['x-ms-version'] ?? '') < '2017-11-09')
    throw storageRefusal(400, 'InvalidHeaderValue', 'x-ms-version');
  const [, container = '', ...rest] = request.path.split('/');
  if (request.method !== 'GET') throw storageRefusal(405, 'UnsupportedHttpVerb', 'The resource does not support it.');
  if (container !== CONTAINER) return storageError(404, 'ContainerNotFound', 'The specified container does not exist.');
  if (!made.habits.mayRead) return FAULTS.forbidden;
  const name = rest.join('/');
  if (name === '') {
    if (request.query.get('restype') !== 'container' || request.query.get('comp') !== 'list')
      throw storageRefusal(400, 'InvalidQueryParameterValue', 'comp');
    const prefix = request.query.get('prefix') ?? '';
    return listBlobs(request, CONTAINER, made.names(prefix), (one) => made.find(one));
  }
  const blob = made.find(name);
  return blob === undefined
    ? storageError(404, 'BlobNotFound', 'The specified blob does not exist.')
    : getBlob(request, blob);
}

async function start(world: World): Promise<RunningAzureExports> {
  const made = new Exports(world);
  const secret = `Az8Q~${createRandom(world.seed, 'azure exports secret').letters(34)}`;
  const entra = new EntraLogin(world, secret, 'https://storage.azure.com');
  const login = await entra.start();
  const server = await StrictServer.start((request) => reply(request, made, entra), FAULTS);
  return {
    server,
    login,
    others: [login],
    settings: {
      account: 'standin',
      container: CONTAINER,
      directory: ROOT,
      exportNames: [DAILY, MONTHLY],
      tenantId: TENANT,
      clientId: CLIENT,
      clientSecret: 'env:AZURE_EXPORTS_CLIENT_SECRET',
      tags: ['CostCenter'],
      endpoint: server.url,
      loginEndpoint: login.url,
    },
    secrets: { AZURE_EXPORTS_CLIENT_SECRET: secret },
    habits: made.habits,
    months: () => made.months(),
    truth: (month) => focusTruth(made.shown(month)),
    restate: (month) => {
      made.correct(month);
    },
    rows: (month) => made.shown(month),
    names: (prefix) => made.names(prefix),
  };
}

export default { connector: 'azure-cost-exports', start } satisfies Standin<RunningAzureExports>;
