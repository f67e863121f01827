import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

import { DataError } from '../core/errors.js';
import type { IsoDate } from '../core/date.js';
import { fingerprint } from '../core/ids.js';
import { convertMicros, meanRate, NO_RATES, RATE_AGE_DAYS_MAX, rateOn, type RateTable } from '../core/rates.js';
import { addMonths, firstDay, lastDay, type Period } from '../core/period.js';
import { parseEcbRates } from '../settings/rates.js';
import type { Session } from './session.js';

const RATES_STATE = 'rates-fingerprint';
/** Missing rates named in one error. */
const MISSING_RATES_SHOWN_MAX = 5;

/** The workspace's rates for the currencies of the ledger; none when every charge has the reporting currency. */
export async function loadRates(session: Session): Promise<{ table: RateTable; fingerprint: string }> {
  const { workspace, ledger } = session;
  const currencies = new Set(await ledger.currencies());
  currencies.delete(workspace.currency);
  if (currencies.size === 0 || workspace.ratesFile === undefined) return { table: NO_RATES, fingerprint: '' };
  const text = await readFile(join(workspace.folder, workspace.ratesFile), 'utf8');
  currencies.add(workspace.currency);
  const table = parseEcbRates(text, workspace.ratesFile, currencies);
  return { table, fingerprint: fingerprint([text]) };
}

/** Brings the converted month facts in step with charges, reporting currency and rates. */
export async function ensureConverted(
  session: Session,
  rates: { table: RateTable; fingerprint: string },
): Promise<void> {
  const { ledger, workspace } = session;
  const state = fingerprint([workspace.currency, rates.fingerprint]);
  const anew = (await ledger.state(RATES_STATE)) !== state;
  const foreign = (await ledger.currencies()).some((currency) => currency !== workspace.currency);
  if (!foreign && !anew) return;
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
  );
  if (anew) await ledger.saveState(RATES_STATE, state);
}

/**
 * Refuses a period with charges that cannot be converted.
 *
 * @throws DataError naming the first days and pairs without a rate.
 */
export async function requireRates(session: Session, periods: readonly Period[]): Promise<void> {
  const { ledger, workspace } = session;
  const { table } = await loadRates(session);
  const hasRate = (currency: string, day: IsoDate): boolean =>
    rateOn(table, day, currency, workspace.currency) !== undefined;
  const missing: string[] = [];
  for (const period of periods) {
    for (const { day, currency } of await ledger.unconverted(period, workspace.currency, hasRate)) {
      missing.push(`${currency} to ${workspace.currency} on ${day}`);
    }
  }
  if (missing.length === 0) return;
  const shown = missing.slice(0, MISSING_RATES_SHOWN_MAX).join(', ');
  const more = missing.length > MISSING_RATES_SHOWN_MAX ? ', and more' : '';
  throw new DataError({
    place: {
      file: workspace.ratesFile ?? 'spendshift.yaml',
      key: workspace.ratesFile === undefined ? 'rates' : undefined,
    },
    message: `there is no rate for ${shown}${more}; amounts of different currencies are never added`,
    hint:
      workspace.ratesFile === undefined
        ? 'Download eurofxref-hist.csv from the European Central Bank into the workspace and name it with `rates:` in spendshift.yaml.'
        : `Put a newer file of reference rates in its place; a rate holds for at most ${RATE_AGE_DAYS_MAX} days after it was published.`,
  });
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
