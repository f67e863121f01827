import { addDays, isoDate, type IsoDate } from '../../src/core/date.js';
import { divideRounded } from '../../src/core/money.js';
import { addMonths, firstDay, lastDay, type Month } from '../../src/core/period.js';
import { createRandom, type Random } from '../../src/core/random.js';

export interface Pair {
  readonly key: string;
  readonly value: string;
}

/** A row of the export. Money is a float, as Google writes it. */
export interface GcpRow {
  readonly usageMs: number;
  readonly exportMs: number;
  readonly account: string;
  /** `202610`. */
  readonly invoiceMonth: string;
  readonly publisherType: 'GOOGLE' | 'PARTNER';
  readonly seller: string | null;
  readonly costType: 'regular' | 'tax' | 'adjustment' | 'rounding_error';
  readonly serviceId: string;
  readonly serviceName: string;
  readonly skuId: string;
  readonly skuName: string;
  /** Null for what belongs to the billing account: support, its tax, rounding. */
  readonly project: GcpProject | null;
  readonly labels: readonly Pair[];
  readonly tags: readonly Pair[];
  /** Null in tests alone. */
  readonly cost: number | null;
  readonly credits: readonly number[];
  readonly currency: string;
  /** FOCUS EffectiveCost where it is not what is billed. */
  readonly effective?: number;
}

/** A project as it is on a day. */
export interface GcpProject {
  readonly id: string;
  readonly name: string;
  readonly labels: readonly Pair[];
  /** From the project up. */
  readonly ancestors: readonly { readonly resource_name: string; readonly display_name: string }[];
}

export const ACCOUNT = '01A2B3-C4D5E6-F70819';
export const CURRENCY = 'EUR';
const HOUR_MS = 3_600_000;
const EXACT_SCALE = 38;

/** A float as the decimal that it is, in units of 10^-38; what BigQuery's BIGNUMERIC holds. */
export function exactOf(value: number): bigint {
  const bits = new DataView(new ArrayBuffer(8));
  bits.setFloat64(0, value);
  const raw = bits.getBigUint64(0);
  const exponent = Number((raw >> 52n) & 0x7ffn);
  const fraction = raw & 0xfffffffffffffn;
  const mantissa = exponent === 0 ? fraction : fraction | 0x10000000000000n;
  const shift = (exponent === 0 ? 1 : exponent) - 1075;
  const scaled = mantissa * 10n ** BigInt(EXACT_SCALE);
  const absolute = shift >= 0 ? scaled << BigInt(shift) : divideRounded(scaled, 1n << BigInt(-shift));
  return value < 0 ? -absolute : absolute;
}

/** Cost and credits of a row, exactly; undefined where it has no cost. */
export function netOf({ cost, credits }: Pick<GcpRow, 'cost' | 'credits'>): bigint | undefined {
  return cost === null ? undefined : credits.reduce((sum, credit) => sum + exactOf(credit), exactOf(cost));
}

/** What FOCUS says of a row: NUMERIC, which has nine decimals. */
export function focusMoney(row: GcpRow): { billed: bigint | undefined; effective: bigint | undefined } {
  const numeric = (exact: bigint): bigint => divideRounded(exact, 10n ** 29n) * 10n ** 29n;
  const net = netOf(row);
  const billed = net === undefined ? undefined : numeric(net);
  return { billed, effective: row.effective === undefined ? billed : numeric(exactOf(row.effective)) };
}

/** The day on which the clocks of California change: the n-th Sunday of a month. */
function sunday(year: number, month: number, which: number): number {
  const first = new Date(Date.UTC(year, month - 1, 1)).getUTCDay();
  return 1 + ((7 - first) % 7) + (which - 1) * 7;
}

/** Hours behind UTC in California: 7 from the second Sunday of March to the first of November, else 8. */
function hoursBehind(ms: number): number {
  const year = new Date(ms).getUTCFullYear();
  const summer = Date.UTC(year, 2, sunday(year, 3, 2), 10);
  const winter = Date.UTC(year, 10, sunday(year, 11, 1), 9);
  return ms >= summer && ms < winter ? 7 : 8;
}

