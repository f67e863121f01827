import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { describe, expect, it, onTestFinished } from 'vitest';

import { connectors } from '../../connectors/index.js';
import { Agent, withSession, type AgentEvent } from '../../src/app.js';
import { createRandom, type Random } from '../../src/core/random.js';
import { addMonths, lastDay, monthOf, parseMonth, type Month } from '../../src/core/period.js';
import { daysBetween, type IsoDate } from '../../src/core/date.js';
import type { ServiceEffects } from '../../src/pull/effects.js';
import { nextOccurrence } from '../../src/pull/occurrences.js';
import { FAULTS, type Fault } from '../services/server.js';
import { allViolations, startAll, stopAll, type StartedStandin } from '../services/start.js';
import { standinEnvironment, standinWorkspace } from '../services/workspace.js';
import { ledgerSums, testEffects } from '../support/live.js';

/**
 * Three years of unattended running in minutes: the real agent, the real connectors and their SDKs against strict local
 * servers, with a clock that is set forward. Services fail and change their past; agents are stopped in the middle, and
 * two run at once. At the end the ledger holds what the servers hold, to the micro-unit.
 */

const START = new Date('2026-01-05T00:00:00Z');
const MONTHS = 36;
const HOUR_MS = 60 * 60_000;
const TIME_ZONE = 'Europe/London';
/** Twice a month, at an hour that London's clocks leave out or have twice; 29 March 2026 is such a night. */
const SCHEDULE = '30 1 5,29 * *';
const TIMEOUT_MS = 15 * 60_000;
/** One of every kind and way of working; the contract suite holds the others to the same promises in single steps. */
const CONNECTORS = [
  'aws-cost-explorer',
  'azure-cost-management',
  'directory',
  'ecb-rates',
  'gcp-billing',
  'okta',
  'ramp',
  'stripe-billing',
  'stripe-issuing',
  'xero',
];

interface World {
  readonly clock: { now: Date };
  readonly folder: string;
  readonly started: readonly StartedStandin[];
  readonly random: Random;
  readonly events: AgentEvent[];
}

/** An agent with a name of its own; waiting lets the world's time pass. */
function agentOf({ clock, folder, started, events }: World, holder: string, stop: AbortController): Agent {
  const effects: ServiceEffects = {
    ...testEffects(clock, standinEnvironment(started)),
    holder,
    sleep: (ms, signal) => {
      signal.throwIfAborted();
      clock.now = new Date(clock.now.getTime() + ms);
      return Promise.resolve();
    },
  };
  return new Agent({
    folder,
    effects,
    signal: stop.signal,
    tell: (event) => events.push(event),
    writeStatement: async (_session, month, statement) => {
      await writeFile(join(folder, `${month}.txt`), `${statement.company} ${statement.lines.length}`);
      return [`${month}.txt`];
    },
  });
}

/** Faults that pass, now and then and on any server. */
function trouble({ started, random }: World): void {
  const passing = FAULTS.filter((fault) => fault !== 'silent');
  for (const { running } of started) {
    for (const server of [running.server, ...(running.others ?? [])]) {
      if (random.chance(120)) server.fail(random.pick<Fault>(passing), random.integer(1, 8));
      else if (random.chance(300)) server.heal();
    }
  }
}

/** The past changes as far back as each service changes it. */
function restate({ started, random, clock }: World): void {
  const today = clock.now.toISOString().slice(0, 10) as IsoDate;
  for (const { connector, charges } of started) {
    if (charges === undefined || !random.chance(150)) continue;
    const before = addMonths(monthOf(today), -1);
    const found = connectors.find(({ id }) => id === connector);
    const days = found?.feed === 'charges' ? found.history.restatementDays : 0;
    charges.restate(random.chance(400) && daysBetween(lastDay(before), today) < days ? before : monthOf(today));
  }
}

async function settle(world: World): Promise<void> {
  for (const { running } of world.started) {
    for (const server of [running.server, ...(running.others ?? [])]) server.heal();
  }
  // Long after the last restatement, so that every month has been read for the last time.
  for (let round = 0; round < 3; round += 1) {
    world.clock.now = new Date(world.clock.now.getTime() + 40 * 24 * HOUR_MS);
    await agentOf(world, 'last 1', new AbortController()).untilDone();
  }
}

