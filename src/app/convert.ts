import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

import { DataError } from '../core/errors.js';
import { dateOfDayNumber, type IsoDate } from '../core/date.js';
import { fingerprint } from '../core/ids.js';
import {
  convertMicros,
  meanRate,
  mergeRates,
  NO_RATES,
  RATE_AGE_DAYS_MAX,
  rateOn,
  scaledRate,
  type RateTable,
} from '../core/rates.js';
import { parseDecimal, PLAIN_NUMBERS } from '../core/money.js';
import type { StoredRate } from '../ledger/references.js';
import { addMonths, firstDay, lastDay, type Period } from '../core/period.js';
import { ALL_CONVERTED } from '../ledger/pull-writer.js';
import { parseEcbRates } from '../settings/rates.js';
import type { Session } from './session.js';

const RATES_STATE = 'rates-fingerprint';
const RATES_HINT =
  'Add a source with `connector: ecb-rates`, or download eurofxref-hist.csv from the European Central Bank into the workspace and name it with `rates:` in spendshift.yaml.';
/** Currencies named in one error. */
const MISSING_RATES_SHOWN_MAX = 5;

/** Rates and a hash of the file they come from. */
export interface Rates {
  readonly table: RateTable;
  readonly fingerprint: string;
}

/**
 * The workspace's rates for the currencies of the ledger: those of its file, and on days that the file does not have those
 * that its live sources gave; none when every charge has the reporting currency.
 */
export async function loadRates(session: Session): Promise<Rates> {
  const { workspace, ledger } = session;
  const currencies = new Set(await ledger.currencies());
  currencies.delete(workspace.currency);
  if (currencies.size === 0) return { table: NO_RATES, fingerprint: '' };
  currencies.add(workspace.currency);
  const published = await ledger.services.rates([...currencies].filter((currency) => currency !== 'EUR').sort());
  const fromServices = tableOfRates(published);
  const state = published.length === 0 ? [] : [JSON.stringify(published)];
  if (workspace.ratesFile === undefined) return { table: fromServices, fingerprint: fingerprint(state) };
  const text = await readFile(join(workspace.folder, workspace.ratesFile), 'utf8');
  const table = parseEcbRates(text, workspace.ratesFile, currencies);
  return { table: mergeRates(table, fromServices), fingerprint: fingerprint([text, ...state]) };
}

/** Rates that live sources published, as a table. */
function tableOfRates(published: readonly StoredRate[]): RateTable {
  if (published.length === 0) return NO_RATES;
  const days = [...new Set(published.map(({ day }) => day))].sort((left, right) => left - right);
  const place = new Map(days.map((day, index) => [day, index]));
  const perEuro = new Map<string, (bigint | undefined)[]>();
  for (const { day, currency, perEuro: text } of published) {
    const series = perEuro.get(currency) ?? days.map(() => undefined);
    perEuro.set(currency, series);
    const decimal = parseDecimal(text, PLAIN_NUMBERS);
    if (decimal !== undefined) series[place.get(day) ?? 0] = scaledRate(decimal);
  }
  return { origin: 'the rates of the live sources', days: days.map(dateOfDayNumber), perEuro };
}

/** True when every charge that has a rate is converted by the rates as they are now. */
export async function isConverted(session: Session, rates: Rates): Promise<boolean> {
  const states = conversionStates(session, rates);
  for (const [name, value] of Object.entries(states)) {
    if ((await session.ledger.state(name)) !== value) return false;
  }
  return true;
}

/** Brings the converted month facts in step with charges, reporting currency and rates; writes nothing when they are. */
export async function ensureConverted(session: Session, rates: Rates): Promise<void> {
  if (await isConverted(session, rates)) return;
  const { ledger, workspace } = session;
  const states = conversionStates(session, rates);
  const anew = (await ledger.state(RATES_STATE)) !== states[RATES_STATE];
  const known = new Map<string, bigint | undefined>();
  await ledger.convert(
    workspace.currency,
    (micros, currency, day) => {
      const key = `${currency} ${day}`;
      if (!known.has(key)) known.set(key, rateOn(rates.table, day, currency, workspace.currency)?.rate);
      const rate = known.get(key);
      return rate === undefined ? undefined : convertMicros(micros, rate);
    },
    anew,
    states,
  );
}

function conversionStates({ workspace }: Session, rates: Rates): Readonly<Record<string, string>> {
  return { [RATES_STATE]: fingerprint([workspace.currency, rates.fingerprint]), [ALL_CONVERTED]: 'yes' };
}

/**
 * Refuses a period with charges that are not converted, after all that have a rate were.
 *
 * @throws DataError naming the first days and pairs without a rate.
 */
export async function refuseMissingRates(session: Session, periods: readonly Period[]): Promise<never> {
  const { ledger, workspace } = session;
  const { table } = await loadRates(session);
  const hasRate = (currency: string, day: IsoDate): boolean =>
    rateOn(table, day, currency, workspace.currency) !== undefined;
  const missing = new Map<string, { first: IsoDate; days: number }>();
  for (const period of periods) {
    for (const { day, currency } of await ledger.unconverted(period, workspace.currency, hasRate)) {
      const { first, days } = missing.get(currency) ?? { first: day, days: 0 };
      missing.set(currency, { first: first < day ? first : day, days: days + 1 });
    }
  }
  if (missing.size === 0) throw new Error('charges are not converted although every rate is there');
  const named = [...missing].map(([currency, { first, days }]) => {
    const others = days === 1 ? '' : ` and ${days - 1} more ${days === 2 ? 'day' : 'days'}`;
    return `${currency} to ${workspace.currency} on ${first}${others}`;
  });
  const shown = named.slice(0, MISSING_RATES_SHOWN_MAX).join(', ');
  const more = named.length > MISSING_RATES_SHOWN_MAX ? ', and more' : '';
  throw new DataError({
    place: {
      file: workspace.ratesFile ?? 'spendshift.yaml',
      key: workspace.ratesFile === undefined ? 'rates' : undefined,
    },
    message: `there is no rate for ${shown}${more}; amounts of different currencies are never added`,
    hint: ratesHint(workspace),
  });
}

function ratesHint({ ratesFile, sources }: Session['workspace']): string {
  const live = sources.find(({ connector }) => connector === 'ecb-rates');
  if (live !== undefined)
    return `Run \`spendshift pull ${live.id}\`, which reads the rates; its \`since\` says from when on.`;
  return ratesFile === undefined
    ? RATES_HINT
    : `Put a newer file of reference rates in its place; a rate holds for at most ${RATE_AGE_DAYS_MAX} days after it was published.`;
}

/**
 * The baseline's rates: per currency the mean of the daily rates over the baseline.
 *
 * @throws DataError when a currency has none.
 */
export function baselineRates(
  table: RateTable,
  currencies: Iterable<string>,
  reportingCurrency: string,
  baseline: Period,
): Map<string, bigint> {
  const rates = new Map<string, bigint>();
  const first = firstDay(baseline.from);
  const last = lastDay(addMonths(baseline.to, -1));
  for (const currency of currencies) {
    if (currency === reportingCurrency) continue;
    const rate = meanRate(table, first, last, currency, reportingCurrency);
    if (rate === undefined) {
      throw new DataError({
        place: { file: table.origin },
        message: `there is no rate from ${currency} to ${reportingCurrency} between ${first} and ${last}, the baseline`,
        hint: 'Put a file of reference rates that covers the baseline in its place.',
      });
    }
    rates.set(currency, rate);
  }
  return rates;
}
