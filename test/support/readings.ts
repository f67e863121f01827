import { join, normalize } from 'node:path';

import type { ChargeBatch, ReadingSummary, SourceWindow, WindowReading } from '../../src/core/batch.js';
import { EMPTY_LINE_TEXTS, type LineTexts } from '../../src/core/charge.js';
import { fingerprint } from '../../src/core/ids.js';
import { formatMicros, sumMicros, type Micros } from '../../src/core/money.js';
import { Ledger } from '../../src/ledger/ledger.js';
import type { LedgerSource, WindowChange } from '../../src/ledger/pull-writer.js';

export const MIGRATIONS = normalize(join(import.meta.dirname, '..', '..', 'src', 'ledger', 'migrations'));

/** A charge as a test writes it down; what is left out is the ordinary. */
export interface MadeCharge {
  readonly payee: string;
  readonly texts?: Partial<LineTexts>;
  /** `yyyymmdd`. */
  readonly day: number;
  readonly key: bigint;
  readonly micros: Micros;
  readonly accrualMicros?: Micros;
  readonly currency?: string;
  readonly file?: number;
  readonly row?: number;
}

/** The content of a window: its charges, and what else a reading says. */
export interface MadeWindow {
  readonly id: string;
  readonly charges: readonly MadeCharge[];
  readonly files?: readonly string[];
  readonly summary?: Partial<ReadingSummary>;
  /** Lines that are named and have no charge. */
  readonly idleLines?: readonly LineTexts[];
}

export const SOURCE: LedgerSource = { name: 'cards', kind: 'payment', title: 'Cards', settingsFingerprint: 'settings' };

export function textsOf(charge: MadeCharge): LineTexts {
  return { ...EMPTY_LINE_TEXTS, payee: charge.payee, ...charge.texts };
}

export function windowOf(made: MadeWindow): SourceWindow {
  const content = made.charges.map((charge) =>
    JSON.stringify(charge, (_key, value: unknown) => (typeof value === 'bigint' ? String(value) : value)),
  );
  return { id: made.id, files: made.files ?? [`${made.id}.csv`], fingerprint: fingerprint(content) };
}

/** A reading of a window, in batches of at most `batchSize` charges, each naming the lines that are new in it. */
export function readingOf(made: MadeWindow, options: { batchSize?: number; failAfter?: number } = {}): WindowReading {
  const { batchSize = 3, failAfter = Infinity } = options;
  return {
    batches: () => batchesOf(made, batchSize, failAfter),
    summary: () => Promise.resolve(summaryOf(made)),
    close: () => Promise.resolve(),
  };
}

async function* batchesOf(made: MadeWindow, batchSize: number, failAfter: number): AsyncGenerator<ChargeBatch> {
  const lineIndexes = new Map<string, number>();
  let handedOver = 0;
  for (let start = 0; start === 0 || start < made.charges.length; start += batchSize) {
    const charges = made.charges.slice(start, start + batchSize);
    const lines: LineTexts[] = start === 0 ? [...(made.idleLines ?? [])] : [];
    const idle = made.idleLines?.length ?? 0;
    for (const charge of charges) {
      const name = JSON.stringify(textsOf(charge));
      if (lineIndexes.has(name)) continue;
      lineIndexes.set(name, idle + lineIndexes.size);
      lines.push(textsOf(charge));
    }
    await Promise.resolve();
    if (handedOver >= failAfter) throw new Error('the file ended in the middle of a row');
    yield {
      lines,
      line: Int32Array.from(charges, (charge) => lineIndexes.get(JSON.stringify(textsOf(charge))) ?? -1),
      key: BigInt64Array.from(charges, ({ key }) => key),
      day: Int32Array.from(charges, ({ day }) => day),
      currency: charges.map(({ currency }) => currency ?? 'EUR'),
      cashMicros: BigInt64Array.from(charges, ({ micros }) => micros),
      accrualMicros: BigInt64Array.from(charges, ({ micros, accrualMicros }) => accrualMicros ?? micros),
      rowCount: Int32Array.from(charges, () => 1),
      file: Int32Array.from(charges, ({ file }) => file ?? 0),
      row: Int32Array.from(charges, ({ row }, index) => row ?? start + index + 2),
    };
    handedOver += charges.length;
  }
}

function summaryOf(made: MadeWindow): ReadingSummary {
  const currencies = [...new Set(made.charges.map(({ currency }) => currency ?? 'EUR'))].sort();
  return {
    rowCount: made.charges.length,
    rejectedCount: 0,
    skippedCount: 0,
    controlTotals: currencies.map((currency) => {
      const charges = made.charges.filter((charge) => (charge.currency ?? 'EUR') === currency);
      const cash = sumMicros(charges.map(({ micros }) => micros));
      const accrual = sumMicros(charges.map(({ micros, accrualMicros }) => accrualMicros ?? micros));
      return {
        currency,
        sourceCash: formatMicros(cash),
        sourceAccrual: formatMicros(accrual),
        ledgerCashMicros: cash,
        ledgerAccrualMicros: accrual,
      };
    }),
    rejected: [],
    remarks: [],
    ...made.summary,
  };
}

/** Opens the ledger `ledger.sqlite` of a folder. */
export function openLedger(folder: string, migrationsFolder = MIGRATIONS): Promise<Ledger> {
  return Ledger.open({ file: join(folder, 'ledger.sqlite'), migrationsFolder });
}

/** Makes the windows of a source those given, in one pull: removes those that are gone and replaces the others. */
export async function pullWindows(
  ledger: Ledger,
  windows: readonly MadeWindow[],
  source: LedgerSource = SOURCE,
): Promise<WindowChange[]> {
  const stored = await ledger.storedSource(source.name);
  const gone = [...(stored?.windows.keys() ?? [])].filter((name) => !windows.some(({ id }) => id === name));
  return ledger.pull(source, async (writer) => {
    const changes = gone.map((name) => writer.removeWindow(name));
    for (const made of windows) changes.push((await writer.replaceWindow(windowOf(made), readingOf(made))).change);
    return changes;
  });
}
