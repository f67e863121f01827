import { describe, expect, it, onTestFinished } from 'vitest';

import ecb from '../../connectors/ecb-rates/index.js';
import { mayLack, smallestFile } from '../../connectors/ecb-rates/files.js';
import { parseRates } from '../../connectors/ecb-rates/parse.js';
import type { EcbSettings } from '../../connectors/ecb-rates/settings.js';
import { toRates } from '../../connectors/ecb-rates/to-rate.js';
import type { PublishedRate, ReferenceBatch } from '../../src/connector/reference.js';
import type { ServiceContext } from '../../src/connector/service.js';
import { decimalText } from '../../src/core/decimal.js';
import { addDays, type IsoDate } from '../../src/core/date.js';
import standin from '../services/ecb-rates.js';
import type { RunningEcb } from '../services/ecb-rates.js';
import { StrictServer, type ServiceReply } from '../services/server.js';
import type { RunningStandin } from '../services/standin.js';
import { testContext } from '../support/service.js';

const day = (text: string): IsoDate => text as IsoDate;

/** A clock that tests put forward. */
function clockAt(start: string): { now: () => Date; set: (moment: string) => void } {
  let moment = new Date(start);
  return {
    now: () => moment,
    set: (next) => {
      moment = new Date(next);
    },
  };
}

async function startBank(start = '2026-11-20T12:00:00Z') {
  const clock = clockAt(start);
  const running = await standin.start({ now: clock.now, seed: 7 });
  onTestFinished(() => running.server.close());
  const { context, waitsMs } = await testContext(ecb, running, { now: clock.now });
  const files = (): string[] => running.server.requests.map(({ path }) => path.split('/').at(-1) ?? '');
  return { clock, running, context, waitsMs, files };
}

async function pull(context: ServiceContext<EcbSettings>, from: IsoDate) {
  const batches: ReferenceBatch<PublishedRate>[] = [];
  const walk = ecb.pull(context, from);
  for (;;) {
    const step = await walk.next();
    if (step.done === true) {
      const rates = batches.flatMap(({ items }) => items);
      return { rates, rejected: batches.flatMap(({ rejected = [] }) => rejected), remarks: step.value.remarks };
    }
    batches.push(step.value);
  }
}

const shown = (rates: readonly PublishedRate[]): string[] =>
  rates.map((rate) => `${rate.day} ${rate.currency} ${decimalText(rate.perEuro)}`);

/** What the bank published from a day on, in the order of days and currencies. */
function published(running: RunningEcb, from: IsoDate): string[] {
  return running
    .days()
    .filter((date) => date >= from)
    .flatMap((date) =>
      [...running.rates(date)]
        .sort(([left], [right]) => (left < right ? -1 : 1))
        .map(([currency, rate]) => `${date} ${currency} ${rate.replace(/\.?0+$/, '')}`),
    );
}

/** A server that answers every request with one reply. */
async function serving(reply: ServiceReply): Promise<RunningStandin> {
  const faults = { throttled: reply, 'server-error': reply, expired: reply, forbidden: reply };
  const server = await StrictServer.start(() => reply, faults);
  onTestFinished(() => server.close());
  return { server, settings: { endpoint: server.url }, secrets: {} };
}

const envelope = (days: string): string =>
  `<?xml version="1.0" encoding="UTF-8"?><g:Envelope xmlns:g="http://www.gesmes.org/xml/2002-08-01" xmlns="http://www.ecb.int/vocabulary/2002-08-01/eurofxref"><g:subject>Reference rates</g:subject><Cube>${days}</Cube></g:Envelope>`;

