import { describe, expect, it, onTestFinished } from 'vitest';

import connector from '../../connectors/stripe-billing/index.js';
import { creditNote, creditNoteLine, invoice, invoiceLine } from '../../connectors/stripe-billing/documents.js';
import type { StripeBillingSettings } from '../../connectors/stripe-billing/settings.js';
import { documentCharges, wholeCreditNote, wholeInvoice } from '../../connectors/stripe-billing/to-charge.js';
import type { PullWindow, ServiceCharge } from '../../src/connector/service.js';
import { addDays, type IsoDate } from '../../src/core/date.js';
import { decimalText } from '../../src/core/decimal.js';
import { addMonths, firstDay, type Month } from '../../src/core/period.js';
import { DEPARTMENTS, PRODUCTS, statusOf } from '../services/stripe-billing-data.js';
import standin, { type RunningStripeBilling } from '../services/stripe-billing.js';
import { pullAll, sumsOf, testContext, type Pulled, type TestContext } from '../support/service.js';

const NOW = new Date('2026-11-20T12:00:00Z');
const OCTOBER = '2026-10' as Month;
const NOVEMBER = '2026-11' as Month;

interface World {
  readonly running: RunningStripeBilling;
  readonly at: (now: Date) => void;
  readonly open: (settings?: Readonly<Record<string, unknown>>) => Promise<TestContext<StripeBillingSettings>>;
  readonly pull: (window: PullWindow, settings?: Readonly<Record<string, unknown>>) => Promise<Pulled>;
}

async function world(seed = 7): Promise<World> {
  let clock = NOW;
  const now = (): Date => clock;
  const running = await standin.start({ now, seed });
  onTestFinished(() => running.server.close());
  const open: World['open'] = (settings) =>
    testContext(connector, running, settings === undefined ? { now } : { settings, now });
  return {
    running,
    at: (moment) => {
      clock = moment;
    },
    open,
    pull: async (window, settings) => pullAll(connector, (await open(settings)).context, window),
  };
}

function windowOf(month: Month): PullWindow {
  return { from: firstDay(month), to: firstDay(addMonths(month, 1)) };
}

function rejectedOf({ batches }: Pulled): string[] {
  return batches.flatMap(({ rejected }) => rejected ?? []).map(({ reason }) => reason);
}

function skippedOf({ batches }: Pulled): number {
  return batches.reduce((sum, { skippedCount }) => sum + (skippedCount ?? 0), 0);
}

describe('money', () => {
  it('is the truth to the micro-unit, each line once, with nothing refused', async () => {
    const { running, pull } = await world();
    for (const month of ['2026-11', '2026-10', '2026-06', '2026-04', '2024-02', '2023-07'] as Month[]) {
      const pulled = await pull(windowOf(month));
      expect(sumsOf(pulled.charges), month).toEqual(running.truth(month));
      expect(new Set(pulled.charges.map(({ key }) => key)).size).toBe(pulled.charges.length);
      expect(rejectedOf(pulled)).toEqual([]);
    }
    expect(running.server.violations).toEqual([]);
  });

  it('is no spend: the kind keeps it out of every statement', () => {
    expect(connector.kind).toBe('chargeback');
  });

  it('of windows of a day each is that of one window over all', async () => {
    const { pull } = await world();
    const whole = await pull(windowOf(OCTOBER));
    const parts: ServiceCharge[] = [];
    for (let day = firstDay(OCTOBER); day < firstDay(NOVEMBER); day = addDays(day, 1)) {
      const { charges } = await pull({ from: day, to: addDays(day, 1) });
      expect(charges.filter((charge) => charge.day !== day)).toEqual([]);
      parts.push(...charges);
    }
    const keys = (charges: readonly ServiceCharge[]): string[] => charges.map(({ key }) => key).sort();
    expect(keys(parts)).toEqual(keys(whole.charges));
    expect(sumsOf(parts)).toEqual(sumsOf(whole.charges));
  });

  it('follows what is changed in the past', async () => {
    const { running, pull } = await world();
    const before = sumsOf((await pull(windowOf(OCTOBER))).charges);
    running.restate(OCTOBER);
    const after = sumsOf((await pull(windowOf(OCTOBER))).charges);
    expect(after).not.toEqual(before);
    expect(after).toEqual(running.truth(OCTOBER));
  });

  it('asks for the lines that do not come with a long invoice, page by page', async () => {
    const { running, open } = await world();
    const { context, charged } = await open();
    const long = running.invoices(OCTOBER).find(({ lines }) => lines.length > 200);
    const { charges } = await pullAll(connector, context, windowOf(OCTOBER));
    expect(charges.filter(({ key }) => key.startsWith(`${long?.id ?? ''}/il_`))).toHaveLength(long?.lines.length ?? 0);
    const asked = charged.map(({ request }) => request).filter((request) => request.includes(long?.id ?? ''));
    // The first ten came with the invoice.
    expect(asked).toEqual([2, 3].map((page) => `lines of invoice ${long?.id ?? ''}, page ${page}`));
  });
});

