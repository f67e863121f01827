import { describe, expect, it, onTestFinished } from 'vitest';

import { connectors } from '../../connectors/index.js';
import { secretSettings } from '../../src/connector/secret.js';
import type { ServiceConnector } from '../../src/connector/service.js';
import { ServiceError } from '../../src/connector/problems.js';
import { RetryableError } from '../../src/core/errors.js';
import { addMonths, firstDay, parseMonth, type Month } from '../../src/core/period.js';
import { windowOf } from '../../src/pull/due-months.js';
import { chargeStandins, referenceStandins } from '../services/index.js';
import type { Fault } from '../services/server.js';
import type { RunningStandin, Standin, TrueTotal } from '../services/standin.js';
import { liveLedger } from '../support/live.js';
import { pullAll, sumsOf, testContext } from '../support/service.js';

/** What every connector to a service must do, over the registry: no connector escapes it. */

const NOW = new Date('2026-11-20T12:00:00Z');
const MONTH = parseMonth('2026-10') as Month;
const SEED = 7;
/** Faults that pass when the request is repeated. */
const PASSING: readonly Fault[] = ['throttled', 'server-error', 'cut', 'malformed', 'silent'];
const TIMEOUT_MS = 400;
const LONG = 1_000_000;
const DAY_MS = 24 * 60 * 60_000;

/** A moment at which October is over, and the service still changes it. */
function whileRestated({ history }: ServiceConnector): Date {
  const days = Math.floor(Math.min(history.restatementDays, 10) / 2);
  return new Date(Date.parse(`${firstDay(addMonths(MONTH, 1))}T12:00:00Z`) + days * DAY_MS);
}

const services = connectors.filter((connector) => connector.feed !== 'files');
const chargeConnectors = services.filter((connector) => connector.feed === 'charges');
const standins: readonly Standin[] = [...chargeStandins, ...referenceStandins];

function standinOf<Running extends RunningStandin>(list: readonly Standin<Running>[], id: string): Standin<Running> {
  const found = list.find(({ connector }) => connector === id);
  if (found === undefined) throw new Error(`the connector ${id} has no stand-in in test/services/index.ts`);
  return found;
}

async function start<Running extends RunningStandin>(standin: Standin<Running>, now = NOW): Promise<Running> {
  const running = await standin.start({ now: () => now, seed: SEED });
  onTestFinished(async () => {
    await Promise.all(serversOf(running).map((server) => server.close()));
  });
  return running;
}

function serversOf({ server, others = [] }: RunningStandin) {
  return [server, ...others];
}

function violationsOf(running: RunningStandin): string[] {
  return serversOf(running).flatMap(({ violations }) => violations);
}

/** Makes all servers of a stand-in fail, each as it does. */
function failAll(running: RunningStandin, fault: Fault, times: number): void {
  for (const server of serversOf(running)) server.fail(fault, times);
}

function heal(running: RunningStandin): void {
  for (const server of serversOf(running)) server.heal();
}

/** What the stand-in holds of the months in which a first pull reads something, by `month currency`. */
function truths(running: { truth(month: Month): ReadonlyMap<string, TrueTotal> }, months: readonly Month[]) {
  return new Map(
    months
      .flatMap((month) =>
        [...running.truth(month)].map(([currency, total]) => [`${month} ${currency}`, total] as const),
      )
      .sort(([left], [right]) => (left < right ? -1 : 1)),
  );
}

function monthsFrom(first: Month, last: Month): Month[] {
  const months: Month[] = [];
  for (let month = first; month <= last; month = addMonths(month, 1)) months.push(month);
  return months;
}

describe('the registry', () => {
  it('has a stand-in for every connector to a service, and no other', () => {
    expect(standins.map(({ connector }) => connector).sort()).toEqual(services.map(({ id }) => id).sort());
  });

  it.each(services)('$id declares what the runner and people need', (connector) => {
    expect(connector.service.permissions.length).toBeGreaterThan(0);
    expect(new Set(connector.service.permissions.map(({ id }) => id)).size).toBe(connector.service.permissions.length);
    expect(connector.service.grant.trim()).not.toBe('');
    expect(connector.service.requestIntervalMs).toBeGreaterThanOrEqual(0);
    expect(connector.title).not.toBe('');
  });
});