async function* chunks(text: string, size: number): AsyncGenerator<Uint8Array> {
  await Promise.resolve();
  const bytes = Buffer.from(text);
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

describe('a pull', () => {
  it('gives every rate that was published in 38 months, exactly, and no other', async () => {
    const { running, context, files } = await startBank();
    const from = day('2023-09-01');
    const { rates, rejected, remarks } = await pull(context, from);
    expect(shown(rates)).toEqual(published(running, from));
    expect(rates.length).toBeGreaterThan(15_000);
    expect({ rejected, remarks, files: files() }).toEqual({
      rejected: [],
      remarks: [],
      files: ['eurofxref-hist.xml'],
    });
    expect(running.server.violations).toEqual([]);
  });

  it('reads the file of 90 days where that is enough, and the rates are the same', async () => {
    const { running, context, files } = await startBank();
    const from = day('2026-11-12');
    const { rates } = await pull(context, from);
    expect(shown(rates)).toEqual(published(running, from));
    expect(files()).toEqual(['eurofxref-hist-90d.xml']);
  });

  it('reads the file of one day where no other day can be asked for', async () => {
    const { running, context, files } = await startBank('2026-11-22T12:00:00Z');
    const from = day('2026-11-20'); // A Friday, asked for on Sunday.
    const { rates } = await pull(context, from);
    expect(shown(rates)).toEqual(published(running, from));
    expect(rates).toHaveLength(running.rates(from).size);
    expect(files()).toEqual(['eurofxref-daily.xml']);
  });

  it('gives nothing of an earlier day while the day asked for has no rates yet', async () => {
    const { clock, running, context } = await startBank('2026-11-20T14:59:00Z');
    const from = day('2026-11-20');
    expect((await pull(context, from)).rates).toEqual([]);
    clock.set('2026-11-20T15:00:00Z'); // 16:00 in Frankfurt.
    expect((await pull(context, from)).rates).toHaveLength(running.rates(from).size);
  });

  it('has no rate on weekends and holidays, and none after today', async () => {
    const { context } = await startBank('2026-04-10T18:00:00Z');
    const { rates } = await pull(context, day('2026-03-30'));
    // 3 and 6 April 2026 are Good Friday and Easter Monday.
    const days = [...new Set(rates.map((rate) => rate.day))];
    expect(days).toEqual([
      '2026-03-30',
      '2026-03-31',
      '2026-04-01',
      '2026-04-02',
      '2026-04-07',
      '2026-04-08',
      '2026-04-09',
      '2026-04-10',
    ]);
  });

  it('ends the rates of a currency with its last day', async () => {
    const { context } = await startBank('2026-01-15T18:00:00Z');
    const { rates } = await pull(context, day('2022-01-03'));
    const last = (currency: string): string | undefined =>
      rates.filter((rate) => rate.currency === currency).at(-1)?.day;
    expect([last('RUB'), last('HRK'), last('BGN'), last('USD')]).toEqual([
      '2022-03-01',
      '2022-12-30',
      '2025-12-31',
      '2026-01-15',
    ]);
  });

  it('leaves out cells that say N/A', async () => {
    const { running, context } = await startBank();
    const { rates, rejected } = await pull(context, day('2026-10-01'));
    const [request] = running.server.requests;
    expect(request?.path).toContain('hist-90d');
    expect(rates.some(({ currency }) => currency === 'ILS')).toBe(false);
    expect(rates.some((rate) => rate.day === day('2026-10-13'))).toBe(true);
    expect(rejected).toEqual([]);
  });

  it('gives a corrected rate as it stands now', async () => {
    const { running, context } = await startBank();
    const date = day('2026-11-17');
    running.correct(date, 'USD', '1.23456');
    const { rates } = await pull(context, date);
    expect(shown(rates)).toContain('2026-11-17 USD 1.23456');
  });

  it('asks for a file that is cut off or spoiled once more', async () => {
    const { running, context, waitsMs } = await startBank();
    running.server.fail('cut');
    running.server.fail('malformed');
    running.server.fail('server-error');
    const from = day('2026-11-02');
    const { rates } = await pull(context, from);
    expect(shown(rates)).toEqual(published(running, from));
    expect(running.server.requests).toHaveLength(4);
    expect(waitsMs.filter((waitMs) => waitMs >= 750)).not.toEqual([]);
  });

  it('reads the whole history when the file of 90 days turns out to begin too late', async () => {
    const body = envelope(`<Cube time='2026-11-19'><Cube currency='USD' rate='1.08'/></Cube>`);
    const running = await serving({ body });
    const { context } = await testContext(ecb, running, { now: () => new Date('2026-11-20T12:00:00Z') });
    await pull(context, day('2026-11-09'));
    expect(running.server.requests.map(({ path }) => path)).toEqual(['/eurofxref-hist-90d.xml', '/eurofxref-hist.xml']);
  });
});

describe('which file is read', () => {
  it.each([
    ['2026-11-20', '2026-11-20', 'eurofxref-daily.xml'],
    ['2026-11-20', '2026-11-22', 'eurofxref-daily.xml'],
    ['2026-11-21', '2026-11-23', 'eurofxref-daily.xml'],
    ['2026-11-30', '2026-11-20', 'eurofxref-daily.xml'],
    ['2026-11-19', '2026-11-20', 'eurofxref-hist-90d.xml'],
    ['2026-11-20', '2026-11-23', 'eurofxref-hist-90d.xml'],
    ['2026-08-22', '2026-11-20', 'eurofxref-hist-90d.xml'],
    ['2026-08-21', '2026-11-20', 'eurofxref-hist.xml'],
    ['1999-01-04', '2026-11-20', 'eurofxref-hist.xml'],
  ])('from %s on %s: %s', (from, today, file) => {
    expect(smallestFile(day(from), day(today))).toBe(file);
  });

  it('knows when a file may lack a day', () => {
    expect(mayLack(day('2026-08-22'), day('2026-08-24'))).toBe(false); // Saturday and Sunday alone.
    expect(mayLack(day('2026-08-21'), day('2026-08-24'))).toBe(true);
    expect(mayLack(day('2026-08-24'), day('2026-08-24'))).toBe(false);
    expect(mayLack(day('2026-08-24'), undefined)).toBe(true);
  });
});

describe('reading XML', () => {
  const text = envelope(
    `<Cube time='2026-11-19'><Cube currency='USD' rate='1.0850'/><Cube currency='JPY' rate='163.55'/></Cube><Cube time="2026-11-18"><Cube currency="USD" rate="1.08"></Cube></Cube>`,
  );

  it.each([1, 7, 4096])('takes chunks of %i bytes', async (size) => {
    expect(await parseRates(chunks(text, size))).toEqual({
      dayCount: 2,
      rates: [
        { time: '2026-11-19', currency: 'USD', rate: '1.0850' },
        { time: '2026-11-19', currency: 'JPY', rate: '163.55' },
        { time: '2026-11-18', currency: 'USD', rate: '1.08' },
      ],
    });
  });

  it('goes by the namespace, not by its prefix', async () => {
    const prefixed = `<e:Envelope xmlns:e="urn:any" xmlns:x="http://www.ecb.int/vocabulary/2002-08-01/eurofxref"><x:Cube><x:Cube time="2026-11-19"><x:Cube currency="USD" rate="1.1"/></x:Cube></x:Cube></e:Envelope>`;
    expect((await parseRates(chunks(prefixed, 50))).rates).toEqual([
      { time: '2026-11-19', currency: 'USD', rate: '1.1' },
    ]);
    const foreign = text.replace('http://www.ecb.int/vocabulary/2002-08-01/eurofxref', 'urn:other');
    expect(await parseRates(chunks(foreign, 50))).toEqual({ dayCount: 0, rates: [] });
  });

  it('gives a rate outside of a day no day', async () => {
    const loose = envelope(`<Cube time='2026-11-19'/><Cube currency='USD' rate='1.1'/>`);
    expect((await parseRates(chunks(loose, 50))).rates).toEqual([{ time: '', currency: 'USD', rate: '1.1' }]);
  });

  it('refuses what is cut off', async () => {
    await expect(parseRates(chunks(text.slice(0, -20), 50))).rejects.toThrow(SyntaxError);
  });
});

describe('conversion', () => {
  const from = day('2026-11-01');
  const row = (time: string, currency: string, rate: string) => ({ time, currency, rate });

  it('keeps every digit', () => {
    const { rates } = toRates([row('2026-11-19', 'GBP', '0.863400'), row('2026-11-19', 'IDR', '16719.01')], from, 'f');
    expect(rates).toEqual([
      { day: '2026-11-19', currency: 'GBP', perEuro: { digits: 863_400n, scale: 6 } },
      { day: '2026-11-19', currency: 'IDR', perEuro: { digits: 1_671_901n, scale: 2 } },
    ]);
  });

  it.each([
    [row('2026-02-30', 'USD', '1.1'), '"2026-02-30" is no day'],
    [row('', 'USD', '1.1'), '"" is no day'],
    [row('2026-11-19', 'USD', ''), '"" is no rate of USD on 2026-11-19'],
    [row('2026-11-19', 'USD', '1,1'), '"1,1" is no rate of USD on 2026-11-19'],
    [row('2026-11-19', 'USD', '-1.1'), '"-1.1" is no rate of USD on 2026-11-19'],
    [row('2026-11-19', 'USD', '0.0000'), '"0.0000" is no rate of USD on 2026-11-19'],
    [row('2026-11-19', 'USD', '1e3'), '"1e3" is no rate of USD on 2026-11-19'],
  ])('sets %j aside', (entry, reason) => {
    const { rates, rejected } = toRates([row('2026-11-19', 'JPY', '163'), entry], from, 'eurofxref-daily.xml');
    expect(shown(rates)).toEqual(['2026-11-19 JPY 163']);
    expect(rejected).toEqual([{ file: 'eurofxref-daily.xml', row: 2, reason, text: JSON.stringify(entry) }]);
  });

  it('takes neither of two different rates of one day, and one of two equal ones', () => {
    const written = [
      row('2026-11-19', 'USD', '1.1'),
      row('2026-11-19', 'USD', '1.2'),
      row('2026-11-19', 'USD', '1.1'),
      row('2026-11-19', 'JPY', '163.5'),
      row('2026-11-19', 'JPY', '163.50'),
    ];
    const { rates, rejected } = toRates(written, from, 'f');
    expect(shown(rates)).toEqual(['2026-11-19 JPY 163.5']);
    expect(rejected.map((entry) => entry.row)).toEqual([1, 2, 3]);
  });

  it('says of codes that it does not know, without an error', async () => {
    const days = ['2026-11-18', '2026-11-19'].map(
      (time) => `<Cube time='${time}'><Cube currency='XQZ' rate='3'/><Cube currency='usd' rate='1.1'/></Cube>`,
    );
    const running = await serving({ body: envelope(days.join('')) });
    const { context } = await testContext(ecb, running, { now: () => new Date('2026-11-19T18:00:00Z') });
    const { rates, rejected, remarks } = await pull(context, day('2026-11-18'));
    expect(shown(rates)).toEqual(['2026-11-18 USD 1.1', '2026-11-19 USD 1.1']);
    expect(rejected).toEqual([]);
    expect(remarks).toEqual([
      'Rates were left out because their code is not in ISO 4217 as Spendshift knows it: "XQZ" (2 days).',
    ]);
  });
});

describe('what it says', () => {
  it('of rates that stand still', async () => {
    const running = await serving({
      body: envelope(`<Cube time='2026-11-05'><Cube currency='USD' rate='1.1'/></Cube>`),
    });
    const { context } = await testContext(ecb, running, { now: () => new Date('2026-11-20T12:00:00Z') });
    const { remarks } = await pull(context, day('2026-11-05'));
    expect(remarks).toEqual(['The newest rates are of 2026-11-05, more than 7 days ago: days after it use them.']);
  });

  it.each(['2026-04-01', '2025-12-20'])('nothing on holidays in a row, such as the days from %s', async (first) => {
    const { clock, context } = await startBank(`${first}T12:00:00Z`);
    for (let date = day(first); date < addDays(day(first), 20); date = addDays(date, 1)) {
      clock.set(`${date}T12:00:00Z`);
      expect((await pull(context, addDays(date, -10))).remarks).toEqual([]);
    }
  });

  it.each<[string, ServiceReply, string]>([
    ['no day', { body: envelope('') }, 'the file holds no day of rates in the ECB’s form'],
    ['no file', { status: 404, body: '<html>Not Found</html>' }, 'the service answered 404'],
    ['a refusal', { status: 403, body: 'sign in first' }, 'the service answered 403: sign in first'],
    ['a page', { body: '<html><p>Sign in</html>' }, 'the reply was cut off or cannot be read (tried 6 times)'],
  ])('when it is given %s', async (_what, reply, message) => {
    const running = await serving(reply);
    const { context } = await testContext(ecb, running, { now: () => new Date('2026-11-20T12:00:00Z') });
    const [verdict] = await ecb.check(context);
    const detail = `reference rates, eurofxref-daily.xml: ${message}`;
    expect(verdict).toMatchObject({ permission: 'eurofxref', granted: false, detail });
    expect(verdict?.hint).toMatch(/\.$/);
  });

  it('when a proxy stands between', async () => {
    const running = await serving({ status: 403, body: '<html>blocked</html>' });
    const { context } = await testContext(ecb, running, { now: () => new Date('2026-11-20T12:00:00Z') });
    const [verdict] = await ecb.check(context);
    expect(verdict?.hint).toContain('look whether a proxy stands between');
    expect(verdict?.hint).toContain(`${running.server.url}/eurofxref-daily.xml`);
  });

  it('when all is well', async () => {
    const { running, context } = await startBank();
    expect(await ecb.check(context)).toEqual([
      {
        permission: 'eurofxref',
        granted: true,
        detail: `${running.rates(day('2026-11-19')).size} rates of 2026-11-19`,
      },
    ]);
  });
});

describe('settings', () => {
  it('need nothing', () => {
    expect(ecb.settings.parse({})).toEqual({ endpoint: 'https://www.ecb.europa.eu/stats/eurofxref/' });
  });

  it('refuse what they do not know, and addresses that are not safe', () => {
    expect(ecb.settings.safeParse({ currency: 'USD' }).success).toBe(false);
    expect(ecb.settings.safeParse({ endpoint: 'http://rates.example/' }).success).toBe(false);
  });
});
