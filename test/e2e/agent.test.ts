import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

import { describe, expect, it, onTestFinished } from 'vitest';

import { chargeStandins, referenceStandins } from '../services/index.js';
import { standinEnvironment, standinWorkspace, type SourceExtras } from '../services/workspace.js';
import { allViolations, startAll, stopAll, type StartedStandin } from '../services/start.js';
import { builtProject } from '../support/build.js';
import { everythingIn } from '../support/live.js';

/** The commands of unattended running as a person meets them: real processes, against stand-ins of the services. */

const TIMEOUT_MS = 180_000;

interface Place {
  readonly folder: string;
  readonly started: readonly StartedStandin[];
  readonly environment: Readonly<Record<string, string>>;
}

interface Answer {
  readonly code: number;
  readonly out: string;
  readonly error: string;
}

async function workspace(
  only: readonly string[],
  more: Readonly<Record<string, unknown>> = {},
  extras: (connector: string) => SourceExtras = () => ({}),
): Promise<Place> {
  builtProject();
  const folder = await mkdtemp(join(tmpdir(), 'agent-test-'));
  const started = await startAll({ now: () => new Date(), seed: 5 }, only);
  onTestFinished(async () => {
    await stopAll(started);
    await rm(folder, { recursive: true, force: true });
  });
  const company = { company: 'Nightly Ltd', currency: 'USD' };
  const text = standinWorkspace(started, { ...company, extras, more: { archive: {}, ...more } });
  await writeFile(join(folder, 'spendshift.yaml'), text);
  return { folder, started, environment: standinEnvironment(started) };
}

