import type { PullEnd, PullWindow, ServiceBatch } from '../../src/connector/service.js';
import { dayIn } from '../../src/connector/values.js';
import { addDays, type IsoDate } from '../../src/core/date.js';
import { SourceError } from '../../src/core/errors.js';
import { addMonths, firstDay, monthOf } from '../../src/core/period.js';
import type { Context } from './client.js';
import { groupReader, isNothing } from './groups.js';
import { accountTags, organizationRemarks, readOrganization, type Organization } from './organization.js';
import { findOwners, keysOf } from './owners.js';
import {
  accrualMetric,
  CASH,
  eachCostPage,
  GROSS_ACCRUAL,
  type CostGroup,
  type CostPage,
  type CostQuery,
  type CostReading,
} from './query.js';
import { addTotals, cashText, differences, Tally } from './tally.js';
import { chargesOf, type Evidence } from './to-charge.js';
import { allOf, dimension, keptFilter, MARKETPLACE, partsOf, recordTypes, viewsOf, type View } from './views.js';

/** AWS itself is no seller worth naming: the product says more. */
const OWN_SELLER = /^(?:amazon|aws)\b/i;
const UNIT_TAG = 'aws:ou';

/** Reads one window: its total, then each charge once by the views of `views.ts`, then compares the two. */
export async function* pull(context: Context, window: PullWindow): AsyncGenerator<ServiceBatch, PullEnd> {
  const to = endOf(context, window);
  if (to <= window.from) return { isFinal: false, remarks: [] };
  refuseTooOld(context, window);
  const reading: CostReading = {
    context,
    from: window.from,
    to,
    accrual: await accrualMetric(context),
    isEstimated: false,
  };
  const totals = await readTotals(reading);
  const sellers = await readSellers(reading);
  const hasMarketplace = sellers.size > 0;
  const owners = await findOwners(reading, hasMarketplace);
  const organization = await readOrganization(context);
  const groups = new Tally();
  for (const part of partsOf(context.settings, hasMarketplace)) {
    for (const view of viewsOf(part, owners.key, owners.values.get(part.id) ?? [])) {
      yield* readView(reading, view, { organization, sellers, groups, ownerKey: owners.key?.key ?? '' });
    }
  }
  return {
    isFinal: !reading.isEstimated && to === window.to,
    totals: totals.currencies.map((currency) => ({ currency, ...totals.total(currency) })),
    remarks: [
      ...differences(groups, totals),
      ...(await leftOutRemarks(reading)),
      ...netRemarks(reading),
      ...owners.remarks,
      ...(await organizationRemarks(context, organization)),
    ],
  };
}

/** The end of what can be asked for: Cost Explorer knows today, and nothing after it. */
function endOf(context: Context, window: PullWindow): IsoDate {
  const tomorrow = addDays(dayIn('UTC', context.now()), 1);
  return window.to < tomorrow ? window.to : tomorrow;
}

/** A month that Cost Explorer no longer keeps would look like one without spend. */
function refuseTooOld({ settings, sourceId, now }: Context, { from }: PullWindow): void {
  const first = firstDay(addMonths(monthOf(dayIn('UTC', now())), -settings.historyMonths));
  if (from >= first) return;
  throw new SourceError({
    place: { source: sourceId, key: 'historyMonths' },
    message: `${from.slice(0, 7)} is older than the ${settings.historyMonths} months that Cost Explorer keeps`,
    hint:
      `Write \`since: ${first.slice(0, 7)}\` or later. Where multi-year data is switched on in the billing console, ` +
      '`granularity: monthly` and `historyMonths: 38` reach further back.',
  });
}

async function pagesOf(reading: CostReading, query: CostQuery): Promise<CostPage[]> {
  const pages: CostPage[] = [];
  for await (const page of eachCostPage(reading, query)) pages.push(page);
  return pages;
}

/** The total of the window, asked without groups; it also tells whether net costs may be read. */
async function readTotals(reading: CostReading): Promise<Tally> {
  const totals = new Tally();
  const filter = allOf(keptFilter(reading.context.settings.leaveOut));
  const pages = await pagesOf(reading, { name: 'the total', filter, groupBy: [] });
  const unreadable = addTotals(totals, pages, reading.accrual.name);
  if (unreadable !== undefined) {
    const hint = 'The service may have changed: look for a newer version of Spendshift, or report this.';
    throw new SourceError({ place: { source: reading.context.sourceId }, message: unreadable, hint });
  }
  return totals;
}

/** Sellers by period and marketplace product. Evidence alone: no money is taken from this view. */
async function readSellers(reading: CostReading): Promise<ReadonlyMap<string, ReadonlySet<string>>> {
  const sellers = new Map<string, Set<string>>();
  const filter = allOf([MARKETPLACE, ...keptFilter(reading.context.settings.leaveOut)]);
  const groupBy = [dimension('LEGAL_ENTITY_NAME'), dimension('SERVICE')];
  for await (const page of eachCostPage(reading, { name: 'marketplace products and their sellers', filter, groupBy })) {
    for (const { start, groups } of page.periods) {
      for (const [seller, product] of keysOf(groups)) {
        const key = sellerKey(start, product);
        sellers.set(key, (sellers.get(key) ?? new Set<string>()).add(seller));
      }
    }
  }
  return sellers;
}

function sellerKey(period: string, product: string): string {
  return `${period} ${product}`;
}

