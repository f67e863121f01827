/**
 * One writer at a time inside this process. SQLite makes writers of other processes wait, but it does so by standing
 * still, and a process that stands still never ends the transaction that it waits for.
 */
const queues = new Map<string, Promise<unknown>>();

/** Runs work on a ledger file after all that was asked for before. */
export async function exclusively<Result>(file: string, work: () => Promise<Result>): Promise<Result> {
  const before = queues.get(file) ?? Promise.resolve();
  const mine = before.then(work, work);
  // What comes next waits for the end of this, whatever it is.
  const ended = mine.catch(() => undefined);
  queues.set(file, ended);
  try {
    return await mine;
  } finally {
    if (queues.get(file) === ended) queues.delete(file);
  }
}