function start({ folder, environment }: Place, args: readonly string[]) {
  return spawn(process.execPath, [join(builtProject(), '..', 'bin', 'spendshift.js'), ...args, '--workspace', folder], {
    env: { ...process.env, ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}

async function run(place: Place, ...args: readonly string[]): Promise<Answer> {
  const child = start(place, args);
  const texts = { out: '', error: '' };
  child.stdout.on('data', (bytes: Buffer) => (texts.out += bytes.toString()));
  child.stderr.on('data', (bytes: Buffer) => (texts.error += bytes.toString()));
  const code = await new Promise<number>((resolve) =>
    child.once('close', (exitCode) => {
      resolve(exitCode ?? -1);
    }),
  );
  return { code, ...texts };
}

const logLines = (out: string): Record<string, unknown>[] =>
  out
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>);

describe('every live connector', () => {
  it(
    'works in the program as it ships',
    async () => {
      const charges = new Set(chargeStandins.map(({ connector }) => connector));
      const all = [...charges, ...referenceStandins.map(({ connector }) => connector)];
      const since = new Date().toISOString().slice(0, 7);
      const place = await workspace(all, {}, (connector) => (charges.has(connector) ? { since } : {}));
      const pull = await run(place, 'pull');
      expect([pull.code, pull.error]).toEqual([0, expect.not.stringContaining('→')]);
      const doctor = await run(place, 'doctor');
      expect([doctor.code, doctor.out]).toEqual([0, expect.stringContaining('All is well.')]);
      expect(allViolations(place.started)).toEqual([]);
    },
    TIMEOUT_MS,
  );
});

describe('unattended running', () => {
  it(
    'shows the price before, pulls what is due, and tells what it did',
    async () => {
      const place = await workspace(['aws-cost-explorer']);
      const check = await run(place, 'check');
      expect([check.code, check.out]).toEqual([0, expect.stringContaining('Source aws-cost-explorer can be read.')]);
      const plan = await run(place, 'pull', '--dry-run');
      expect(plan.out).toMatch(/aws-cost-explorer: reads 14 months, \d{4}-\d{2} to \d{4}-\d{2}/);
      expect(plan.out).toContain('At least 0.56 USD for this pull');
      expect((await readdir(place.folder)).includes('archive')).toBe(false);

      const agent = await run(place, 'agent', '--once');
      expect([agent.code, agent.error]).toEqual([0, '']);
      const events = logLines(agent.out);
      expect(events.map(({ msg }) => msg)).toEqual(
        expect.arrayContaining(['pull started', 'window read', 'pull done', 'statement written']),
      );
      expect(events.every(({ level, time }) => typeof level === 'string' && typeof time === 'string')).toBe(true);
      expect((await readdir(join(place.folder, 'statements'))).sort()).toEqual([
        expect.stringMatching(/^\d{4}-\d{2}\.html$/),
        expect.stringMatching(/^\d{4}-\d{2}\.json$/),
        'index.json',
      ]);
      const again = await run(place, 'agent', '--once');
      expect([again.code, again.out]).toEqual([0, '']);

      const runs = await run(place, 'runs');
      expect(runs.out).toMatch(/aws-cost-explorer\s+changed|aws-cost…\s+changed/);
      const json = JSON.parse((await run(place, 'runs', '--json')).out) as { runs: Record<string, unknown>[] };
      expect(json.runs).toHaveLength(1);
      expect(json.runs[0]).toMatchObject({ source: 'aws-cost-explorer', by: 'agent', costCurrency: 'USD' });
      const doctor = await run(place, 'doctor');
      expect([doctor.code, doctor.out]).toEqual([0, expect.stringContaining('All is well.')]);
      expect(allViolations(place.started)).toEqual([]);
    },
    TIMEOUT_MS,
  );

  it(
    'says what to do when a service refuses, and gives away no secret anywhere',
    async () => {
      const place = await workspace(['aws-cost-explorer']);
      expect((await run(place, 'pull')).code).toBe(0);
      const answers: Answer[] = [];
      for (const fault of ['expired', 'forbidden'] as const) {
        for (const { running } of place.started) running.server.fail(fault, 1_000_000);
        answers.push(await run(place, 'agent', '--once'), await run(place, 'pull'));
        answers.push(await run(place, 'doctor'), await run(place, 'check'), await run(place, 'runs', '--failed'));
        for (const { running } of place.started) running.server.heal();
      }
      const [, pull, doctor, checked, runs] = answers;
      for (const answer of [pull, doctor, checked]) expect(answer?.code).toBe(1);
      expect(doctor?.out).toContain('What to do');
      expect(runs?.out).toContain('failed');
      const written = await everythingIn(place.folder, ['spendshift.yaml']);
      const everything = [written, ...answers.flatMap(({ out, error }) => [out, error])].join('\n');
      for (const [name, value] of Object.entries(place.environment)) {
        expect([name, everything.includes(value)]).toEqual([name, false]);
      }
    },
    TIMEOUT_MS,
  );

  it(
    'runs until it is stopped, tells how it is, and ends within seconds with the ledger whole',
    async () => {
      const place = await workspace(['aws-cost-explorer']);
      // After the first month the service falls silent, so that the run is under way for as long as the test looks at it.
      let askedCount = 0;
      for (const { running } of place.started) running.server.fail('silent', 1_000_000, () => (askedCount += 1) > 70);
      const child = start(place, ['agent', '--port', '0']);
      const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
      const until = async (message: string): Promise<Record<string, unknown>> => {
        for (;;) {
          const step: IteratorResult<string, unknown> = await lines.next();
          if (step.done === true) throw new Error(`the agent ended before it said ${message}`);
          const event = JSON.parse(step.value) as Record<string, unknown>;
          if (event['msg'] === message) return event;
        }
      };
      const { url } = await until('agent started');
      await until('window read');
      const health = (await (await fetch(`${String(url)}/healthz`)).json()) as Record<string, unknown>;
      expect(health).toMatchObject({ status: 'ok', running: ['aws-cost-explorer'] });
      const metrics = await (await fetch(`${String(url)}/metrics`)).text();
      expect(metrics).toContain('spendshift_sources_running 1');
      const stoppedMs = Date.now();
      child.kill('SIGTERM');
      const code = await new Promise<number | null>((resolve) => child.once('exit', resolve));
      expect([code, Date.now() - stoppedMs < 8_000]).toEqual([0, true]);

      // What was read stays, and the next start goes on from there.
      for (const { running } of place.started) running.server.heal();
      const rest = await run(place, 'agent', '--once');
      expect(rest.code).toBe(0);
      const windows = logLines(rest.out).filter(({ msg }) => msg === 'window read');
      expect(windows.length).toBeGreaterThan(0);
      expect(windows.length).toBeLessThanOrEqual(14);
      const doctor = await run(place, 'doctor', '--json');
      const { checks } = JSON.parse(doctor.out) as { checks: { subject: string; state: string }[] };
      expect(checks.find(({ subject }) => subject === 'ledger')?.state).toBe('good');
    },
    TIMEOUT_MS,
  );

  it.each<[string, readonly string[]]>([
    ['waits', ['agent']],
    ['waits', ['agent', '--once']],
    ['queries', ['agent']],
  ])(
    'ends within seconds although a connector of a third party %s without heeding the signal: %s',
    async (what, args) => {
      const place = await workspace([]);
      const duckdb = import.meta.resolve('@duckdb/node-api');
      const pull = {
        waits: 'await new Promise((resolve) => setTimeout(resolve, 600_000));',
        queries: `const { DuckDBInstance } = await import('${duckdb}');
          const connection = await (await DuckDBInstance.create(':memory:')).connect();
          await connection.run('SELECT sum(a.range * b.range) FROM range(10_000_000) a, range(10_000_000) b');`,
      }[what];
      await writeFile(
        join(place.folder, 'stuck.mjs'),
        `import { z } from '${import.meta.resolve('zod')}';
        export default {
          id: 'stuck', title: 'Stuck', kind: 'bill', feed: 'charges', version: 1, settings: z.strictObject({}),
          service: { permissions: [], grant: '', requestIntervalMs: 0 },
          history: { grain: 'month', timeZone: 'UTC', restatementDays: 0 },
          check: async () => [],
          async *pull() { console.error('stuck now'); ${pull ?? ''} return { isFinal: true, remarks: [] }; },
        };`,
      );
      const yaml = 'company: A\ncurrency: EUR\nconnectors: [./stuck.mjs]\nsources:\n  own: { connector: stuck }\n';
      await writeFile(join(place.folder, 'spendshift.yaml'), yaml);
      const child = start(place, args);
      child.stdout.resume();
      await once(child.stderr, 'data');
      const stoppedMs = Date.now();
      child.kill('SIGTERM');
      await once(child, 'exit');
      expect(Date.now() - stoppedMs).toBeLessThan(10_000);
    },
    TIMEOUT_MS,
  );
});