interface ViewContext {
  readonly organization: Organization;
  readonly sellers: ReadonlyMap<string, ReadonlySet<string>>;
  readonly groups: Tally;
  readonly ownerKey: string;
}

async function* readView(reading: CostReading, view: View, known: ViewContext): AsyncGenerator<ServiceBatch> {
  const { context } = reading;
  const { name, filter, groupBy } = view;
  context.progress({ step: `reading ${reading.from.slice(0, 7)}: ${name}`, rows: 0 });
  // The whole view before its first charge: a page may have rows of an account that another page names.
  const pages = await pagesOf(reading, { name, filter, groupBy });
  const names = await accountNames(context, pages);
  const tags = new Map<string, Tags>();
  const toCharge = chargesOf(view, evidenceOf(context, tags, names, known));
  const read = groupReader(reading.accrual.name);
  for (const { request, periods } of pages) {
    let firstRow = 1;
    // Period by period: charges of a whole page at once would live long enough to be moved about in memory.
    for (const period of periods) {
      const { rows, rejected } = read(period, request, firstRow);
      firstRow += period.groups.length;
      for (const { keys } of rows) {
        const [account] = keys;
        if (!tags.has(account)) tags.set(account, await tagsOf(context, known.organization, account));
      }
      const charges = rows.filter((row) => !isNothing(row)).map(toCharge);
      for (const charge of charges) known.groups.addCharge(charge);
      yield { charges, rejected, skippedCount: rows.length - charges.length };
    }
  }
}

/** Names of accounts as Cost Explorer gives them beside its groups, for the whole run. */
async function accountNames(context: Context, pages: readonly CostPage[]): Promise<ReadonlyMap<string, string>> {
  const names = await context.once('names of accounts', () => Promise.resolve(new Map<string, string>()));
  for (const [id, name] of pages.flatMap((page) => page.names)) names.set(id, name);
  return names;
}

type Tags = readonly (readonly [key: string, value: string])[];

/** Tags of an account and its organisational unit. */
async function tagsOf(context: Context, organization: Organization, account: string): Promise<Tags> {
  const unit = organization.accounts.get(account)?.unit ?? '';
  return [...(await accountTags(context, organization, account)), [UNIT_TAG, unit]];
}

function evidenceOf(
  context: Context,
  tags: ReadonlyMap<string, Tags>,
  names: ReadonlyMap<string, string>,
  { organization, sellers, ownerKey }: ViewContext,
): Evidence {
  const bySeller = context.settings.marketplacePublisher === 'seller';
  return {
    payer: organization.payer,
    ownerKey,
    nameOf: (account) => organization.accounts.get(account)?.name ?? names.get(account) ?? '',
    tagsOf: (account) => tags.get(account) ?? [],
    sellerOf: (period, product) => (bySeller ? onlySeller(sellers.get(sellerKey(period, product))) : ''),
  };
}

/** The seller, where there is one and it is not AWS itself. */
function onlySeller(sellers: ReadonlySet<string> | undefined): string {
  const others = [...(sellers ?? [])].filter((seller) => !OWN_SELLER.test(seller));
  return others.length === 1 ? (others[0] ?? '') : '';
}

/** What the settings leave out, so that every cent is accounted for. */
async function leftOutRemarks(reading: CostReading): Promise<string[]> {
  const { leaveOut } = reading.context.settings;
  if (leaveOut.length === 0) return [];
  const query = {
    name: 'what `leaveOut` leaves out',
    filter: recordTypes(leaveOut),
    groupBy: [dimension('RECORD_TYPE')],
  };
  const pages = await pagesOf(reading, { ...query, isWhole: true });
  const found = new Map<string, Tally>();
  const read = groupReader(reading.accrual.name);
  const results = pages
    .flatMap(({ periods }) => periods)
    .map(({ start, groups }) => read({ start, groups: groups.map(withSecondKey) }, query.name));
  for (const { keys, currency, cash, accrual, start } of results.flatMap(({ rows }) => rows)) {
    const tally = found.get(keys[0]) ?? new Tally();
    tally.add(currency, start, { cash, accrual });
    found.set(keys[0], tally);
  }
  const amounts = [...found].map(([type, tally]) => `${type} ${cashText(tally)}`).sort();
  const rejectedCount = results.reduce((sum, { rejected }) => sum + rejected.length, 0);
  const nothing = leaveOut.filter((type) => !found.has(type));
  return [
    ...(amounts.length === 0 ? [] : [`Left out by \`leaveOut\`: ${amounts.join('; ')}.`]),
    ...(nothing.length === 0
      ? []
      : [`\`leaveOut\` names ${nothing.join(', ')}, but no charge is of that record type.`]),
    ...(rejectedCount === 0 ? [] : [`${rejectedCount} rows of what is left out cannot be read.`]),
  ];
}

/** A group of one key in the shape of a group of two. */
function withSecondKey(row: CostGroup): CostGroup {
  const keys: readonly unknown[] = Array.isArray(row['Keys']) ? row['Keys'] : [];
  return { ...row, Keys: [...keys, ''] };
}

function netRemarks({ accrual }: CostReading): string[] {
  if (accrual.name !== GROSS_ACCRUAL) return [];
  return [
    `AWS does not give net costs to these credentials: accrual is ${accrual.name}, before private discounts; cash is ` +
      `${CASH} as always.`,
  ];
}
