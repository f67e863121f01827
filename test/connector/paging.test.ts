import { describe, expect, it } from 'vitest';

import { eachPage, EMPTY_PAGES_MAX, type Page } from '../../src/connector/paging.js';

async function walk(fetchPage: (cursor: string | undefined) => Page<number>): Promise<number[]> {
  const found: number[] = [];
  for await (const content of eachPage('cards', 'acme', (cursor) => Promise.resolve(fetchPage(cursor))))
    found.push(content);
  return found;
}

describe('a walk over pages', () => {
  it('ends with the page that names no next one, and goes past empty pages', async () => {
    const pages: Page<number>[] = [
      { content: 1, rowCount: 1, next: 'a' },
      { content: 2, rowCount: 0, next: 'b' },
      { content: 3, rowCount: 1, next: undefined },
    ];
    expect(await walk((cursor) => pages[['a', 'b'].indexOf(cursor ?? '') + 1] as Page<number>)).toEqual([1, 2, 3]);
  });

  it('ends in a clear error when a cursor comes again', async () => {
    await expect(walk(() => ({ content: 1, rowCount: 1, next: 'same' }))).rejects.toThrow(
      'source acme: cards: page 2 leads back to a page that was read\n  → The service does not come to an end',
    );
  });

  it('ends in a clear error when empty pages do not end', async () => {
    let count = 0;
    await expect(walk(() => ({ content: 0, rowCount: 0, next: String((count += 1)) }))).rejects.toThrow(
      `cards: ${EMPTY_PAGES_MAX} empty pages in a row`,
    );
  });
});
