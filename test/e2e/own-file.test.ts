import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { describe, expect, it } from 'vitest';

import { addSourceFrom, initWorkspace, sourceStatuses, withSession } from '../../src/app.js';
import { formatMicros } from '../../src/core/money.js';
import { COUNCILS_FILES } from '../support/councils.js';
import { pullFolder, statementOf } from '../support/end-to-end.js';
import { expectAddsUp } from '../support/identities.js';
import { temporaryFolder } from '../support/files.js';
import { sharedDataFolder } from '../support/shared-data.js';

const shared = sharedDataFolder();

describe.skipIf(shared === undefined)('from a file to a statement (needs the folder of shared data)', () => {
  it.each([
    ['harrogate', 34_270, '121607960.02'],
    ['birmingham', 97_645, '24641927.98'],
  ] as const)('%s: what init proposes reads every row, to the penny', async (council, rowCount, total) => {
    const folder = join(await temporaryFolder(), 'council');
    const file = join(shared ?? '', COUNCILS_FILES[council]);
    await initWorkspace({ folder, company: undefined, currency: 'GBP' });
    const { proposal, block } = await addSourceFrom(folder, file, council, file);
    // The one thing that a file without a currency sign cannot tell: init asks, and nothing is pulled before the answer.
    expect(proposal.open.filter(({ required }) => required).map(({ key }) => key)).toEqual(['currency']);
    await expect(pullFolder(folder)).rejects.toThrow(/currency/);
    const settings = join(folder, 'spendshift.yaml');
    const text = await readFile(settings, 'utf8');
    expect(block).toContain('connector: csv');
    await writeFile(settings, text.replace(/^( +)connector: csv$/m, '$1connector: csv\n$1currency: GBP'));

    const { failures } = await pullFolder(folder);
    expect(failures).toEqual([]);
    const [status] = await withSession(folder, (session) => sourceStatuses(session, council));
    expect(status).toMatchObject({ rowCount, rejectedCount: 0, chargeCount: rowCount });
    expect(
      status?.controlTotals.map(({ sourceCash, ledgerCashMicros, difference }) => [
        sourceCash,
        formatMicros(ledgerCashMicros),
        difference,
      ]),
    ).toEqual([[total, total, '0']]);

    // Units whose name says no function are owned by nobody yet: shown as unassigned, given to nobody.
    const statement = await statementOf(folder);
    expectAddsUp(statement);
    expect(statement.functions.at(-1)?.id).toBe('unassigned');
    expect(statement.functions.at(-1)?.current).toBeGreaterThan(0n);
    expect(statement.technology.current).toBeGreaterThan(0n);
  });
});