/** The day of a moment in California. */
export function pacificDay(ms: number): IsoDate {
  const local = new Date(ms - hoursBehind(ms) * HOUR_MS);
  return isoDate(local.getUTCFullYear(), local.getUTCMonth() + 1, local.getUTCDate());
}

/** The moment at which a day begins in California. */
export function pacificStart(day: IsoDate): number {
  const guess = Date.parse(day) + 8 * HOUR_MS;
  return Date.parse(day) + hoursBehind(guess - HOUR_MS) * HOUR_MS;
}

interface Service {
  readonly id: string;
  readonly name: string;
  readonly publisherType: 'GOOGLE' | 'PARTNER';
  readonly seller: string | null;
  readonly skus: readonly string[];
}

const service = (id: string, name: string, skus: readonly string[]): Service => ({
  id,
  name,
  publisherType: 'GOOGLE',
  seller: null,
  skus,
});

const COMPUTE = service('6F81-5844-456A', 'Compute Engine', ['N2 Instance Core running in Frankfurt', 'Storage PD']);
const SERVICES: readonly Service[] = [
  COMPUTE,
  service('95FF-2EF5-5EA1', 'Cloud Storage', ['Standard Storage Europe', 'Class A Operations']),
  service('24E6-581D-38E5', 'BigQuery', ['Analysis (eu)', 'Active Logical Storage (eu)']),
  service('9662-B51E-5089', 'Cloud SQL', ['Cloud SQL for PostgreSQL: Zonal - vCPU in Frankfurt']),
  service('C7E2-9256-1C43', 'Vertex AI', ['Gemini 3 Flash Input', 'Gemini 3 Flash Output']),
  service('152E-C115-5142', 'Cloud Run', ['CPU Allocation Time']),
  {
    ...service('D97E-AB26-5D95', 'Elastic Cloud', ['Elastic Cloud Consumption']),
    publisherType: 'PARTNER',
    seller: 'Elasticsearch B.V.',
  },
  { ...service('74F2-8B4C-0D51', 'MongoDB Atlas (Pay as You Go)', ['Atlas Credits']), publisherType: 'PARTNER' },
];
const SUPPORT = service('2062-016F-44A2', 'Support', ['Enhanced Support']);
const INVOICE = service('EF19-E0F2-4C6D', 'Invoice', ['Rounding error']);

interface MadeProject {
  readonly at: (day: IsoDate) => GcpProject;
  readonly services: readonly Service[];
  /** Resources of some services carry a team, some an empty one. */
  readonly labelsOf: (service: Service) => readonly Pair[];
  readonly tags: readonly Pair[];
}

const NAMES = [
  'web-shop',
  'data-platform',
  'growth-experiments',
  'ml-research',
  'intranet',
  'payments',
  'field-sales',
  'sandbox',
];
const FOLDERS = ['Engineering', 'Data', 'Marketing', 'Research', 'IT', 'Engineering', 'Sales', 'IT'];

/** The company's projects: one is renamed, and one moves to another folder, some months before `start`. */
function projectsOf(seed: number, start: Month): MadeProject[] {
  const changed = firstDay(addMonths(start, -5));
  return NAMES.map((name, index) => {
    const random = createRandom(seed, `gcp project ${name}`);
    const id = `nordwind-${name}-${random.digits(3)}`;
    const number = random.digits(12);
    const kept = SERVICES.filter((_service, at) => at === index || random.chance(350));
    return {
      services: kept,
      at: (day) => {
        const moved =
          name === 'growth-experiments' && day < addDays(changed, 9) ? 'Engineering' : (FOLDERS[index] ?? '');
        return {
          id,
          name: name === 'intranet' && day >= changed ? 'Intranet and portal' : name,
          labels: index % 3 === 0 ? [] : [{ key: 'cost-center', value: `cc-${400 + index}` }],
          ancestors: [
            { resource_name: `projects/${number}`, display_name: name },
            ...(index % 2 === 0 ? [{ resource_name: `folders/${400 + index}`, display_name: `${moved} live` }] : []),
            { resource_name: `folders/${100 + FOLDERS.indexOf(moved)}`, display_name: moved },
            { resource_name: 'organizations/77001', display_name: 'nordwind.example' },
          ],
        };
      },
      labelsOf: ({ name: of }) => {
        if (of.length % 3 === 0) return [{ key: 'env', value: 'live' }];
        return [
          { key: 'env', value: 'live' },
          { key: 'team', value: of.length % 5 === 0 ? '' : `team-${of.length % 4}` },
        ];
      },
      tags: index % 4 === 1 ? [{ key: 'team', value: `bound-${index}` }] : [],
    };
  });
}

