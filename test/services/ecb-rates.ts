import { createRandom } from '../../src/core/random.js';
import { addDays, isoDate, type IsoDate } from '../../src/core/date.js';
import { Refusal, StrictServer, type FaultReplies, type ServiceReply, type ServiceRequest } from './server.js';
import type { RunningStandin, Standin, World } from './standin.js';

/** First day that has rates; the true file begins in 1999. */
const FIRST_DAY = '2020-01-02' as IsoDate;
const QUARTER_DAYS = 90;
/** Hour in Frankfurt at which the rates of a day appear. */
const PUBLISHED_AT_HOUR = 16;
const FOLDER = '/stats/eurofxref/';

interface Quoted {
  readonly currency: string;
  /** Rate of the first day in units of the last decimal that is published. */
  readonly start: number;
  readonly decimals: number;
  /** Last day with a rate, for currencies that are gone. */
  readonly last?: IsoDate;
}

/** In the order of the ECB's files. */
const QUOTED: readonly Quoted[] = [
  { currency: 'USD', start: 11_193, decimals: 4 },
  { currency: 'JPY', start: 12_175, decimals: 2 },
  { currency: 'BGN', start: 19_558, decimals: 4, last: '2025-12-31' as IsoDate },
  { currency: 'CZK', start: 25_411, decimals: 3 },
  { currency: 'DKK', start: 74_719, decimals: 4 },
  { currency: 'GBP', start: 84_828, decimals: 5 },
  { currency: 'HUF', start: 33_038, decimals: 2 },
  { currency: 'PLN', start: 42_544, decimals: 4 },
  { currency: 'RON', start: 47_828, decimals: 4 },
  { currency: 'SEK', start: 104_728, decimals: 4 },
  { currency: 'CHF', start: 10_865, decimals: 4 },
  { currency: 'ISK', start: 13_610, decimals: 2 },
  { currency: 'NOK', start: 98_408, decimals: 4 },
  { currency: 'HRK', start: 74_420, decimals: 4, last: '2022-12-30' as IsoDate },
  { currency: 'RUB', start: 691_910, decimals: 4, last: '2022-03-01' as IsoDate },
  { currency: 'TRY', start: 66_534, decimals: 4 },
  { currency: 'AUD', start: 16_006, decimals: 4 },
  { currency: 'BRL', start: 44_889, decimals: 4 },
  { currency: 'CAD', start: 14_549, decimals: 4 },
  { currency: 'CNY', start: 77_950, decimals: 4 },
  { currency: 'IDR', start: 1_559_381, decimals: 2 },
  { currency: 'INR', start: 798_380, decimals: 4 },
  { currency: 'KRW', start: 129_540, decimals: 2 },
  { currency: 'ZAR', start: 157_578, decimals: 4 },
];

/** The European Central Bank at work. */
export interface RunningEcb extends RunningStandin {
  /** Days with rates that are published by now, oldest first. */
  days(): readonly IsoDate[];
  /** The rates of a day as they were published, by currency; empty on a day that has none. */
  rates(day: IsoDate): ReadonlyMap<string, string>;
  /** Publishes a rate anew. */
  correct(day: IsoDate, currency: string, rate: string): void;
}

/** Stands in for the files of reference rates at www.ecb.europa.eu. */
export default { connector: 'ecb-rates', start } satisfies Standin<RunningEcb>;

async function start(world: World): Promise<RunningEcb> {
  const bank = new Bank(world);
  const server = await StrictServer.start((request) => bank.answer(request), FAULTS);
  return {
    server,
    settings: { endpoint: `${server.url}${FOLDER}` },
    secrets: {},
    days: () => bank.days(),
    rates: (day) => bank.rates(day),
    correct: (day, currency, rate) => {
      bank.correct(day, currency, rate);
    },
  };
}

const FAULTS: FaultReplies = {
  throttled: { status: 429, headers: { 'retry-after': '2' }, body: '' },
  'server-error': { status: 503, body: '<html><body>Service Unavailable</body></html>' },
  expired: { status: 401, body: '<html><body>Unauthorized</body></html>' },
  forbidden: { status: 403, body: '<html><body>Access Denied</body></html>' },
};

class Bank {
  readonly #world: World;
  readonly #byDay = new Map<IsoDate, Map<string, string>>();
  readonly #walks: { readonly quoted: Quoted; readonly random: ReturnType<typeof createRandom>; units: number }[];
  #madeUpTo = addDays(FIRST_DAY, -1);

