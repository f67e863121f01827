import { mkdtemp } from 'node:fs/promises';
import { join } from 'node:path';

import { onTestFinished } from 'vitest';

import type { LineTexts } from '../../src/core/charge.js';
import { formatMicros } from '../../src/core/money.js';
import type { ConnectorContext, FileConnector, ReadingSummary } from '../../src/connector/contract.js';

/** A charge with its line, as a test wants to see it. */
export interface PulledCharge {
  readonly window: string;
  readonly day: number;
  readonly amount: string;
  readonly currency: string;
  readonly key: bigint;
  readonly file: string;
  readonly row: number;
  readonly texts: LineTexts;
}

export interface Pulled {
  readonly charges: readonly PulledCharge[];
  readonly summaries: readonly ReadingSummary[];
  readonly lineCount: number;
}

/** The context of a connector over a folder, with its settings validated. */
export async function connectorContext<Settings>(
  connector: FileConnector<Settings>,
  folder: string,
  settings: unknown,
): Promise<ConnectorContext<Settings>> {
  const controller = new AbortController();
  onTestFinished(() => {
    controller.abort();
  });
  return {
    sourceId: 'cards',
    settings: connector.settings.parse(settings),
    workspaceFolder: folder,
    temporaryFolder: await mkdtemp(join(folder, '.temporary-')),
    progress: () => undefined,
    signal: controller.signal,
  };
}

/** Reads all windows of a source, as the runner does. */
export async function pullAll<Settings>(
  connector: FileConnector<Settings>,
  folder: string,
  settings: unknown,
): Promise<Pulled> {
  const context = await connectorContext(connector, folder, settings);
  const charges: PulledCharge[] = [];
  const summaries: ReadingSummary[] = [];
  let lineCount = 0;
  for (const window of await connector.windows(context)) {
    const reading = await connector.read(context, window);
    const lines: LineTexts[] = [];
    for await (const batch of reading.batches()) {
      lines.push(...batch.lines);
      for (let index = 0; index < batch.line.length; index += 1) {
        const texts = lines[batch.line[index] ?? -1];
        if (texts === undefined) throw new Error('a charge came before its line');
        charges.push({
          window: window.id,
          day: batch.day[index] ?? 0,
          amount: formatMicros(batch.cashMicros[index] ?? 0n),
          currency: batch.currency[index] ?? '',
          key: batch.key[index] ?? 0n,
          file: window.files[batch.file[index] ?? -1] ?? '',
          row: batch.row[index] ?? 0,
          texts,
        });
      }
    }
    lineCount += lines.length;
    summaries.push(await reading.summary());
    await reading.close();
  }
  charges.sort((a, b) => (a.file === b.file ? a.row - b.row : a.file < b.file ? -1 : 1));
  return { charges, summaries, lineCount };
}
