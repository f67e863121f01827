import { LedgerError } from '../core/errors.js';
import { ensureConverted, isConverted, loadRates, type Rates } from './convert.js';
import { ensureDecided, isDecided } from './decide.js';
import type { Session } from './session.js';

/** Times a reader brings the ledger in step again because another process changed it in between. */
const ATTEMPTS_MAX = 5;

/**
 * Runs reads on one unchanging state of the ledger in which every line is decided and every charge that has a rate is
 * converted. Takes no write lock when that is so already, and sees none or all of what another process pulls meanwhile.
 *
 * @throws LedgerError when other processes keep changing the ledger.
 */
export async function onLedgerInStep<Result>(
  session: Session,
  work: (rates: Rates) => Promise<Result>,
): Promise<Result> {
  for (let attempt = 0; attempt < ATTEMPTS_MAX; attempt += 1) {
    await ensureDecided(session);
    await ensureConverted(session, await loadRates(session));
    const read = await session.ledger.snapshot(async () => {
      const rates = await loadRates(session);
      const inStep = (await isDecided(session)) && (await isConverted(session, rates));
      return inStep ? { result: await work(rates) } : undefined;
    });
    if (read !== undefined) return read.result;
  }
  throw new LedgerError({
    place: { file: session.ledger.file },
    message: 'other processes keep changing the ledger',
    hint: 'Wait until their pulls are done and run the command again.',
  });
}