describe('states', () => {
  it('leaves drafts, void and uncollectible invoices out, and takes them when they become due', async () => {
    const { running, at, pull } = await world();
    const seen = new Set<string>();
    for (let days = 0; days <= 120; days += 30) {
      const now = NOW.getTime() + days * 86_400_000;
      at(new Date(now));
      for (const month of ['2026-09', '2026-10', '2026-11', '2026-12'] as Month[]) {
        for (const row of running.invoices(month)) seen.add(statusOf(row, now / 1_000));
        expect(sumsOf((await pull(windowOf(month))).charges)).toEqual(running.truth(month));
      }
    }
    expect([...seen].sort()).toEqual(['draft', 'open', 'paid', 'uncollectible', 'void']);
  });

  it('of uncollectible invoices takes neither the lines nor the credit notes', async () => {
    const { running, at, pull } = await world();
    at(new Date('2027-06-01T00:00:00Z'));
    const now = Date.parse('2027-06-01') / 1_000;
    const months = Array.from({ length: 44 }, (_, index) => addMonths('2023-07' as Month, index));
    const gone = ['void', 'uncollectible'];
    const notes = months.flatMap((month) =>
      running.notes(month).map((note) => ({ month, note, status: statusOf(note.invoice, now) })),
    );
    const [found] = notes.filter(({ status, note }) => gone.includes(status) && note.voidedAt === undefined);
    if (found === undefined) throw new Error('the stand-in has no credit note of an invoice that is gone');
    const { charges } = await pull(windowOf(found.month));
    expect(charges.filter(({ key }) => key.startsWith(found.note.id))).toEqual([]);
    expect(sumsOf(charges)).toEqual(running.truth(found.month));
  });

  it('is not final while Stripe is about to finalize a draft', async () => {
    const { running, at, pull } = await world();
    const created = running.invoices(OCTOBER).find((row) => row.isFinalizedByStripe)?.created ?? 0;
    const day = new Date(created * 1_000).toISOString().slice(0, 10) as IsoDate;
    const window = { from: day, to: addDays(day, 1) };
    at(new Date(created * 1_000 + 60_000));
    const early = await pull(window);
    expect(early.end.isFinal).toBe(false);
    expect(skippedOf(early)).toBeGreaterThan(0);
    at(NOW);
    expect((await pull(window)).end.isFinal).toBe(true);
  });

  it('says that drafts wait for a person, and is final all the same', async () => {
    const { pull } = await world();
    const { end } = await pull(windowOf('2026-04' as Month));
    expect(end).toEqual({
      isFinal: true,
      remarks: ['1 draft invoice waits to be finalized by hand; nothing of a draft is in the figures.'],
    });
    expect((await pull(windowOf(OCTOBER))).end.remarks).toEqual([]);
  });
});

