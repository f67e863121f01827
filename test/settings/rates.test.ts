import { describe, expect, it } from 'vitest';

import { RATE_SCALE } from '../../src/core/rates.js';
import { parseEcbRates } from '../../src/settings/rates.js';

const WANTED = new Set(['USD', 'GBP']);

describe('parseEcbRates', () => {
  it('reads the wide form, newest or oldest first, padded names, N/A and the comma at the end', () => {
    const newest = parseEcbRates(
      'Date, USD, JPY, GBP, \n2024-01-03,1.0919,155,0.8, \n2024-01-02,1.1,N/A,N/A,\n',
      'r.csv',
      WANTED,
    );
    const oldest = parseEcbRates('Date,USD,GBP\r\n2024-01-02,1.1,N/A\r\n2024-01-03,1.0919,0.8\r\n', 'r.csv', WANTED);
    expect(newest.days).toEqual(['2024-01-02', '2024-01-03']);
    expect(newest.perEuro.get('USD')).toEqual([(RATE_SCALE * 11n) / 10n, 1_091_900_000_000n]);
    expect(newest.perEuro.get('GBP')).toEqual([undefined, 800_000_000_000n]);
    expect(newest.perEuro.has('JPY')).toBe(false);
    expect(oldest).toEqual(newest);
  });

  it('reads the csvdata form of the data portal', () => {
    const text =
      'KEY,FREQ,CURRENCY,CURRENCY_DENOM,TIME_PERIOD,OBS_VALUE,TITLE\n' +
      'EXR.D.USD,D,USD,EUR,2024-01-02,1.0956,"US dollar, Euro"\n' +
      'EXR.M.USD,M,USD,EUR,2024-01,1.1,\n' +
      'EXR.D.GBP,D,GBP,EUR,2024-01-02,0.86,\n';
    const table = parseEcbRates(text, 'r.csv', WANTED);
    expect(table.days).toEqual(['2024-01-02']);
    expect(table.perEuro.get('USD')).toEqual([1_095_600_000_000n]);
  });

  it.each([
    ['Day;USD\n', 'r.csv:1: the file does not begin as ECB rates do'],
    ['Date,USD\n02.01.2024,1.1\n', 'r.csv:2: cannot read the day "02.01.2024"'],
    ['Date,USD\n2024-01-02,1.1\n2024-01-03,"1,1"\n', 'r.csv:3: cannot read the USD rate'],
    ['Date,USD\n2024-01-02,0\n', 'r.csv:2: cannot read the USD rate "0"'],
    ['Date,USD\n2024-01-02,1.1\n2024-01-02,1.2\n', 'r.csv:3: a second, different USD rate of 2024-01-02'],
    ['Date,JPY,USD\n2024-01-02,1.1\n', 'r.csv:2: the line has 2 cells, the header 3'],
  ])('refuses %j', (text, message) => {
    expect(() => parseEcbRates(text, 'r.csv', WANTED)).toThrow(message);
  });
});
