import { addDays, type IsoDate } from '../core/date.js';
import { isWeekend } from './calendar.js';
import { createRandom } from '../core/random.js';
import type { DemoFile } from './types.js';

const FIRST_DAY = '2024-01-02' as IsoDate;
const LAST_DAY = '2026-04-30' as IsoDate;
/** Days on which no reference rates are published: TARGET holidays of 2024 to 2026 that fall on weekdays. */
const HOLIDAYS = new Set(
  (
    '2024-03-29 2024-04-01 2024-05-01 2024-12-25 2024-12-26 2025-01-01 2025-04-18 2025-04-21 2025-05-01 2025-12-25 ' +
    '2025-12-26 2026-01-01 2026-04-03 2026-04-06'
  ).split(' '),
);

/** Units per euro in ten-thousandths: where the walk starts, where it drifts to, and its largest step a day. */
const SERIES = [
  { currency: 'USD', start: 10_950, end: 11_600, step: 55 },
  { currency: 'JPY', start: 1_558_000, end: 1_720_000, step: 9_000 },
  { currency: 'CZK', start: 246_000, end: 244_000, step: 500 },
  { currency: 'DKK', start: 74_560, end: 74_650, step: 12 },
  { currency: 'GBP', start: 8_660, end: 8_480, step: 26 },
  { currency: 'PLN', start: 43_500, end: 42_600, step: 150 },
  { currency: 'SEK', start: 111_500, end: 109_000, step: 420 },
  { currency: 'CHF', start: 9_320, end: 9_350, step: 32 },
] as const;

/**
 * Exchange rates in the layout of the ECB's history file: units per euro, newest day first, `N/A` for a currency that
 * is no longer published, a comma at the end of each line. The figures are invented: a walk in whole ten-thousandths.
 */
export function ratesFile(seed: number): DemoFile {
  const random = createRandom(seed, 'rates');
  const days = publishedDays();
  const walks = SERIES.map(({ currency, start, end, step }) => {
    let swing = 0;
    return {
      currency,
      rates: days.map((_, index) => {
        swing = Math.trunc((swing * 97) / 100) + random.integer(-step, step);
        return start + Math.round(((end - start) * index) / (days.length - 1)) + swing;
      }),
    };
  });
  const lines = days.map((day, index) => {
    const cells = walks.map(({ rates }) => rateText(rates[index] ?? 0));
    return `${[day, ...cells, 'N/A'].join(',')},`;
  });
  const header = `${['Date', ...SERIES.map(({ currency }) => currency), 'RUB'].join(',')},`;
  return { path: 'rates/eurofxref-hist.csv', content: `${[header, ...lines.reverse()].join('\n')}\n` };
}

function publishedDays(): IsoDate[] {
  const days: IsoDate[] = [];
  for (let day = FIRST_DAY; day <= LAST_DAY; day = addDays(day, 1)) {
    if (!isWeekend(day) && !HOLIDAYS.has(day)) days.push(day);
  }
  return days;
}

function rateText(tenThousandths: number): string {
  return `${Math.floor(tenThousandths / 10_000)}.${String(tenThousandths % 10_000).padStart(4, '0')}`;
}
