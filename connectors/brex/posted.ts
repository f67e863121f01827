import { appendFile, mkdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';

import { z } from 'zod';

import { parseJson } from '../../src/connector/http.js';
import type { PullWindow } from '../../src/connector/service.js';
import { leadingDay, reasonOf, rejectedRow } from '../../src/connector/values.js';
import type { RejectedRow } from '../../src/core/batch.js';
import { addDays, daysBetween, parseIsoDate, type IsoDate } from '../../src/core/date.js';
import { monthOf } from '../../src/core/period.js';
import { brexPages, type BrexContext } from './client.js';

/** A row of Brex with its place, as it is kept until its window is read. */
const keptRow = z.object({ request: z.string(), row: z.int(), value: z.unknown() });
export type KeptRow = z.output<typeof keptRow>;

const posted = z.object({ posted_at_date: leadingDay });

/**
 * Card transactions from a day on. Brex can be asked from when on, and not until when: to read a month of the past it gives
 * all that came later too. So what came is kept in files, by month, until the run ends, and each time that more of the past
 * is needed twice as much is asked for: a first pull of three years asks for a few years in all, and not for 18 times three.
 */
export class PostedTransactions {
  readonly #context: BrexContext;
  readonly #folder: string;
  #coveredFrom: IsoDate | undefined;

  constructor(context: BrexContext) {
    this.#context = context;
    this.#folder = join(context.temporaryFolder, 'brex-transactions');
  }

  /** Rows that cannot be given to any day; only of what had to be asked for now. */
  async cover({ from }: PullWindow): Promise<readonly RejectedRow[]> {
    if (this.#coveredFrom !== undefined && this.#coveredFrom <= from) return [];
    const start = this.#startFor(from);
    // What is kept goes first: should the walk fail, nothing is covered.
    this.#coveredFrom = undefined;
    const unknown = await this.#fetch(start);
    this.#coveredFrom = start;
    return unknown;
  }

  /** The rows of the days of a window, which is covered; month by month, so that no more is in memory. */
  async *rows({ from, to }: PullWindow): AsyncGenerator<readonly KeptRow[]> {
    const last = addDays(to, -1);
    for (let day = from; day <= last; day = firstOfNextMonth(day)) {
      const kept = await this.#read(monthOf(day));
      yield kept.filter(({ value }) => {
        const found = posted.safeParse(value);
        return found.success && found.data.posted_at_date >= from && found.data.posted_at_date < to;
      });
    }
  }

  #startFor(from: IsoDate): IsoDate {
    if (this.#coveredFrom === undefined) return from;
    const today = parseIsoDate(this.#context.now().toISOString().slice(0, 10)) ?? from;
    const doubled = addDays(this.#coveredFrom, -Math.max(0, daysBetween(this.#coveredFrom, today)));
    return doubled < from ? doubled : from;
  }

  async #fetch(start: IsoDate): Promise<readonly RejectedRow[]> {
    await rm(this.#folder, { recursive: true, force: true });
    await mkdir(this.#folder, { recursive: true });
    const unknown: RejectedRow[] = [];
    // Days are Brex's; its filter is a moment. A day more is asked for, and what is too much is not given on.
    const query = { posted_at_start: `${addDays(start, -1)}T00:00:00.000Z` };
    for await (const { request, rows } of brexPages(
      this.#context,
      `transactions from ${start}`,
      'transactions',
      query,
    )) {
      const lines = new Map<string, string>();
      for (const [index, value] of rows.entries()) {
        const read = posted.safeParse(value);
        if (!read.success) {
          unknown.push(rejectedRow(request, index + 1, reasonOf(read.error), value));
          continue;
        }
        const month = monthOf(read.data.posted_at_date);
        lines.set(month, `${lines.get(month) ?? ''}${JSON.stringify({ request, row: index + 1, value })}\n`);
      }
      for (const [month, text] of lines) await appendFile(this.#file(month), text);
    }
    return unknown;
  }

  async #read(month: string): Promise<KeptRow[]> {
    const text = await readFile(this.#file(month), 'utf8').catch((error: unknown) => {
      if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return '';
      throw error;
    });
    return text
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => keptRow.parse(parseJson(line)));
  }

  #file(month: string): string {
    return join(this.#folder, `${month}.jsonl`);
  }
}

function firstOfNextMonth(day: IsoDate): IsoDate {
  const next = addDays(`${monthOf(day)}-28` as IsoDate, 4);
  return `${monthOf(next)}-01` as IsoDate;
}
