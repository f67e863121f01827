import { addDays, daysInMonth, isoDate, type IsoDate } from '../../src/core/date.js';
import { firstDay, lastDay, monthIndex, type Month } from '../../src/core/period.js';
import { createRandom, type Random } from '../../src/core/random.js';
import type { FocusRow } from './focus-http-files.js';

const EURO = 10_000_000_000n;
const MICROSOFT = 'Microsoft';
const PROFILE = ['/providers/Microsoft.Billing/billingAccounts/7c05a543', 'Standin GmbH'] as const;

type Use = readonly [service: string, category: string, euros: number, centers: readonly string[]];
type Subscription = readonly [id: string, name: string, uses: readonly Use[]];

const MACHINES = 'Virtual Machines';
const SUBSCRIPTIONS: readonly Subscription[] = [
  [
    '/subscriptions/00000000-0000-0000-0000-000000000001',
    'Platform',
    [
      [MACHINES, 'Compute', 120, ['4100', '']],
      ['Log Analytics', 'Management and Governance', 14, ['']],
    ],
  ],
  [
    '/subscriptions/00000000-0000-0000-0000-000000000002',
    'Marketing "Wachstum"',
    [
      ['Azure OpenAI Service', 'AI and Machine Learning', 85, ['6200']],
      ['Storage Accounts', 'Storage', 9, ['6200', '']],
    ],
  ],
  [
    '/subscriptions/00000000-0000-0000-0000-000000000003',
    'Finance, reporting',
    [['Azure Synapse Analytics', 'Analytics', 45, ['7300', '7310']]],
  ],
];

/** Rows of the exports of a month, whenever they are shown. */
export function azureRows(seed: number, month: Month, corrections: number): FocusRow[] {
  const random = createRandom(seed, `azure-cost-exports ${month}`);
  const rows = [...usage(month, random), ...extras(month, random)];
  // Drawn after all the others, so that a correction leaves them as they were.
  for (let count = 0; count < corrections; count += 1) correct(rows, month, random);
  return rows;
}

function amount(random: Random, euros: number): bigint {
  return (EURO * BigInt(euros * random.integer(700, 1300))) / 1000n + BigInt(random.integer(0, 9_999_999));
}

function row(month: Month, chargedOn: IsoDate, rest: Partial<FocusRow> & Pick<FocusRow, 'service'>): FocusRow {
  return {
    billingPeriod: month,
    chargedOn,
    category: 'Usage',
    issuer: MICROSOFT,
    provider: MICROSOFT,
    publisher: MICROSOFT,
    serviceCategory: 'Other',
    account: PROFILE,
    subAccount: ['/subscriptions/00000000-0000-0000-0000-000000000001', 'Platform'],
    owner: {},
    otherTags: {},
    resource: '',
    currency: 'EUR',
    billed: 0n,
    effective: 0n,
    shownFrom: addDays(chargedOn, 1),
    ...rest,
  };
}

function usage(month: Month, random: Random): FocusRow[] {
  const rows: FocusRow[] = [];
  const growth = Math.max(1, monthIndex(month) - 24_000) / 300;
  const [year, number] = [Number(month.slice(0, 4)), Number(month.slice(5, 7))];
  for (let day = 1; day <= daysInMonth(year, number); day += 1) {
    for (const [id, name, uses] of SUBSCRIPTIONS) {
      for (const [service, serviceCategory, euros, centers] of uses) {
        const center = random.pick(centers);
        const effective = amount(random, Math.max(1, Math.round(euros * growth)));
        // A reservation covers some of it: used, but paid for elsewhere.
        const isCovered = service === MACHINES && random.chance(300);
        rows.push(
          row(month, isoDate(year, number, day), {
            service,
            serviceCategory,
            subAccount: [id, name],
            owner: center === '' ? {} : { CostCenter: center },
            otherTags: { environment: 'prod' },
            resource: `${id}/resourcegroups/standin/${random.letters(8)}`,
            billed: isCovered ? 0n : effective,
            effective,
            shownFrom: addDays(isoDate(year, number, day), random.chance(60) ? random.integer(2, 4) : 1),
          }),
        );
      }
    }
  }
  return rows;
}

function extras(month: Month, random: Random): FocusRow[] {
  const market = amount(random, 480);
  const refund = -amount(random, 40);
  return [
    // A reservation names no publisher, and belongs to no subscription.
    row(month, addDays(firstDay(month), 2), {
      service: MACHINES,
      serviceCategory: 'Compute',
      category: 'Purchase',
      publisher: '',
      subAccount: ['', ''],
      billed: amount(random, 1_100),
    }),
    // The marketplace names the publisher, and under an Enterprise Agreement no service.
    row(month, addDays(firstDay(month), 4), {
      service: '',
      category: 'Purchase',
      publisher: 'Confluent, Inc.',
      subAccount: ['/subscriptions/00000000-0000-0000-0000-000000000002', 'Marketing "Wachstum"'],
      billed: market,
      effective: market,
    }),
    // It comes when the month is over, before the invoice is made.
    row(month, lastDay(month), {
      service: 'Storage Accounts',
      serviceCategory: 'Storage',
      category: 'Credit',
      billed: refund,
      effective: refund,
      shownFrom: addDays(lastDay(month), 3),
    }),
  ];
}

function correct(rows: FocusRow[], month: Month, random: Random): void {
  const at = random.integer(0, rows.length - 1);
  const changed = rows[at];
  if (changed !== undefined)
    rows[at] = { ...changed, billed: changed.billed + EURO / 3n, effective: changed.effective + 7n };
  rows.splice(random.integer(0, rows.length - 1), 1);
  const back = -amount(random, 5);
  rows.push(
    row(month, firstDay(month), {
      service: MACHINES,
      serviceCategory: 'Compute',
      category: 'Adjustment',
      billed: back,
      effective: back,
      shownFrom: firstDay(month),
    }),
  );
}
