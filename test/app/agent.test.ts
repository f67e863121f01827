import { readFile, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { describe, expect, it } from 'vitest';

import { Agent, type AgentEvent } from '../../src/app.js';
import { temporaryFolder } from '../support/files.js';
import { testEffects } from '../support/live.js';

const ZOD = import.meta.resolve('zod');
const YAML = 'company: Acme\ncurrency: EUR\nconnectors: [./own.mjs]\nsources:\n  mine: { connector: own }\n';

/** A connector of a third party that reads files, and fails with an error that nobody foresaw. */
const FAILING_FILES = `
  import { z } from '${ZOD}';
  const fail = async () => { throw new TypeError('no such column'); };
  export default {
    id: 'own', title: 'Own', kind: 'bill', feed: 'files', version: 1, settings: z.strictObject({}),
    check: fail, windows: fail, read: fail, sourceRows: fail,
  };`;

/** One that asks a service, and counts in a global how often. */
const ASKING = `
  import { z } from '${ZOD}';
  export default {
    id: 'own', title: 'Own', kind: 'bill', feed: 'charges', version: 1, settings: z.strictObject({}),
    service: { permissions: [], grant: '', requestIntervalMs: 0 },
    history: { grain: 'month', timeZone: 'UTC', restatementDays: 0 },
    check: async () => [],
    async *pull(context, window) {
      if (window.from === '2026-11-01') await context.call('list', async () => (globalThis.askedCount = (globalThis.askedCount ?? 0) + 1));
      return { isFinal: true, remarks: [] };
    },
  };`;

interface World {
  readonly folder: string;
  readonly agent: Agent;
  readonly clock: { now: Date };
  readonly events: AgentEvent[];
}

async function world(module: string): Promise<World> {
  const folder = await temporaryFolder({ 'spendshift.yaml': YAML, 'own.mjs': module });
  const clock = { now: new Date('2026-11-20T12:00:00Z') };
  const events: AgentEvent[] = [];
  const agent = new Agent({
    folder,
    effects: testEffects(clock, {}),
    signal: new AbortController().signal,
    tell: (event) => events.push(event),
    writeStatement: () => Promise.resolve([]),
  });
  return { folder, agent, clock, events };
}

const kinds = (events: readonly AgentEvent[]): string[] => events.map(({ kind }) => kind);

describe('a run that fails in a way that nobody foresaw', () => {
  it('is in the run log, and ends what was due', async () => {
    const { folder, agent, events } = await world(FAILING_FILES);
    await agent.untilDone();
    expect(kinds(events)).toEqual(['started', 'failed']);
    const log = await readFile(join(folder, 'ledger.runs.jsonl'), 'utf8');
    expect(JSON.parse(log)).toMatchObject({
      source: 'mine',
      outcome: 'failed',
      error: 'no such column',
      mayPass: false,
    });
  });
});

describe('the order of the sources', () => {
  it('begins with rates, which statements of the others need', async () => {
    const rates = `
      import { z } from '${ZOD}';
      export default {
        id: 'own', title: 'Own', kind: 'reference', feed: 'rates', version: 1, settings: z.strictObject({}),
        service: { permissions: [], grant: '', requestIntervalMs: 0 },
        check: async () => [],
        async *pull() { return { remarks: [] }; },
      };`;
    const { folder, agent, events } = await world(rates);
    await writeFile(join(folder, 'charges.mjs'), ASKING.replace("id: 'own'", "id: 'charges'"));
    const sources = '  first: { connector: charges }\n  mine: { connector: own }\n';
    const connectors = '[./own.mjs, ./charges.mjs]';
    await writeFile(
      join(folder, 'spendshift.yaml'),
      `company: Acme\ncurrency: EUR\nconnectors: ${connectors}\nsources:\n${sources}`,
    );
    await agent.tick();
    const started = events.flatMap((event) => (event.kind === 'started' ? [event.source] : []));
    expect(started).toEqual(['mine', 'first']);
    await agent.idle();
  });
});

describe('a workspace that cannot be used', () => {
  it('keeps the agent from looking for work, until it is mended', async () => {
    const { folder, agent, events } = await world(ASKING);
    await writeFile(join(folder, 'spendshift.yaml'), 'company: [');
    expect(await agent.tick()).toBe(false);
    expect(kinds(events)).toEqual(['trouble']);
    await writeFile(join(folder, 'spendshift.yaml'), YAML);
    expect(await agent.tick()).toBe(true);
    await agent.idle();
  });
});

describe('a run log that cannot be written', () => {
  it('does not make a source be pulled all the time', async () => {
    const asked = globalThis as { askedCount?: number };
    asked.askedCount = 0;
    const { folder, agent, clock, events } = await world(ASKING);
    // It is read as empty, and what is written meets a full disk.
    await symlink('/dev/full', join(folder, 'ledger.runs.jsonl'));
    await agent.untilDone();
    expect(kinds(events).filter((kind) => kind !== 'window')).toEqual(['started', 'failed']);
    const failed = events.find((event) => event.kind === 'failed');
    expect(failed?.error.message).toContain('the run log cannot be written');
    expect(asked.askedCount).toBe(1);
    clock.now = new Date(clock.now.getTime() + 4 * 60_000);
    await agent.untilDone();
    expect(asked.askedCount).toBe(1);
    clock.now = new Date(clock.now.getTime() + 60_000);
    await agent.untilDone();
    expect(asked.askedCount).toBe(2);
  });
});
