import { ALL_MONTHS, dayCount, dayIn, dayMonthYear, quarterOf, SECOND_YEAR, workingDay } from './calendar.js';
import { costCenterOwners, costCenterText } from './organisation.js';
import { GERMAN_ORDERS } from './payables-german.js';
import { ordinary, type Order } from './orders.js';
import { ORDINARY_ORDERS, SKIPPED_SUPPLIERS, SMALL_SUPPLIERS } from './payables-ordinary.js';
import { TECHNOLOGY_ORDERS } from './payables-technology.js';
import { createRandom, type Random } from '../core/random.js';
import {
  amountText,
  microsOfHundredths,
  writeTable,
  type AmountStyle,
  type DemoTable,
  type DraftRow,
  type RowFate,
} from './table.js';

/** Invoices of small suppliers a month. */
const SMALL_INVOICES = 60;
const BRITISH: AmountStyle = { decimal: '.', group: ',', negative: 'trailing-minus' };
const GERMAN: AmountStyle = { decimal: ',', group: '.', negative: 'trailing-minus' };
const BRITISH_HEADER = [
  'Document',
  'Invoice Date',
  'Supplier',
  'Invoice Number',
  'Cost Centre',
  'Ledger Account',
  'Description',
  'Net Amount',
  'Currency',
];
const GERMAN_HEADER = [
  'Belegdatum',
  'Kreditor',
  'Rechnungsnummer',
  'Kostenstelle',
  'Sachkonto',
  'Buchungstext',
  'Betrag',
];

/** An invoice or credit note before it is written; the amount in hundredths. */
interface Invoice {
  readonly order: Order;
  readonly month: number;
  readonly day: number;
  readonly amount: number;
  readonly number: string;
}

type Face = 'payables' | 'payables-de';

/** Accounts payable of the British company: a file a calendar quarter. */
export function payablesTables(seed: number): DemoTable[] {
  return quarters().map(([quarter, months]) => {
    const rows = months.flatMap((month) => {
      const random = createRandom(seed, `payables ${month}`);
      const invoices = invoicesOf([...TECHNOLOGY_ORDERS, ...ORDINARY_ORDERS], month, random);
      const small = Array.from({ length: SMALL_INVOICES }, () => smallInvoice(month, random));
      return [
        ...[...invoices, ...small].map((invoice) => draftOf(invoice, 'payables')),
        ...skippedRows(month),
        ...dirtyBritish(month),
      ];
    });
    const numbered = rows.map((row, index) => ({ ...row, cells: [documentNumber(quarter, index), ...row.cells] }));
    const layout = {
      source: 'payables',
      path: `data/payables/payables-${quarter}.csv`,
      header: BRITISH_HEADER,
    } as const;
    return writeTable({ ...layout, delimiter: ',', encoding: 'utf-8' }, numbered);
  });
}

/** Accounts payable of the German subsidiary: semicolons, decimal commas, Windows-1252. */
export function germanPayablesTables(seed: number): DemoTable[] {
  return quarters().map(([quarter, months]) => {
    const rows = months.flatMap((month) => {
      const invoices = invoicesOf(GERMAN_ORDERS, month, createRandom(seed, `payables-de ${month}`));
      return [...invoices.map((invoice) => draftOf(invoice, 'payables-de')), ...dirtyGerman(month)];
    });
    const layout = {
      source: 'payables-de',
      path: `data/payables-de/kreditoren-${quarter}.csv`,
      header: GERMAN_HEADER,
    } as const;
    return writeTable({ ...layout, delimiter: ';', encoding: 'windows-1252' }, rows);
  });
}

function quarters(): [quarter: string, months: number[]][] {
  const names = [...new Set(ALL_MONTHS.map(quarterOf))];
  return names.map((name) => [name, ALL_MONTHS.filter((month) => quarterOf(month) === name)]);
}

function documentNumber(quarter: string, index: number): string {
  return `PI${quarter.replace('-Q', '')}${String(index + 1).padStart(4, '0')}`;
}

function invoicesOf(orders: readonly Order[], month: number, random: Random): Invoice[] {
  const invoices = orders
    .filter((order) => order.months.includes(month))
    .map((order): Invoice => {
      const price = Math.round((order.amount * (month >= SECOND_YEAR ? (order.uplift ?? 1000) : 1000)) / 1000);
      const swing = order.swing ?? 0;
      const amount = Math.round((price * random.integer(1000 - swing, 1000 + swing)) / 1000);
      return { order, month, day: random.integer(1, dayCount(month)), amount, number: `INV-${random.digits(6)}` };
    });
  return [...invoices, ...creditNotesOf(invoices, random)];
}

