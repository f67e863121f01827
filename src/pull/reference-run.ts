import type { ReferenceBatch, ReferenceConnector, ReferenceEnd } from '../connector/reference.js';
import type { ServiceContext } from '../connector/service.js';
import { dayIn } from '../connector/values.js';
import type { RejectedRow } from '../core/batch.js';
import { addDays, dateOfDayNumber, dayNumber, type IsoDate } from '../core/date.js';
import { decimalText } from '../core/decimal.js';
import { SourceError } from '../core/errors.js';
import { firstDay, monthOf, addMonths, type Month } from '../core/period.js';
import type { Ledger } from '../ledger/ledger.js';
import type { Lease } from '../ledger/leases.js';
import type { ReferenceSource, StoredApplication } from '../ledger/references.js';
import type { ReferenceChange } from '../ledger/service-books.js';
import type { KnownApplication } from '../connector/reference.js';
import { REJECTED_ROWS_FREE, REJECTED_SHARE_MAX } from './collect.js';
import { withLease } from './lease.js';
import { RunMeter } from './meter.js';
import { staysAfter } from './people-history.js';
import { serviceContext } from './service-context.js';
import { asError, priceCurrency, type LiveContext, type LiveOutcome, type LiveSource } from './service-run.js';

/** Days of rates that are read again: a rate may be corrected shortly after. */
const RATES_OVERLAP_DAYS = 7;
/** Months of rates that a first reading asks for, where the source names no month. */
const RATES_MONTHS = 38;

/**
 * Pulls a source that gives no charges (rates, people, applications) and stores what it says now, with its history. The
 * outcome is as that of `pullLive`.
 */
export async function pullReference(
  ledger: Ledger,
  source: LiveSource<ReferenceConnector>,
  context: LiveContext,
): Promise<LiveOutcome> {
  const { effects } = context;
  const meter = new RunMeter(source.id, priceCurrency(source.connector), source.ceilings, context.spentThisMonthMicros);
  let stored: Stored | undefined;
  let error: Error | undefined;
  try {
    stored = await withLease(ledger, source.id, effects, (lease) => {
      const run = { ...context, sourceId: source.id, connector: source.connector, settings: source.settings };
      const view = serviceContext({ ...run, meter, archive: undefined, alive: lease.alive });
      return store(ledger, source, view, lease.held);
    });
  } catch (failure) {
    error = asError(failure);
  }
  const { requestCount, costMicros } = meter;
  const { itemCount = 0, rejectedCount = 0, remarks = [] } = stored?.entry ?? {};
  const { added = 0, changed = 0 } = stored?.change ?? {};
  const counts = { rowCount: itemCount + rejectedCount, rejectedCount, added, changed, removed: 0 };
  const nothing = { windowsRead: [], estimates: [], totals: [] };
  return { result: { source: source.id, ...nothing, ...counts, requestCount, costMicros, remarks }, error };
}

interface Stored {
  readonly change: ReferenceChange;
  readonly entry: ReferenceSource;
}

async function store(
  ledger: Ledger,
  source: LiveSource<ReferenceConnector>,
  view: ServiceContext<unknown>,
  lease: Lease,
): Promise<Stored> {
  const { connector } = source;
  const today = dayIn('UTC', view.now());
  const books = ledger.services;
  switch (connector.feed) {
    case 'rates': {
      const from = await ratesFrom(ledger, source, today);
      const walked = await walk(source, view, connector.pull(view, from));
      const rates = walked.items.map(({ day, currency, perEuro }) => ({
        day: dayNumber(day),
        currency,
        perEuro: decimalText(perEuro),
      }));
      return { entry: walked.entry, change: await books.saveRates(walked.entry, rates, lease) };
    }
    case 'people': {
      const { entry, items } = await walk(source, view, connector.pull(view));
      const stays = staysAfter(await books.stays(source.id), items, monthOf(today));
      return { entry, change: await books.savePeople(entry, stays, lease) };
    }
    case 'applications': {
      const { entry, items } = await walk(source, view, connector.pull(view));
      const known = applicationsAfter(await books.applications(source.id), items, monthOf(today));
      return { entry, change: await books.saveApplications(entry, known, lease) };
    }
  }
}

/** The day from which rates are asked for: shortly before the last one that is there, or the first that is wanted. */
async function ratesFrom(ledger: Ledger, source: LiveSource<ReferenceConnector>, today: IsoDate): Promise<IsoDate> {
  const wanted = firstDay(source.since ?? addMonths(monthOf(today), -RATES_MONTHS));
  const held = await ledger.services.rateDays(source.id);
  // Also a month named later, before those that are there, is read.
  if (held === undefined || dateOfDayNumber(held.first) > addDays(wanted, RATES_OVERLAP_DAYS)) return wanted;
  return addDays(dateOfDayNumber(held.last), -RATES_OVERLAP_DAYS);
}

async function walk<Item>(
  source: LiveSource<ReferenceConnector>,
  view: ServiceContext<unknown>,
  pages: AsyncGenerator<ReferenceBatch<Item>, ReferenceEnd>,
): Promise<{ entry: ReferenceSource; items: Item[] }> {
  const items: Item[] = [];
  let rejectedCount = 0;
  let first: RejectedRow | undefined;
  for (;;) {
    view.signal.throwIfAborted();
    const step = await pages.next();
    if (step.done === true) {
      const { id, connector, settingsFingerprint } = source;
      const { remarks } = step.value;
      refuseTooManyRejected(id, items.length, rejectedCount, first);
      const known = { source: id, feed: connector.feed, fingerprint: settingsFingerprint, readAt: view.now() };
      return { items, entry: { ...known, itemCount: items.length, rejectedCount, remarks } };
    }
    for (const item of step.value.items) items.push(item);
    rejectedCount += step.value.rejected?.length ?? 0;
    first ??= step.value.rejected?.[0];
    view.progress({ step: `reading ${source.id}`, rows: items.length });
  }
}

/** Rows that cannot be read would count as gone: nobody would know of their applications any more. */
function refuseTooManyRejected(source: string, itemCount: number, rejectedCount: number, first?: RejectedRow): void {
  const rows = itemCount + rejectedCount;
  if (rejectedCount <= Math.max(REJECTED_ROWS_FREE, rows * REJECTED_SHARE_MAX)) return;
  throw new SourceError({
    place: { source },
    message: `${rejectedCount} of ${rows} rows cannot be read (${first?.reason ?? ''})`,
    hint: 'The service may have changed. Nothing was taken; what was known of it stays.',
  });
}

/** What IT knows after a reading: what is gone keeps its past, and is active no more. */
function applicationsAfter(
  before: readonly StoredApplication[],
  now: readonly KnownApplication[],
  month: Month,
): StoredApplication[] {
  const known = new Map(before.map((entry) => [entry.application, { ...entry, isActive: false }]));
  for (const { id, name, publisher, domain, isActive } of now) {
    const firstSeen = known.get(id)?.firstSeen ?? month;
    const lastSeen = isActive ? month : (known.get(id)?.lastSeen ?? month);
    known.set(id, { application: id, name, publisher, domain, firstSeen, lastSeen, isActive });
  }
  return [...known.values()].sort((left, right) => (left.application < right.application ? -1 : 1));
}
