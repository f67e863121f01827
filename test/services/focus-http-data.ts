import { addDays, type IsoDate } from '../../src/core/date.js';
import { addMonths, firstDay, lastDay, monthIndex, monthOf, type Month } from '../../src/core/period.js';
import { createRandom } from '../../src/core/random.js';
import type { FocusRow } from './focus-http-files.js';

const UNIT = 10_000_000_000n;
const VENDOR = 'Cloudfarm GmbH';

type Product = readonly [service: string, category: string, units: number, currency: string];
const PRODUCTS: readonly Product[] = [
  ['Managed Postgres', 'Databases', 24, 'EUR'],
  ['Virtual machines', 'Compute', 61, 'EUR'],
  ['Object storage', 'Storage', 7, 'EUR'],
  ['GPU cluster', 'AI and Machine Learning', 95, 'USD'],
];
const PROJECTS: readonly (readonly [id: string, name: string, team: string])[] = [
  ['prj-1001', 'Web shop', 'shop'],
  ['prj-1002', 'Campaigns, "spring"', 'growth'],
  ['prj-1003', 'Sandbox', ''],
];

function row(month: Month, day: IsoDate, rest: Partial<FocusRow> & Pick<FocusRow, 'service'>): FocusRow {
  return {
    billingPeriod: month,
    chargedOn: day,
    category: 'Usage',
    issuer: VENDOR,
    provider: 'Cloudfarm',
    publisher: 'Cloudfarm',
    serviceCategory: 'Other',
    account: ['cf-77', 'Example Ltd'],
    subAccount: ['', ''],
    owner: {},
    otherTags: {},
    resource: '',
    currency: 'EUR',
    billed: 0n,
    effective: 0n,
    shownFrom: addDays(day, 1),
    ...rest,
  };
}

/** The parts of a bill, each in files of its own. */
export type BillPart = 'usage' | 'marketplace' | 'support';

/** Rows of the files of a month, whenever they are shown. */
export function monthRows(seed: number, month: Month, corrections: number): Record<BillPart, FocusRow[]> {
  const random = createRandom(seed, `focus-http ${month}`);
  const money = (units: number): bigint =>
    (UNIT * BigInt(units * random.integer(600, 1400))) / 1000n + BigInt(random.integer(0, 9_999_999));
  const usage: FocusRow[] = [];
  for (let day = firstDay(month); monthOf(day) === month; day = addDays(day, 1)) {
    for (const [id, name, team] of PROJECTS) {
      const [service, serviceCategory, units, currency] = random.pick(PRODUCTS);
      const billed = money(units + (monthIndex(month) % 12));
      usage.push(
        row(month, day, {
          service,
          serviceCategory,
          subAccount: [id, name],
          owner: team === '' ? {} : { team },
          otherTags: { Name: `vm-${random.integer(1, 9)}` },
          resource: `${id}/${random.letters(6)}`,
          currency,
          billed,
          effective: billed,
          shownFrom: addDays(day, random.chance(100) ? 4 : 1),
        }),
      );
    }
  }
  // Used at the end of the month before, and billed now.
  const late = money(15);
  const before = lastDay(addMonths(month, -1));
  usage.push(
    row(month, before, {
      service: 'Virtual machines',
      serviceCategory: 'Compute',
      billed: late,
      effective: late,
      shownFrom: addDays(before, 2),
    }),
  );
  const marketplace = [1, 2].map((number) => {
    const billed = money(40 * number);
    return row(month, addDays(firstDay(month), number), {
      service: `Monitoring ${number}`,
      category: 'Purchase',
      publisher: 'Watchful Ltd',
      billed,
      effective: billed,
    });
  });
  const refund = -money(9);
  marketplace.push(
    row(month, lastDay(month), {
      service: 'Monitoring 1',
      category: 'Credit',
      publisher: 'Watchful Ltd',
      billed: refund,
      effective: refund,
      shownFrom: addDays(lastDay(month), 8),
    }),
  );
  for (let count = 0; count < corrections; count += 1) {
    usage.splice(random.integer(0, usage.length - 2), 1);
    const back = -money(3);
    usage.push(
      row(month, addDays(firstDay(month), 2), {
        service: 'Virtual machines',
        category: 'Adjustment',
        billed: back,
        effective: back,
        shownFrom: firstDay(month),
      }),
    );
    const first = marketplace[0];
    if (first !== undefined) marketplace[0] = { ...first, billed: first.billed + UNIT / 7n };
  }
  const fee = money(30);
  const support = [row(month, firstDay(month), { service: 'Support plan', billed: fee, effective: fee })];
  return { usage, marketplace, support };
}