describe('texts', () => {
  it('tell the department, the product and the customer', async () => {
    const { running, pull } = await world();
    const { charges } = await pull(windowOf(OCTOBER));
    const row = running.invoices(OCTOBER).find(({ customer }) => customer === 5);
    const charge = charges.find(({ key }) => key === `${row?.id ?? ''}/${row?.lines[0]?.id ?? ''}`);
    expect(charge).toMatchObject({
      reference: row?.number,
      currency: 'USD',
      texts: {
        payee: 'Engineering',
        service: PRODUCTS[row?.lines[0]?.product ?? -1]?.name,
        account: DEPARTMENTS[5]?.id,
        costCenter: 'ENG',
      },
    });
  });

  it('of a deleted customer keep the name that the invoice has', async () => {
    const { pull } = await world();
    const { charges } = await pull(windowOf(OCTOBER));
    const [charge] = charges.filter(({ texts }) => texts.account === DEPARTMENTS[9]?.id);
    expect(charge?.texts).toMatchObject({ payee: 'Closed Lab', costCenter: '' });
  });

  it('of credit notes are those of the lines that they take back, beyond the first ten too', async () => {
    const { running, pull } = await world();
    const months = running.months();
    const long = months
      .flatMap((month) => running.notes(month).map((note) => ({ month, note })))
      .find(
        ({ note }) =>
          note.invoice.lines.length > 10 && note.voidedAt === undefined && note.invoice.paidAt !== undefined,
      );
    if (long === undefined) throw new Error('the stand-in has no credit note of a long invoice');
    const { charges } = await pull(windowOf(long.month));
    const line = long.note.lines[0];
    const charge = charges.find(({ key }) => key === `${long.note.id}/${line?.id ?? ''}`);
    expect(charge?.texts.service).toBe(PRODUCTS[line?.product ?? -1]?.name);
    expect(charge?.reference).toBe(long.note.number);
  });

  it('name services by the ids of products where products may not be read', async () => {
    const { running, pull } = await world();
    running.deny('rak_product_read');
    const { charges, end } = await pull(windowOf(OCTOBER));
    expect(sumsOf(charges)).toEqual(running.truth(OCTOBER));
    expect(charges.filter(({ texts }) => texts.service?.startsWith('prod_StandIn')).length).toBeGreaterThan(0);
    expect(end.remarks).toEqual(['The key may not read products, so services are named by the ids of their products.']);
  });
});

const SETTINGS = connector.settings.parse({ apiKey: 'env:KEY', departmentKey: 'dept', tags: ['env'] });
const INVOICE = {
  id: 'in_1Abc',
  number: 'OP-0001',
  created: Date.parse('2026-10-05T23:59:59Z') / 1_000,
  currency: 'usd',
  status: 'open',
  automatically_finalizes_at: null,
  customer: { id: 'cus_A', name: 'Marketing team', metadata: { dept: 'Marketing' } },
  customer_name: 'Marketing',
  metadata: {},
  lines: { object: 'list', data: [], has_more: false },
  shipping_cost: null,
  total: 2_530,
};
const LINE = {
  id: 'il_1',
  amount: 3_000,
  description: '3 × Seat (at $10.00 / month)',
  discount_amounts: [{ amount: 500, discount: 'di_1' }],
  pretax_credit_amounts: [
    { amount: 500, discount: 'di_1', type: 'discount' },
    { amount: 200, credit_balance_transaction: 'cbtxn_1', type: 'credit_balance_transaction' },
  ],
  taxes: [
    { amount: 230, tax_behavior: 'exclusive', type: 'tax_rate_details' },
    { amount: 40, tax_behavior: 'inclusive', type: 'tax_rate_details' },
  ],
  metadata: {},
  pricing: {
    type: 'price_details',
    price_details: { price: 'price_1', product: 'prod_1' },
    unit_amount_decimal: '1000',
  },
};

function named(): string {
  return 'Workplace';
}

function charged(row: object, ...lines: object[]): ServiceCharge[] | string {
  const whole = wholeInvoice(
    invoice.parse({ ...INVOICE, ...row }),
    lines.map((line) => invoiceLine.parse({ ...LINE, ...line })),
    named,
  );
  return documentCharges(whole, SETTINGS);
}

function moneyOf(charges: ServiceCharge[] | string): string {
  return typeof charges === 'string' ? charges : charges.map(({ cash }) => decimalText(cash)).join(' ');
}

