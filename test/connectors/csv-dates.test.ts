import { describe, expect, it } from 'vitest';

import { dateFormats, parseDateFormat, readDate } from '../../connectors/csv/dates.js';

describe('readDate', () => {
  it.each([
    ['YYYY-MM-DD', '2024-02-29', 20240229],
    ['YYYY-MM-DD', '2024-02-29T23:59:59.5Z', 20240229],
    ['YYYY-MM-DD', '2024-02-29 23:59', 20240229],
    ['YYYY-MM-DD HH:mm:ss', '2024-02-29 23:59:00', 20240229],
    ['YYYY-MM-DDTHH:mm:ss', '2024-02-29', 20240229],
    ['DD/MM/YYYY', ' 01/12/2024 ', 20241201],
    ['D/M/YYYY', '1/12/2024', 20241201],
    ['D.M.YY', '1.2.68', 20680201],
    ['D.M.YY', '1.2.69', 19690201],
    ['DD MMM YYYY', '05 Sep 2024', 20240905],
    ['D-MMM-YY', '5-SEPT-24', 20240905],
    ['MMMM D, YYYY', 'march 5, 2024', 20240305],
    ['YYYYMMDD', '20240305', 20240305],
    ['M/D/YYYY', '3/5/2024 4:05:06 PM', 20240305],
  ])('%s: %s', (format, text, day) => {
    expect(readDate(text, dateFormats([format]))).toEqual({ day });
  });

  it.each([
    ['DD/MM/YYYY', '1/12/2024'],
    ['DD/MM/YYYY', '31/02/2024'],
    ['DD/MM/YYYY', '01/12/24'],
    ['DD/MM/YYYY', '01-12-2024'],
    ['DD/MM/YYYY', '01/12/2024 noon'],
    ['DD MMM YYYY', '05 Okt 2024'],
    ['YYYY-MM-DD', ''],
  ])('%s is not %s', (format, text) => {
    expect(readDate(text, dateFormats([format]))).toEqual({ reason: `is no day in any of the formats ${format}` });
  });

  it('takes a text that two formats read alike, and refuses one they read differently', () => {
    const formats = dateFormats(['DD/MM/YYYY', 'MM/DD/YYYY']);
    expect(readDate('05/05/2024', formats)).toEqual({ day: 20240505 });
    expect(readDate('05/06/2024', formats)).toEqual({ reason: 'is one day in DD/MM/YYYY and another in MM/DD/YYYY' });
  });

  it.each(['DD/MM', 'dd/mm/yyyy', 'YYYY-MM-DD-DD', 'YYYY', 'Q1 YYYY-MM-DD', ''])(
    'refuses the format "%s"',
    (format) => {
      expect(parseDateFormat(format)).toContain(`"${format}" is no date format`);
    },
  );
});
