import { describe, expect, it } from 'vitest';

import { isOpenEnd, readLastMonth } from '../../src/ownership/validity.js';

describe('the end of a validity', () => {
  it.each(['', '9999-12', '9999-12-31'])('is open where a directory writes "%s"', (text) => {
    expect(isOpenEnd(text)).toBe(true);
  });

  it('is a month otherwise', () => {
    expect(isOpenEnd('2025-03-31')).toBe(false);
    expect(readLastMonth('2025-03-31', 'valid_to')).toEqual({ month: '2025-03' });
  });
});