/** Makes the rows of months. */
export class GcpMaker {
  readonly #seed: number;
  readonly #projects: readonly MadeProject[];

  constructor(seed: number, start: Month) {
    this.#seed = seed;
    this.#projects = projectsOf(seed, start);
  }

  /** Rows whose usage is of a month in California, as they come in over time. */
  rowsOf(month: Month): GcpRow[] {
    const random = createRandom(this.#seed, `gcp ${month}`);
    const rows: GcpRow[] = [];
    for (let day = firstDay(month); day <= lastDay(month); day = addDays(day, 1)) {
      const isFirst = day === firstDay(month);
      for (const project of this.#projects) rows.push(...usageOf(project, day, random));
      rows.push(...commitmentOf(this.#project(0), day, isFirst));
      if (isFirst) rows.push(rowOf(random, { day, of: SUPPORT, project: undefined, cost: amount(random, 300) + 100 }));
    }
    rows.push(...this.#monthEnd(lastDay(month), random));
    return rows;
  }

  /** Rows that change a past month, exported at a moment: Google never takes a row back, it adds others. */
  corrections(month: Month, count: number, exportMs: number): GcpRow[] {
    const random = createRandom(this.#seed, `gcp correction ${month} ${count}`);
    const day = firstDay(month);
    const wrong = this.rowsOf(month).find(
      ({ costType, usageMs }) => costType === 'regular' && pacificDay(usageMs) === day,
    );
    const invoiceMonth = pacificDay(exportMs).slice(0, 7).replace('-', '');
    const late = rowOf(random, { day, of: COMPUTE, project: this.#project(2), cost: amount(random, 40) + 1 });
    const goodwill = rowOf(random, { day, of: COMPUTE, project: this.#project(1), cost: -amount(random, 20) - 1 });
    const negated =
      wrong === undefined
        ? []
        : [{ ...wrong, cost: -(wrong.cost ?? 0), credits: wrong.credits.map((credit) => -credit) }];
    return [...negated, late, { ...goodwill, costType: 'adjustment' as const, credits: [] }].map((row) => ({
      ...row,
      exportMs,
      invoiceMonth,
    }));
  }

  #project(index: number): MadeProject {
    const found = this.#projects[index];
    if (found === undefined) throw new RangeError(`no project ${index}`);
    return found;
  }

  #monthEnd(day: IsoDate, random: Random): GcpRow[] {
    const exportMs = pacificStart(addDays(day, 2)) + 5 * HOUR_MS;
    const late = (row: GcpRow): GcpRow => ({ ...row, exportMs, credits: [] });
    const rows = this.#projects.map((project) =>
      late({ ...rowOf(random, { day, of: COMPUTE, project, cost: amount(random, 80) }), costType: 'tax' }),
    );
    rows.push(
      late({ ...rowOf(random, { day, of: SUPPORT, project: undefined, cost: amount(random, 30) }), costType: 'tax' }),
    );
    rows.push(
      late({ ...rowOf(random, { day, of: INVOICE, project: undefined, cost: -0.0037 }), costType: 'rounding_error' }),
    );
    if (random.chance(400)) {
      const row = rowOf(random, { day, of: COMPUTE, project: this.#project(3), cost: -amount(random, 60) - 5 });
      const issuedMs = exportMs + random.integer(5, 20) * 24 * HOUR_MS;
      const invoiceMonth = pacificDay(issuedMs).slice(0, 7).replace('-', '');
      rows.push({ ...row, costType: 'adjustment', exportMs: issuedMs, invoiceMonth, credits: [] });
    }
    return rows;
  }
}

function amount(random: Random, unitsMax: number): number {
  return random.integer(0, unitsMax) + random.integer(1, 999_983) / 1_000_003;
}

interface Wanted {
  readonly day: IsoDate;
  readonly of: Service;
  readonly project: MadeProject | undefined;
  readonly cost: number;
}

/** A row of usage at some hour of a day, the first and the last hour more often than others. */
function rowOf(random: Random, { day, of, project, cost }: Wanted): GcpRow {
  const start = pacificStart(day);
  const hours = Math.round((pacificStart(addDays(day, 1)) - start) / HOUR_MS);
  const usageMs = start + random.pick([0, hours - 1, random.integer(0, hours - 1)]) * HOUR_MS;
  const lateDays = random.chance(25) ? random.integer(3, 20) : 0;
  const exportMs = usageMs + (random.integer(2, 30) + lateDays * 24) * HOUR_MS;
  // Until the third day after a month its invoice is open.
  const closedMs = pacificStart(addDays(lastDay(day.slice(0, 7) as Month), 4));
  const invoiceDay = exportMs < closedMs ? day : pacificDay(exportMs);
  const skuName = random.pick(of.skus);
  return {
    usageMs,
    exportMs,
    account: ACCOUNT,
    invoiceMonth: invoiceDay.slice(0, 7).replace('-', ''),
    publisherType: of.publisherType,
    seller: of.seller,
    costType: 'regular',
    serviceId: of.id,
    serviceName: of.name,
    skuId: `${of.id.slice(0, 4)}-${(1000 + of.skus.indexOf(skuName)).toString()}-${of.id.slice(10)}`,
    skuName,
    project: project === undefined ? null : project.at(day),
    labels: project === undefined ? [] : project.labelsOf(of),
    tags: project === undefined ? [] : project.tags,
    cost,
    credits: [],
    currency: CURRENCY,
  };
}

function usageOf(project: MadeProject, day: IsoDate, random: Random): GcpRow[] {
  return project.services.flatMap((of) => {
    const rows = Array.from({ length: random.chance(250) ? 2 : 1 }, () => {
      const row = rowOf(random, { day, of, project, cost: amount(random, 25) });
      // Two credits in one row, one, or none: discounts and promotions come beside each other.
      const discount = random.chance(300) ? [-(row.cost ?? 0) * 0.17] : [];
      const promotion = random.chance(100) ? [-(row.cost ?? 0) * 0.031] : [];
      return { ...row, credits: [...discount, ...promotion] };
    });
    // Free usage: without cost, or with a credit that pays all of it.
    if (random.chance(80)) rows.push({ ...rowOf(random, { day, of, project, cost: 0 }), credits: [] });
    if (random.chance(60)) rows.push({ ...rowOf(random, { day, of, project, cost: 0.25 }), credits: [-0.25] });
    return rows;
  });
}

/** A commitment: its fee is billed on the first day of the month, and its use says what a day of it comes to. */
function commitmentOf(project: MadeProject, day: IsoDate, isFirst: boolean): GcpRow[] {
  const random = createRandom(1, `gcp commitment ${day}`);
  const of = { ...COMPUTE, skus: ['Commitment v1: N2 Core in Frankfurt for 1 Year'] };
  const skuId = '6F81-9000-456A';
  const use = { ...rowOf(random, { day, of, project, cost: 10.37 }), skuId, credits: [-10.37], effective: 7.9 };
  const fee = { ...rowOf(random, { day, of, project, cost: 237.25 }), skuId, effective: 0 };
  return isFirst ? [fee, use] : [use];
}
