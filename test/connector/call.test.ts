import { describe, expect, it } from 'vitest';

import { ATTEMPTS_MAX, ServiceCaller, type CallerOptions } from '../../src/connector/call.js';
import { ProblemError, retryAfterMs, ServiceError } from '../../src/connector/problems.js';
import { RetryableError } from '../../src/core/errors.js';
import { RunMeter } from '../../src/pull/meter.js';

interface Made {
  readonly caller: ServiceCaller;
  readonly waitsMs: number[];
  readonly clock: { ms: number };
}

function caller(
  options: Partial<CallerOptions> & { readonly intervalMs?: number; readonly priceMicros?: bigint } = {},
): Made {
  const waitsMs: number[] = [];
  const clock = { ms: 1_000_000 };
  const { intervalMs = 0, priceMicros, ...rest } = options;
  const price = priceMicros === undefined ? {} : { requestPrice: { micros: priceMicros, currency: 'USD' } };
  return {
    waitsMs,
    clock,
    caller: new ServiceCaller({
      source: 'cards',
      facts: { permissions: [], grant: '', requestIntervalMs: intervalMs, ...price },
      now: () => new Date(clock.ms),
      sleep: (ms) => {
        waitsMs.push(ms);
        clock.ms += ms;
        return Promise.resolve();
      },
      random: () => 1,
      signal: new AbortController().signal,
      redact: (text) => text.replaceAll('hunter2', '[secret]'),
      meter: { charge: () => undefined },
      archive: undefined,
      alive: () => undefined,
      ...rest,
    }),
  };
}

const failing = (problem: ConstructorParameters<typeof ProblemError>[0]) => () =>
  Promise.reject(new ProblemError(problem));

describe('a request', () => {
  it('is repeated with longer and longer waits, then given up for this run', async () => {
    const { caller: made, waitsMs } = caller();
    const call = made.call('list cards', failing({ kind: 'retry', message: 'the service answered 503' }));
    await expect(call).rejects.toThrow(RetryableError);
    await expect(call).rejects.toThrow('source cards: list cards: the service answered 503 (tried 6 times)');
    expect(waitsMs).toEqual([1_000, 2_000, 4_000, 8_000, 16_000]);
    expect(waitsMs).toHaveLength(ATTEMPTS_MAX - 1);
  });

  it('waits as long as the service asks, but not for hours', async () => {
    const patient = caller();
    let attempts = 0;
    const reply = await patient.caller.call('list cards', () => {
      attempts += 1;
      if (attempts === 1) throw new ProblemError({ kind: 'retry', message: 'slow down', afterMs: 45_000 });
      return Promise.resolve('done');
    });
    expect([reply, patient.waitsMs]).toEqual(['done', [45_000]]);
    const long = caller();
    const call = long.caller.call('list cards', failing({ kind: 'retry', message: 'slow down', afterMs: 3_600_000 }));
    await expect(call).rejects.toThrow('slow down (tried once)');
    expect(long.waitsMs).toEqual([]);
    // The run log has it, so that no later run asks before.
    await expect(call).rejects.toMatchObject({ notBefore: new Date(1_000_000 + 3_600_000) });
    const absurd = failing({ kind: 'retry', message: 'slow down', afterMs: 1e300 });
    const day = { notBefore: new Date(1_000_000 + 24 * 3_600_000) };
    await expect(caller().caller.call('list cards', absurd)).rejects.toMatchObject(day);
  });

  it('is not repeated without a wait where the service asks for none', async () => {
    const { caller: made, waitsMs } = caller();
    const call = made.call('list cards', failing({ kind: 'retry', message: 'busy', afterMs: 0 }));
    await expect(call).rejects.toThrow('busy (tried 6 times)');
    expect(waitsMs).toEqual([1_000, 2_000, 4_000, 8_000, 16_000]);
  });

  it.each(['credentials', 'permission', 'refused', 'reply'] as const)('is not repeated for %s', async (kind) => {
    const { caller: made, waitsMs } = caller();
    const call = made.call('list cards', failing({ kind, message: 'no' }));
    await expect(call).rejects.toThrow(ServiceError);
    await expect(call).rejects.toMatchObject({ kind });
    expect(waitsMs).toEqual([]);
  });

  it('shows no secret when it fails', async () => {
    const { caller: made } = caller();
    const call = made.call('list hunter2', () => Promise.reject(new Error('bad key hunter2')));
    await expect(call).rejects.toThrow('list [secret]: bad key [secret]');
  });

  it('keeps the distance that the service wants between requests', async () => {
    const { caller: made, waitsMs } = caller({ intervalMs: 500 });
    for (let count = 0; count < 3; count += 1) await made.call('list', () => Promise.resolve(1));
    expect(waitsMs).toEqual([500, 500]);
  });

  it('ends when its time is over, also where the SDK does not heed the signal', async () => {
    const { caller: made } = caller();
    const call = made.call('list cards', () => new Promise(() => undefined), { timeoutMs: 5 });
    await expect(call).rejects.toThrow('the service did not answer in time (tried 6 times)');
  });

  it('counts each attempt against the ceilings, and is not sent beyond them', async () => {
    const meter = new RunMeter('aws', 'USD', { runMicros: 25_000n }, 0n);
    const { caller: made } = caller({ meter, priceMicros: 10_000n });
    let sent = 0;
    const call = made.call('list cards', () => {
      sent += 1;
      throw new ProblemError({ kind: 'retry', message: 'busy' });
    });
    await expect(call).rejects.toThrow(
      'source aws: ceiling.run: list cards would pass the ceiling of 0.025 USD a run: its requests have cost 0.02 USD so far',
    );
    expect([sent, meter.requestCount, meter.costMicros]).toEqual([2, 2, 20_000n]);
  });

  it('counts what earlier runs of the month cost', () => {
    const meter = new RunMeter('aws', 'USD', { monthMicros: 1_000_000n }, 995_000n);
    expect(() => {
      meter.charge('list', 10_000n);
    }).toThrow('would pass the ceiling of 1.00 USD a month: its requests have cost 0.995 USD so far');
    meter.charge('free', 0n);
    expect(meter.requestCount).toBe(1);
  });
});

describe('Retry-After', () => {
  const now = new Date('2026-11-20T12:00:00Z');
  it.each([
    ['30', 30_000],
    ['1.5', 1_500],
    ['Fri, 20 Nov 2026 12:01:00 GMT', 60_000],
    ['Fri, 20 Nov 2026 11:00:00 GMT', 0],
    ['soon', undefined],
    ['', undefined],
    [null, undefined],
  ])('%s', (header, ms) => {
    expect(retryAfterMs(header, now)).toBe(ms);
  });
});
