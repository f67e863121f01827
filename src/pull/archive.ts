import { createWriteStream } from 'node:fs';
import { mkdir, readdir, rm, rmdir } from 'node:fs/promises';
import { join } from 'node:path';
import { once } from 'node:events';
import { pipeline } from 'node:stream/promises';
import { createGzip, type Gzip } from 'node:zlib';

import type { ReplyArchive } from '../connector/call.js';
import { addDays, type IsoDate } from '../core/date.js';
import { OutputError } from '../core/errors.js';

/** Where raw replies are kept, and for how long. */
export interface ArchiveSettings {
  /** Absolute path. */
  readonly folder: string;
  readonly keepDays: number;
}

const FILE_NAME = /^(\d{4}-\d{2}-\d{2})T[0-9-]+Z\.jsonl\.gz$/;

/**
 * The raw replies of one window in one run: a compressed file of JSON lines, `SOURCE/WINDOW/TIME.jsonl.gz`, each with
 * the request and the reply. Secrets are taken out before anything is written.
 */
export class WindowArchive implements ReplyArchive {
  readonly #path: string;
  readonly #redact: (text: string) => string;
  #stream: Promise<Gzip> | undefined;
  /** Ends when the file is whole, or broken. */
  #written: Promise<unknown> = Promise.resolve();
  #broken: OutputError | undefined;

  constructor(
    settings: ArchiveSettings,
    source: string,
    window: string,
    startedAt: Date,
    redact: (text: string) => string,
  ) {
    const name = `${startedAt.toISOString().replace(/[:.]/g, '-')}.jsonl.gz`;
    this.#path = join(settings.folder, source, window, name);
    this.#redact = redact;
  }

  async add(request: string, reply: unknown): Promise<void> {
    this.#stream ??= this.#open();
    const stream = await this.#stream;
    const text = JSON.stringify({ request, reply }, (_key, value: unknown) =>
      typeof value === 'bigint' ? String(value) : value,
    );
    const isTaken = stream.write(`${this.#redact(text)}\n`);
    // A file that breaks takes nothing more, and would be waited for in vain.
    if (!isTaken) await Promise.race([once(stream, 'drain'), this.#written]);
    this.#refuseBroken();
  }

  /** Ends the file; nothing is there when no reply came. @throws OutputError when it could not be written. */
  async close(): Promise<void> {
    (await this.#stream?.catch(() => undefined))?.end();
    await this.#written;
    this.#refuseBroken();
  }

  async #open(): Promise<Gzip> {
    try {
      await mkdir(join(this.#path, '..'), { recursive: true });
    } catch (cause) {
      throw this.#error(cause);
    }
    const gzip = createGzip();
    this.#written = pipeline(gzip, createWriteStream(this.#path, { mode: 0o600 })).catch((cause: unknown) => {
      this.#broken = this.#error(cause);
    });
    return gzip;
  }

  #refuseBroken(): void {
    if (this.#broken !== undefined) throw this.#broken;
  }

  #error(cause: unknown): OutputError {
    const message = `the archive cannot be written (${cause instanceof Error ? cause.message : String(cause)})`;
    const hint = 'Make room or give yourself the right to write there, or take the key `archive` out.';
    return new OutputError({ place: { file: this.#path }, message, hint }, { cause });
  }
}

/**
 * Removes replies that are older than the workspace wants to keep them, also of sources that it no longer has. Returns how
 * many files went.
 */
export async function removeOldReplies(settings: ArchiveSettings, today: IsoDate): Promise<number> {
  const oldest = addDays(today, -settings.keepDays);
  let count = 0;
  for (const source of await entriesOf(settings.folder)) {
    for (const window of await entriesOf(join(settings.folder, source))) {
      const folder = join(settings.folder, source, window);
      const old = (await entriesOf(folder)).filter((name) => (FILE_NAME.exec(name)?.[1] ?? oldest) < oldest);
      for (const name of old) await rm(join(folder, name), { force: true });
      count += old.length;
      // One that still holds something stays, and one that another run has just made.
      if (old.length > 0) await rmdir(folder).catch(() => undefined);
    }
  }
  return count;
}

async function entriesOf(folder: string): Promise<string[]> {
  return readdir(folder).catch(() => []);
}
