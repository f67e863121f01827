import { SourceError } from '../core/errors.js';

/** Pages of one walk; a service that has more is read in smaller windows. */
export const PAGES_MAX = 100_000;
/** Pages without a row that may follow each other while there is a next one: some services give such pages. */
export const EMPTY_PAGES_MAX = 1_000;

/** A page, and where the next one begins; no cursor: it was the last. */
export interface Page<Content> {
  readonly content: Content;
  readonly rowCount: number;
  readonly next: string | undefined;
}

/**
 * Walks the pages of a list to its end.
 *
 * @param fetchPage gives the page at a cursor; the first has none
 * @throws SourceError when a cursor comes again, when pages never end, or when too many empty pages follow each other.
 */
export async function* eachPage<Content>(
  what: string,
  source: string,
  fetchPage: (cursor: string | undefined, pageNumber: number) => Promise<Page<Content>>,
): AsyncGenerator<Content> {
  const seen = new Set<string>();
  let cursor: string | undefined;
  let emptyCount = 0;
  for (let number = 1; number <= PAGES_MAX; number += 1) {
    const page = await fetchPage(cursor, number);
    yield page.content;
    if (page.next === undefined) return;
    emptyCount = page.rowCount === 0 ? emptyCount + 1 : 0;
    if (emptyCount >= EMPTY_PAGES_MAX) throw endless(source, `${what}: ${EMPTY_PAGES_MAX} empty pages in a row`);
    if (seen.has(page.next)) throw endless(source, `${what}: page ${number} leads back to a page that was read`);
    seen.add(page.next);
    cursor = page.next;
  }
  throw endless(source, `${what}: more than ${PAGES_MAX} pages`);
}

function endless(source: string, message: string): SourceError {
  const hint = 'The service does not come to an end; nothing of this window was taken. Try later, then report it.';
  return new SourceError({ place: { source }, message, hint });
}