/** Now and then a supplier of everyday things credits a tenth of an invoice. */
function creditNotesOf(invoices: readonly Invoice[], random: Random): Invoice[] {
  const creditable = invoices.filter(({ order }) => (order.swing ?? 0) > 0 && order.story === undefined);
  return creditable
    .filter(() => random.chance(120))
    .map((invoice) => ({
      ...invoice,
      amount: -Math.round(invoice.amount / 10),
      number: invoice.number.replace('INV', 'CN'),
    }));
}

function smallInvoice(month: number, random: Random): Invoice {
  const [supplier, description, costCenter, ledgerAccount] = random.pick(SMALL_SUPPLIERS);
  const order = ordinary('other', supplier, description, [costCenter, ledgerAccount], random.integer(4_500, 890_000), [
    month,
  ]);
  return {
    order,
    month,
    day: random.integer(1, dayCount(month)),
    amount: order.amount,
    number: `INV-${random.digits(6)}`,
  };
}

function draftOf({ order, month, day, amount, number }: Invoice, face: Face): DraftRow {
  const british = face === 'payables';
  const date = workingDay(dayIn(month, day));
  const costCenter = costCenterText(order.costCenter, month);
  const micros = microsOfHundredths(amount);
  const cells = [
    british ? date : dayMonthYear(date, '.'),
    order.supplier,
    number,
    costCenter,
    order.ledgerAccount,
    order.description,
    amountText(amount, british ? BRITISH : GERMAN),
    ...(british ? ['GBP'] : []),
  ];
  const fate: RowFate = {
    kind: 'charge',
    truth: {
      currency: british ? 'GBP' : 'EUR',
      cashMicros: micros,
      accrualMicros: micros,
      payee: order.supplier,
      lineTexts: [order.supplier, costCenter, order.ledgerAccount, order.description].join('|'),
      vendor: order.vendor,
      spendClass: order.spendClass,
      category: order.category,
      owners: order.owners?.(month) ?? costCenterOwners(order.costCenter, month),
      obscure: order.obscure ?? false,
      story: order.story ?? '',
    },
  };
  return { date, cells, fate };
}

function skippedRows(month: number): DraftRow[] {
  return SKIPPED_SUPPLIERS.map(([supplier, description, amount]) => {
    const date = workingDay(dayIn(month, 25));
    const cells = [
      date,
      supplier,
      `STMT-${2400 + month}`,
      '',
      '2100 Creditors',
      description,
      amountText(amount, BRITISH),
      'GBP',
    ];
    return { date, cells, fate: { kind: 'skipped', reason: 'has its own itemised source' } };
  });
}

type DirtyInvoice = readonly [month: number, reason: string, date: string, amount: string];

/** What was typed by hand and cannot be read. */
const DIRTY_BRITISH: readonly DirtyInvoice[] = [
  [3, 'unreadable amount', '2024-07-19', 'TBC'],
  [9, 'unreadable date', '2025-01-32', '1,240.00'],
  [16, 'unreadable amount', '2025-08-12', '12.400,00'],
  [20, 'unreadable date', 'see PO', '310.00'],
];
const DIRTY_GERMAN: readonly DirtyInvoice[] = [
  [5, 'unreadable date', '00.09.2024', '412,80'],
  [17, 'unreadable amount', '15.09.2025', 'folgt'],
];

function dirtyBritish(month: number): DraftRow[] {
  return DIRTY_BRITISH.filter((row) => row[0] === month).map(([, reason, date, amount]) => ({
    date: dayIn(month, 15),
    cells: [date, 'GOOLE HAULAGE', 'INV-000000', '7020 Supply Chain', '4200 Freight', 'Haulage', amount, 'GBP'],
    fate: { kind: 'rejected', reason },
  }));
}

function dirtyGerman(month: number): DraftRow[] {
  return DIRTY_GERMAN.filter((row) => row[0] === month).map(([, reason, date, amount]) => ({
    date: dayIn(month, 15),
    cells: [date, 'Müller Büromaterial', 'R-000000', 'DE-500 Verwaltung', '4930 Bürobedarf', 'Büromaterial', amount],
    fate: { kind: 'rejected', reason },
  }));
}