describe('an agent left alone for years', () => {
  it(
    'has the truth of every service to the micro-unit',
    async () => {
      const folder = await mkdtemp(join(tmpdir(), 'years-'));
      const clock = { now: START };
      const started = await startAll({ now: () => clock.now, seed: 11 }, CONNECTORS);
      onTestFinished(async () => {
        await stopAll(started);
        await rm(folder, { recursive: true, force: true });
      });
      const text = standinWorkspace(started, {
        company: 'Longlived Ltd',
        currency: 'EUR',
        more: { agent: { schedule: SCHEDULE, timeZone: TIME_ZONE } },
      });
      await writeFile(join(folder, 'spendshift.yaml'), text);
      const world: World = { clock, folder, started, random: createRandom(11, 'years'), events: [] };
      const end = new Date(START);
      end.setUTCMonth(end.getUTCMonth() + MONTHS);
      let stop = new AbortController();
      let agent = agentOf(world, 'first 1', stop);
      for (let round = 0; clock.now < end; round += 1) {
        trouble(world);
        restate(world);
        if (world.random.chance(80)) {
          // Killed in the middle of its work, and started again.
          const work = agent.tick();
          setImmediate(() => {
            stop.abort(new Error('killed'));
          });
          await work;
          await agent.idle();
          stop = new AbortController();
          agent = agentOf(world, `restart${round} 1`, stop);
        } else if (world.random.chance(80)) {
          const other = agentOf(world, `other${round} 1`, new AbortController());
          await Promise.all([agent.tick(), other.tick()]);
          await Promise.all([agent.idle(), other.idle()]);
        } else await agent.untilDone();
        const next = nextOccurrence({ expression: SCHEDULE, timeZone: TIME_ZONE }, clock.now) ?? end;
        // Some weeks the machine is off; what was missed is caught up.
        const missedMs = world.random.chance(50) ? 9 * 24 * HOUR_MS : 0;
        clock.now = new Date(next.getTime() + missedMs);
      }
      await settle(world);
      await expectTruth(world);
      expect(allViolations(started)).toEqual([]);
      const kinds = new Set(world.events.map(({ kind }) => kind));
      for (const kind of ['pulled', 'failed', 'statement', 'window'] as const) expect(kinds).toContain(kind);
      const statements = (await readdir(folder)).filter((name) => /^\d{4}-\d{2}\.txt$/.test(name));
      expect(statements.length).toBeGreaterThanOrEqual(MONTHS - 2);
    },
    TIMEOUT_MS,
  );
});

async function expectTruth({ folder, started, clock }: World): Promise<void> {
  const first = addMonths(parseMonth('2026-01') as Month, -13);
  await withSession(folder, async ({ ledger }) => {
    expect(await ledger.integrityProblems()).toEqual([]);
    const held = await ledgerSums(ledger);
    const byService = new Map<string, Map<string, object>>();
    for (const { connector, charges } of started) {
      if (charges === undefined) continue;
      const wanted = new Map<string, object>();
      const last = monthOf(clock.now.toISOString().slice(0, 10) as IsoDate);
      for (let month = first; month <= last; month = addMonths(month, 1)) {
        for (const [currency, total] of charges.truth(month)) wanted.set(`${month} ${currency}`, total);
      }
      byService.set(connector, wanted);
    }
    const all = new Map<string, { cashMicros: bigint; accrualMicros: bigint }>();
    for (const wanted of byService.values()) {
      for (const [key, total] of wanted as Map<string, { cashMicros: bigint; accrualMicros: bigint }>) {
        const sum = all.get(key) ?? { cashMicros: 0n, accrualMicros: 0n };
        all.set(key, {
          cashMicros: sum.cashMicros + total.cashMicros,
          accrualMicros: sum.accrualMicros + total.accrualMicros,
        });
      }
    }
    expect(held).toEqual(new Map([...all].sort(([left], [right]) => (left < right ? -1 : 1))));
  });
}
