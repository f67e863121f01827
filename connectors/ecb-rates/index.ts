import {
  defineRates,
  type PublishedRate,
  type ReferenceBatch,
  type ReferenceEnd,
} from '../../src/connector/reference.js';
import type { Permission, ServiceContext } from '../../src/connector/service.js';
import { permissionOf, verdictOf } from '../../src/connector/verdict.js';
import { addDays, parseIsoDate, type IsoDate } from '../../src/core/date.js';
import { ecbToday, fetchRates, FILES, mayLack, smallestFile, type FileName } from './files.js';
import type { RatesFile } from './parse.js';
import { ecbSettings, type EcbSettings } from './settings.js';
import { toRates } from './to-rate.js';

type Context = ServiceContext<EcbSettings>;

const PERMISSIONS: readonly Permission[] = [
  { id: 'eurofxref', why: 'the published files of reference rates; open to everybody', required: true },
];

const GRANT = `Nothing is to be granted: the files are public. This machine must reach, over HTTPS:
  https://www.ecb.europa.eu/stats/eurofxref/`;

/** Between two files; a pull asks for one, rarely two. */
const REQUEST_INTERVAL_MS = 1_000;
/** The file of all days since 1999 has some eight megabytes. */
const REQUEST_TIMEOUT_MS = 120_000;
/** No run of holidays is longer (Easter: five days), so older rates mean that something is wrong. */
const QUIET_DAYS_MAX = 7;
/** Unknown codes that a remark names. */
const CODES_SHOWN_MAX = 5;

/** Euro foreign exchange reference rates of the European Central Bank. */
export default defineRates<EcbSettings>({
  id: 'ecb-rates',
  title: 'European Central Bank reference rates',
  settings: ecbSettings,
  version: 1,
  service: {
    permissions: PERMISSIONS,
    grant: GRANT,
    requestIntervalMs: REQUEST_INTERVAL_MS,
    requestTimeoutMs: REQUEST_TIMEOUT_MS,
  },
  async check(context) {
    const verdict = await verdictOf(permissionOf(PERMISSIONS, 'eurofxref'), async () => {
      const { rates } = await fetchRates(context, FILES.daily);
      return `${rates.length} rates of ${rates[0]?.time ?? 'no day'}`;
    });
    return [verdict];
  },
  pull,
});

async function* pull(context: Context, from: IsoDate): AsyncGenerator<ReferenceBatch<PublishedRate>, ReferenceEnd> {
  const today = ecbToday(context.now());
  const { file, found } = await coveringFile(context, from, today);
  const { rates, rejected, unknown } = toRates(found.rates, from, file);
  yield { items: rates, rejected };
  return { remarks: [...unknownRemarks(unknown), ...quietRemarks(found, today)] };
}

/** The smallest file that has the days asked for, looked through once it is there. */
async function coveringFile(
  context: Context,
  from: IsoDate,
  today: IsoDate,
): Promise<{ readonly file: FileName; readonly found: RatesFile }> {
  const file = smallestFile(from, today);
  const found = await fetchRates(context, file);
  if (file !== FILES.quarter || !mayLack(from, daysOf(found)[0])) return { file, found };
  return { file: FILES.history, found: await fetchRates(context, FILES.history) };
}

/** The days of a file, oldest first. */
function daysOf({ rates }: RatesFile): IsoDate[] {
  const times = [...new Set(rates.map(({ time }) => time))];
  return times.flatMap((time) => parseIsoDate(time) ?? []).sort();
}

function unknownRemarks(unknown: ReadonlyMap<string, number>): string[] {
  if (unknown.size === 0) return [];
  const named = [...unknown].slice(0, CODES_SHOWN_MAX).map(([code, days]) => `"${code}" (${days} days)`);
  const others = unknown.size > CODES_SHOWN_MAX ? ` and ${unknown.size - CODES_SHOWN_MAX} more` : '';
  return [
    `Rates were left out because their code is not in ISO 4217 as Spendshift knows it: ${named.join(', ')}${others}.`,
  ];
}

function quietRemarks(found: RatesFile, today: IsoDate): string[] {
  const newest = daysOf(found).at(-1) ?? 'an unknown day';
  if (newest >= addDays(today, -QUIET_DAYS_MAX)) return [];
  return [`The newest rates are of ${newest}, more than ${QUIET_DAYS_MAX} days ago: days after it use them.`];
}