describe.each(chargeConnectors.map((connector) => ({ id: connector.id, connector: connector })))(
  'charges of $id',
  ({ id, connector }) => {
    const standin = (): (typeof chargeStandins)[number] => standinOf(chargeStandins, id);

    it('come to what the service holds, and nothing was asked that it would refuse', async () => {
      const running = await start(standin());
      const live = await liveLedger(connector, running, { now: NOW });
      const { error, result } = await live.pull({ since: addMonths(MONTH, -2) });
      expect(error).toBeUndefined();
      expect(result.rowCount).toBeGreaterThan(0);
      expect(await live.sums()).toEqual(truths(running, monthsFrom(addMonths(MONTH, -2), addMonths(MONTH, 1))));
      expect(violationsOf(running)).toEqual([]);
      expect(await live.ledger.integrityProblems()).toEqual([]);
    });

    it('are the same however often they are pulled', async () => {
      const running = await start(standin());
      const live = await liveLedger(connector, running, { now: NOW });
      expect((await live.pull({ since: MONTH })).error).toBeUndefined();
      const digest = await live.ledger.digest();
      const { error, result } = await live.pull({ since: MONTH });
      expect(error).toBeUndefined();
      expect({ added: result.added, changed: result.changed, removed: result.removed }).toEqual({
        added: 0,
        changed: 0,
        removed: 0,
      });
      expect(await live.ledger.digest()).toBe(digest);
    });

    it('of two windows that meet are those of one over both', async () => {
      const running = await start(standin());
      const { context } = await testContext(connector, running, { now: () => NOW });
      const [from, middle, to] = [firstDay(addMonths(MONTH, -1)), firstDay(MONTH), firstDay(addMonths(MONTH, 1))];
      const whole = await pullAll(connector, context, { from, to });
      const parts = [
        ...(await pullAll(connector, context, { from, to: middle })).charges,
        ...(await pullAll(connector, context, { from: middle, to })).charges,
      ];
      const named = (charges: typeof whole.charges): string[] =>
        charges.map(({ key, day, currency, texts }) => `${day} ${currency} ${key} ${JSON.stringify(texts)}`).sort();
      expect(named(parts)).toEqual(named(whole.charges));
      expect(sumsOf(parts)).toEqual(sumsOf(whole.charges));
    });

    it.each(PASSING)('survive a service that is %s for a moment', async (fault) => {
      const running = await start(standin());
      const live = await liveLedger(connector, running, { now: NOW, requestTimeoutMs: TIMEOUT_MS });
      failAll(running, fault, 1);
      const { error } = await live.pull({ since: MONTH });
      expect(error).toBeUndefined();
      expect(live.waitsMs.length).toBeGreaterThan(0);
      expect(await live.sums()).toEqual(truths(running, monthsFrom(MONTH, addMonths(MONTH, 1))));
    });

    it.each<Fault>(['server-error', 'throttled', 'cut', 'malformed'])(
      'are left as they were by a service that stays %s, and the run may be repeated',
      async (fault) => {
        const now = whileRestated(connector);
        const running = await start(standin(), now);
        const live = await liveLedger(connector, running, { now });
        expect((await live.pull({ since: MONTH })).error).toBeUndefined();
        const digest = await live.ledger.digest();
        running.restate(MONTH);
        failAll(running, fault, LONG);
        const { error } = await live.pull({ since: MONTH });
        expect(error).toBeInstanceOf(RetryableError);
        expect(error?.message).toMatch(/tried [2-9] times/);
        expect(await live.ledger.digest()).toBe(digest);
        heal(running);
        expect((await live.pull({ since: MONTH })).error).toBeUndefined();
        expect(await live.sums()).toEqual(truths(running, monthsFrom(MONTH, addMonths(MONTH, 1))));
      },
    );

    it('are left as they were when a later page fails', async () => {
      const now = whileRestated(connector);
      const running = await start(standin(), now);
      const live = await liveLedger(connector, running, { now });
      expect((await live.pull({ since: MONTH })).error).toBeUndefined();
      const digest = await live.ledger.digest();
      running.restate(addMonths(MONTH, 1));
      running.restate(MONTH);
      let count = 0;
      running.server.fail('server-error', LONG, () => (count += 1) > 1);
      expect((await live.pull({ since: MONTH })).error).toBeInstanceOf(RetryableError);
      expect(await live.ledger.digest()).toBe(digest);
    });

    it.each<[Fault, ServiceError['kind']]>([
      ['expired', 'credentials'],
      ['forbidden', 'permission'],
    ])('say what to do when the credentials are %s, and do not try again', async (fault, kind) => {
      const running = await start(standin());
      const live = await liveLedger(connector, running, { now: NOW });
      failAll(running, fault, LONG);
      const { error } = await live.pull({ since: MONTH });
      expect(error).toBeInstanceOf(ServiceError);
      expect((error as ServiceError).kind).toBe(kind);
      expect(error?.message).toContain('→');
      expect(live.waitsMs).toEqual([]);
    });

    it('follow what the service changes in the past', async () => {
      const now = whileRestated(connector);
      const running = await start(standin(), now);
      const live = await liveLedger(connector, running, { now });
      expect((await live.pull({ since: MONTH })).error).toBeUndefined();
      const before = await live.sums();
      running.restate(MONTH);
      const { error, result } = await live.pull({ since: MONTH });
      expect(error).toBeUndefined();
      expect(result.added + result.changed + result.removed).toBeGreaterThan(0);
      const after = await live.sums();
      expect(after).not.toEqual(before);
      expect(after).toEqual(truths(running, monthsFrom(MONTH, addMonths(MONTH, 1))));
    });

    it('end at once when they are told to, with the ledger as it was', async () => {
      const running = await start(standin());
      const live = await liveLedger(connector, running, { now: NOW });
      const digest = await live.ledger.digest();
      failAll(running, 'silent', LONG);
      const stop = new AbortController();
      const pulled = live.pull({ since: MONTH, signal: stop.signal });
      const asked = async (): Promise<void> => {
        while (serversOf(running).every(({ requests }) => requests.length === 0)) {
          await new Promise((resolve) => setImmediate(resolve));
        }
      };
      await Promise.race([asked(), pulled]);
      stop.abort(new Error('stopped'));
      expect((await pulled).error?.message).toBe('stopped');
      expect(await live.ledger.digest()).toBe(digest);
    });

    it('give away no secret, in the ledger, the archive or an error', async () => {
      const running = await start(standin());
      const live = await liveLedger(connector, running, { now: NOW });
      const errors: string[] = [];
      expect((await live.pull({ since: MONTH })).error).toBeUndefined();
      for (const fault of ['expired', 'forbidden', 'malformed', 'server-error'] as const) {
        failAll(running, fault, LONG);
        errors.push((await live.pull({ since: addMonths(MONTH, -1) })).error?.message ?? '');
        heal(running);
      }
      const everything = `${await live.written()}\n${errors.join('\n')}`;
      expect(everything).toContain('request');
      for (const value of Object.values(running.secrets)) expect(everything).not.toContain(value);
    });

    it('can be checked, permission by permission', async () => {
      const running = await start(standin());
      const { context } = await testContext(connector, running, { now: () => NOW });
      const verdicts = await connector.check(context);
      const declared = connector.service.permissions.map((permission) => permission.id);
      expect(verdicts.length).toBeGreaterThan(0);
      expect(verdicts.filter(({ permission }) => !declared.includes(permission))).toEqual([]);
      expect(verdicts.filter(({ granted }) => !granted)).toEqual([]);
      failAll(running, 'forbidden', LONG);
      const refused = await connector.check((await testContext(connector, running, { now: () => NOW })).context);
      expect(refused.filter(({ granted }) => granted)).toEqual([]);
    });

    it('are planned with their price where requests cost money', async () => {
      if (connector.plan === undefined) {
        expect(connector.service.requestPrice).toBeUndefined();
        return;
      }
      const running = await start(standin());
      const { context, charged } = await testContext(connector, running, { now: () => NOW });
      const planned = await connector.plan(context, windowOf(MONTH));
      const price = planned.reduce((sum, { priceMicros }) => sum + priceMicros, 0n);
      expect(charged.reduce((sum, { priceMicros }) => sum + priceMicros, 0n)).toBe(0n);
      await pullAll(connector, context, windowOf(MONTH));
      const cost = charged.reduce((sum, { priceMicros }) => sum + priceMicros, 0n);
      expect(price).toBeGreaterThan(0n);
      expect(cost).toBeGreaterThanOrEqual(price);
    });

    it('name their secrets, and take none in the clear', () => {
      for (const key of secretSettings(connector.settings).keys()) {
        const result = connector.settings.safeParse({ [key]: 'sk_live_canary_0123456789' });
        expect(result.success).toBe(false);
        expect(JSON.stringify(result.error?.issues)).not.toContain('canary');
      }
    });
  },
);