describe('an invoice', () => {
  it('is charged line by line: less discounts and credits, with the tax on top', () => {
    expect(charged({}, {})).toEqual([
      {
        key: 'in_1Abc/il_1',
        reference: 'OP-0001',
        day: '2026-10-05',
        currency: 'USD',
        cash: { digits: 2_530n, scale: 2 },
        texts: {
          payee: 'Marketing',
          service: 'Workplace',
          account: 'cus_A',
          costCenter: 'Marketing',
          project: '',
          tags: '{}',
        },
      },
    ]);
  });

  it('counts a discount once where credits are not told apart', () => {
    expect(moneyOf(charged({ total: 2_730 }, { pretax_credit_amounts: null }))).toBe('27.3');
    expect(moneyOf(charged({ total: 2_730 }, { pretax_credit_amounts: [] }))).toBe('27.3');
  });

  it('takes shipping as a charge of its own', () => {
    const charges = charged({ total: 3_130, shipping_cost: { amount_total: 600 } }, {});
    expect(moneyOf(charges)).toBe('25.3 6');
    expect(charges[1]).toMatchObject({ key: 'in_1Abc/shipping', texts: { service: 'Shipping' } });
  });

  it('is set aside when its lines do not come to its total', () => {
    expect(charged({ total: 2_531 }, {})).toBe('the lines come to 2530, but the total is 2531');
    expect(charged({ total: 2_530 })).toBe('the lines come to 0, but the total is 2530');
  });

  it('is in the digits that Stripe writes a currency with', () => {
    expect(moneyOf(charged({ currency: 'jpy' }, {}))).toBe('2530');
    expect(moneyOf(charged({ currency: 'kwd' }, {}))).toBe('2.53');
    expect(charged({ currency: 'lyd' }, {})).toBe('how Stripe writes amounts in LYD is not known');
  });

  it('believes metadata the more, the nearer it is to the line', () => {
    const costCenter = (row: object, line: object): string | undefined => {
      const charges = charged(row, line);
      return typeof charges === 'string' ? charges : charges[0]?.texts.costCenter;
    };
    expect(costCenter({ metadata: { dept: 'Sales' } }, { metadata: { dept: 'Events' } })).toBe('Events');
    expect(costCenter({ metadata: { dept: 'Sales' } }, { metadata: { dept: ' ' } })).toBe('Sales');
    expect(costCenter({}, {})).toBe('Marketing');
    expect(costCenter({ customer: 'cus_B' }, {})).toBe('');
    expect(costCenter({ customer: null, customer_name: null }, {})).toBe('');
  });

  it('names a line that has no product by its description', () => {
    const charges = charged({}, { pricing: null, description: 'Project work' });
    expect(charges[0]).toMatchObject({ texts: { service: 'Project work' } });
  });
});

describe('a credit note', () => {
  const NOTE = {
    ...INVOICE,
    id: 'cn_1',
    number: 'OP-0001-CN-01',
    status: 'issued',
    total: 530,
    metadata: null,
    invoice: { ...INVOICE, status: 'paid' },
  };
  const NOTE_LINE = {
    id: 'cnli_1',
    amount: 700,
    description: 'Seat',
    discount_amount: 100,
    pretax_credit_amounts: [],
    taxes: null,
    metadata: null,
    invoice_line_item: 'il_1',
  };

  function credited(line: object, total = 530): ServiceCharge[] | string {
    const lines = [
      creditNoteLine.parse({ ...NOTE_LINE, taxes: [{ amount: -70, tax_behavior: 'exclusive' }], ...line }),
    ];
    const whole = wholeCreditNote(creditNote.parse({ ...NOTE, total }), lines, [invoiceLine.parse(LINE)], named);
    return documentCharges(whole, SETTINGS);
  }

  it('takes money back under the product of the line', () => {
    const charges = credited({});
    expect(moneyOf(charges)).toBe('-5.3');
    expect(charges[0]).toMatchObject({ key: 'cn_1/cnli_1', texts: { service: 'Workplace', costCenter: 'Marketing' } });
  });

  it('stands by itself where the line is of no invoice', () => {
    const charges = credited({ invoice_line_item: undefined, description: 'Goodwill' });
    expect(charges[0]).toMatchObject({ texts: { service: 'Goodwill' } });
  });

  it('is set aside when its lines do not come to its total', () => {
    expect(credited({}, 531)).toBe('the lines come to 530, but the total is 531');
  });
});

describe('check', () => {
  it('has a verdict for every permission', async () => {
    const { running, open } = await world();
    running.deny('rak_customer_read');
    const { context } = await open();
    const verdicts = await connector.check(context);
    expect(verdicts.map(({ permission, granted }) => [permission, granted])).toEqual([
      ['rak_invoice_read', true],
      ['rak_credit_note_read', true],
      ['rak_customer_read', false],
      ['rak_product_read', true],
    ]);
    expect(verdicts[2]?.detail).toBe('one of the customers: the key lacks the permission rak_customer_read');
    expect(verdicts[2]?.hint).toContain('Edit the key in the Dashboard');
  });

  it('is needed: without the customers nothing is pulled', async () => {
    const { running, pull } = await world();
    running.deny('rak_customer_read');
    await expect(pull(windowOf(OCTOBER))).rejects.toThrow('the key lacks the permission rak_customer_read');
  });
});