  constructor(world: World) {
    this.#world = world;
    this.#walks = QUOTED.map((quoted) => ({
      quoted,
      random: createRandom(world.seed, `rate of ${quoted.currency}`),
      units: quoted.start,
    }));
  }

  days(): readonly IsoDate[] {
    const last = this.#lastPublished();
    this.#makeUpTo(last);
    return [...this.#byDay.keys()].filter((day) => day <= last);
  }

  rates(day: IsoDate): ReadonlyMap<string, string> {
    if (day > this.#lastPublished()) return new Map();
    this.#makeUpTo(day);
    return this.#byDay.get(day) ?? new Map<string, string>();
  }

  correct(day: IsoDate, currency: string, rate: string): void {
    const rates = this.rates(day);
    if (!rates.has(currency)) throw new Error(`there is no rate of ${currency} on ${day}`);
    this.#byDay.get(day)?.set(currency, rate);
  }

  answer({ method, path, query, headers }: ServiceRequest): ServiceReply {
    if (method !== 'GET') throw new Refusal('only GET is served', { status: 405, body: 'Method Not Allowed' });
    if ('authorization' in headers) {
      throw new Refusal('a secret was sent to a public file', { status: 400, body: 'Bad Request' });
    }
    if (query.size > 0) throw new Refusal('a file takes no query', { status: 400, body: 'Bad Request' });
    const days = this.days();
    const newest = days.slice(-1);
    const since = addDays(this.#today(), -QUARTER_DAYS);
    switch (path) {
      case `${FOLDER}eurofxref-daily.xml`:
        return this.#file(newest, "'");
      case `${FOLDER}eurofxref-hist-90d.xml`:
        return this.#file(
          days.filter((day) => day >= since),
          '"',
        );
      case `${FOLDER}eurofxref-hist.xml`:
        return this.#file(days, '"');
      default:
        throw new Refusal(`there is no ${path}`, { status: 404, body: '<html><body>Not Found</body></html>' });
    }
  }

  #file(days: readonly IsoDate[], quote: string): ServiceReply {
    const cubes = [...days].reverse().map((day) => {
      const rates = [...(this.#byDay.get(day) ?? [])].map(
        ([currency, rate]) => `<Cube currency=${quote}${currency}${quote} rate=${quote}${rate}${quote}/>`,
      );
      // Written for a currency that has no rate on a day although it has others.
      if (day.endsWith('-13')) rates.push(`<Cube currency=${quote}ILS${quote} rate=${quote}N/A${quote}/>`);
      return `<Cube time=${quote}${day}${quote}>${rates.join('')}</Cube>`;
    });
    const body = `<?xml version="1.0" encoding="UTF-8"?>
<gesmes:Envelope xmlns:gesmes="http://www.gesmes.org/xml/2002-08-01" xmlns="http://www.ecb.int/vocabulary/2002-08-01/eurofxref">
	<gesmes:subject>Reference rates</gesmes:subject>
	<gesmes:Sender><gesmes:name>European Central Bank</gesmes:name></gesmes:Sender>
	<Cube>${cubes.join('\n')}</Cube>
</gesmes:Envelope>`;
    return { headers: { 'content-type': 'text/xml' }, body };
  }

  #makeUpTo(last: IsoDate): void {
    for (let day = addDays(this.#madeUpTo, 1); day <= last; day = addDays(day, 1)) {
      this.#madeUpTo = day;
      if (!isWorkingDay(day)) continue;
      const rates = new Map<string, string>();
      for (const walk of this.#walks) {
        walk.units += Math.trunc((walk.units * walk.random.integer(-50, 50)) / 10_000);
        if (walk.quoted.last === undefined || day <= walk.quoted.last) {
          rates.set(walk.quoted.currency, written(walk.units, walk.quoted.decimals));
        }
      }
      this.#byDay.set(day, rates);
    }
  }

  #today(): IsoDate {
    return frankfurt(this.#world.now()).day;
  }

  #lastPublished(): IsoDate {
    const { day, hour } = frankfurt(this.#world.now());
    return hour >= PUBLISHED_AT_HOUR ? day : addDays(day, -1);
  }
}

function written(units: number, decimals: number): string {
  const digits = String(units).padStart(decimals + 1, '0');
  return `${digits.slice(0, -decimals)}.${digits.slice(-decimals)}`;
}

const clock = new Intl.DateTimeFormat('sv-SE', { timeZone: 'Europe/Berlin', dateStyle: 'short', timeStyle: 'short' });

function frankfurt(moment: Date): { readonly day: IsoDate; readonly hour: number } {
  const [day = '', time = ''] = clock.format(moment).split(' ');
  return { day: day as IsoDate, hour: Number(time.slice(0, 2)) };
}

/** Days on which the payment system of the euro is open. */
function isWorkingDay(day: IsoDate): boolean {
  const weekday = new Date(day).getUTCDay();
  if (weekday === 0 || weekday === 6) return false;
  if (['01-01', '05-01', '12-25', '12-26'].includes(day.slice(5))) return false;
  const easter = easterSunday(Number(day.slice(0, 4)));
  return day !== addDays(easter, -2) && day !== addDays(easter, 1);
}

/** Easter Sunday by the Gregorian computus. */
function easterSunday(year: number): IsoDate {
  const golden = year % 19;
  const century = Math.floor(year / 100);
  const epact = (century - Math.floor(century / 4) - Math.floor((8 * century + 13) / 25) + 19 * golden + 15) % 30;
  const moon = epact - Math.floor(epact / 28) * (1 - Math.floor(29 / (epact + 1)) * Math.floor((21 - golden) / 11));
  const weekday = (year + Math.floor(year / 4) + moon + 2 - century + Math.floor(century / 4)) % 7;
  const offset = moon - weekday;
  const month = 3 + Math.floor((offset + 40) / 44);
  return isoDate(year, month, offset + 28 - 31 * Math.floor(month / 4));
}