describe.each(
  services
    .filter((connector) => connector.feed !== 'charges')
    .map((connector) => ({ id: connector.id, connector: connector })),
)('what $id gives', ({ id, connector }) => {
  const standin = (): Standin => standinOf(referenceStandins, id);

  it('is the same however often it is pulled, and nothing was asked that the service would refuse', async () => {
    const running = await start(standin());
    const live = await liveLedger(connector, running, { now: NOW });
    const first = await live.pull();
    expect(first.error).toBeUndefined();
    expect(first.result.rowCount).toBeGreaterThan(0);
    const digest = await live.ledger.digest();
    const { error, result } = await live.pull();
    expect(error).toBeUndefined();
    expect(result.added + result.changed).toBe(0);
    expect(await live.ledger.digest()).toBe(digest);
    expect(violationsOf(running)).toEqual([]);
  });

  it.each(PASSING)('survives a service that is %s for a moment', async (fault) => {
    const running = await start(standin());
    const calm = await liveLedger(connector, await start(standin()), { now: NOW });
    await calm.pull();
    const live = await liveLedger(connector, running, { now: NOW, requestTimeoutMs: TIMEOUT_MS });
    failAll(running, fault, 1);
    expect((await live.pull()).error).toBeUndefined();
    expect(live.waitsMs.length).toBeGreaterThan(0);
    expect(await live.ledger.digest()).toBe(await calm.ledger.digest());
  });

  it('is left as it was by a service that stays broken', async () => {
    const running = await start(standin());
    const live = await liveLedger(connector, running, { now: NOW });
    expect((await live.pull()).error).toBeUndefined();
    const digest = await live.ledger.digest();
    failAll(running, 'server-error', LONG);
    expect((await live.pull()).error).toBeInstanceOf(RetryableError);
    expect(await live.ledger.digest()).toBe(digest);
  });

  it('gives away no secret', async () => {
    const running = await start(standin());
    const live = await liveLedger(connector, running, { now: NOW });
    const errors: string[] = [];
    expect((await live.pull()).error).toBeUndefined();
    for (const fault of ['expired', 'forbidden', 'malformed'] as const) {
      failAll(running, fault, LONG);
      errors.push((await live.pull()).error?.message ?? '');
      heal(running);
    }
    const everything = `${await live.written()}\n${errors.join('\n')}`;
    for (const value of Object.values(running.secrets)) expect(everything).not.toContain(value);
    for (const key of secretSettings(connector.settings).keys()) {
      expect(connector.settings.safeParse({ [key]: 'sk_live_canary_0123456789' }).success).toBe(false);
    }
  });

  it('can be checked, permission by permission', async () => {
    const running = await start(standin());
    const { context } = await testContext(connector, running, { now: () => NOW });
    const verdicts = await connector.check(context);
    expect(verdicts.length).toBeGreaterThan(0);
    expect(verdicts.filter(({ granted }) => !granted)).toEqual([]);
    failAll(running, 'forbidden', LONG);
    const refused = await connector.check((await testContext(connector, running, { now: () => NOW })).context);
    expect(refused.filter(({ granted }) => granted)).toEqual([]);
  });
});
