import { firstDay, type Month } from '../../src/core/period.js';
import type { AwsKeys } from './aws-cost-explorer-signature.js';
import { listObjects, listReply, s3Reply, S3_FAULTS, type Bucket, type StoredObject } from './aws-data-exports-s3.js';
import { StrictServer, type ServiceReply, type ServiceRequest } from './server.js';

const KEYS: AwsKeys = { accessKeyId: 'STANDINFOCUSKEY00001', secretAccessKey: 'stand-in/focus+secret+key/0123456789' };
/** Keys of a session, which need its token. */
const SESSION_KEYS: AwsKeys = {
  accessKeyId: 'STANDINFOCUSSESSION1',
  secretAccessKey: 'stand-in/focus+session+secret/0123456',
  sessionToken: 'stand-in-focus-session-token//0123456789==',
};
const BUCKET = 'standin-bills';
const REGION = 'eu-central-1';

/** How the bucket behaves, where it is not as usual. */
export interface BucketHabits {
  /** Objects of a month beside the files of the bill; `''` is the empty object that stands for the folder. */
  readonly beside: Set<string>;
  /** Names of objects that are in the list and not there. */
  readonly gone: Set<string>;
  /** What is in the place of every file. */
  instead: Buffer | undefined;
  /** Keys of one page of a list, where it is not a thousand. */
  pageKeysMax: number | undefined;
  /** How lists are wrong: see `wrongList`. */
  list: 'usual' | 'page' | 'empty-page' | 'repeated' | 'endless' | 'cut' | 'elsewhere' | 'twice' | 'huge';
  /** Actions that the credentials may not do. */
  readonly denied: Set<string>;
}

/** The vendor whose bills lie in the bucket. */
export interface BucketContent {
  months(): readonly Month[];
  /** Names of the files of each month, with what is in them. */
  readonly files: Readonly<Record<string, (month: Month) => Promise<Buffer>>>;
}

/** A bucket with a folder for each month. */
export interface RunningBucket {
  readonly server: StrictServer;
  readonly habits: BucketHabits;
  /** The folder of a month, as it stands in `urls`. */
  readonly folder: string;
  readonly settings: Readonly<Record<string, unknown>>;
  readonly secrets: Readonly<Record<string, string>>;
}

/** Starts a bucket. */
export async function startBucket(content: BucketContent): Promise<RunningBucket> {
  const habits: BucketHabits = {
    beside: new Set(),
    gone: new Set(),
    instead: undefined,
    pageKeysMax: undefined,
    list: 'usual',
    denied: new Set(),
  };
  const server = await StrictServer.start((request) => s3Reply(request, bucketOf(content, habits)), S3_FAULTS);
  return {
    server,
    habits,
    folder: `s3://${BUCKET}/bills/{year}-{month}/`,
    settings: {
      region: REGION,
      accessKeyId: 'env:FOCUS_S3_STANDIN_ACCESS_KEY_ID',
      secretAccessKey: 'env:FOCUS_S3_STANDIN_SECRET_ACCESS_KEY',
      endpoint: server.url,
    },
    secrets: {
      FOCUS_S3_STANDIN_ACCESS_KEY_ID: KEYS.accessKeyId,
      FOCUS_S3_STANDIN_SECRET_ACCESS_KEY: KEYS.secretAccessKey,
      FOCUS_S3_STANDIN_SESSION_KEY_ID: SESSION_KEYS.accessKeyId,
      FOCUS_S3_STANDIN_SESSION_SECRET: SESSION_KEYS.secretAccessKey,
      FOCUS_S3_STANDIN_SESSION_TOKEN: SESSION_KEYS.sessionToken ?? '',
    },
  };
}

function bucketOf(content: BucketContent, habits: BucketHabits): Bucket {
  const keys = (): string[] =>
    content
      .months()
      .flatMap((month) => [...Object.keys(content.files), ...habits.beside].map((name) => `bills/${month}/${name}`));
  return {
    name: BUCKET,
    region: REGION,
    known: [KEYS, SESSION_KEYS],
    denied: habits.denied,
    find: (key) => find(content, habits, key),
    list: (request) => wrongList(request, habits) ?? listObjects(request, BUCKET, keys(), habits.pageKeysMax),
  };
}

function find(content: BucketContent, habits: BucketHabits, key: string): StoredObject | undefined {
  const [, text, name = ''] = /^bills\/([^/]+)\/(.*)$/.exec(key) ?? [];
  const month = content.months().find((one) => one === text);
  if (month === undefined || habits.gone.has(name)) return undefined;
  const modifiedAt = new Date(firstDay(month));
  if (habits.beside.has(name)) return { modifiedAt, body: () => Promise.resolve(Buffer.from('{"no": "bill"}')) };
  const make = content.files[name];
  const { instead } = habits;
  if (make === undefined) return undefined;
  return { modifiedAt, body: () => (instead === undefined ? make(month) : Promise.resolve(instead)) };
}

/** Lists as services give them that are broken, or speak S3 only in part. */
function wrongList(request: ServiceRequest, { list }: BucketHabits): ServiceReply | undefined {
  const prefix = request.query.get('prefix') ?? '';
  const token = request.query.get('continuation-token');
  const page = (keys: readonly string[], next?: string, isCut = next !== undefined): ServiceReply =>
    listReply({ bucket: BUCKET, prefix, keys, isCut, next });
  switch (list) {
    case 'usual':
      return undefined;
    case 'page':
      return { headers: { 'content-type': 'text/html' }, body: '<html><body>Sign in</body></html>' };
    case 'empty-page':
      // Before the first key: S3 may give such a page.
      return token === null ? page([], ' ') : undefined;
    case 'repeated':
      return page([`${prefix}${token === null ? 'a' : 'b'}.csv`], 'again');
    case 'endless':
      return page([], `token ${Number(token?.slice('token '.length) ?? 0) + 1}`);
    case 'cut':
      return page([`${prefix}a.csv`], undefined, true);
    case 'elsewhere':
      return page(['another/a.csv']);
    case 'twice':
      return page(['a', 'b', 'a'].map((name) => `${prefix}${name}.csv`));
    case 'huge':
      return page(Array.from({ length: 10_001 }, (_, index) => `${prefix}${index}.csv`));
  }
}
