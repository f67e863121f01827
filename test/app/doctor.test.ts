import { describe, expect, it } from 'vitest';

import { checkHealth, checkWorkspace, withSession, type HealthRow } from '../../src/app.js';
import { temporaryFolder } from '../support/files.js';
import { testEffects } from '../support/live.js';

const ZOD = import.meta.resolve('zod');
const NOW = new Date('2026-11-20T12:00:00Z');
const SECRET = 'canary-0123456789';
const effects = testEffects({ now: NOW }, { KEY: SECRET });
const { signal } = new AbortController();

const FILES = `
  import { z } from '${ZOD}';
  const fail = async () => { throw new TypeError('no such column'); };
  export default {
    id: 'own-files', title: 'Own', kind: 'bill', feed: 'files', version: 1, settings: z.strictObject({}),
    check: fail, windows: fail, read: fail, sourceRows: fail,
  };`;

const SERVICE = `
  import { z } from '${ZOD}';
  export default {
    id: 'own-service', title: 'Own', kind: 'bill', feed: 'charges', version: 1, settings: z.strictObject({}),
    service: { permissions: [], grant: '', requestIntervalMs: 0 },
    history: { grain: 'month', timeZone: 'UTC', restatementDays: 0 },
    check: async (context) => { throw new TypeError('cannot use ' + (await context.secret('env:KEY'))); },
    async *pull() { return { isFinal: true, remarks: [] }; },
  };`;

const workspace = (): Promise<string> =>
  temporaryFolder({
    'files.mjs': FILES,
    'service.mjs': SERVICE,
    'spendshift.yaml':
      'company: Acme\ncurrency: EUR\nconnectors: [./files.mjs, ./service.mjs]\n' +
      'sources:\n  first: { connector: own-files }\n  second: { connector: own-service }\n',
  });

describe('a connector whose check fails in a way that nobody foresaw', () => {
  it('is one row of the doctor, and every other row is there', async () => {
    const folder = await workspace();
    const rows = await withSession(folder, (session) => checkHealth(session, { effects, signal }));
    const hint = 'This is a mistake of the connector: please report it.';
    const bad = (subject: string, what: string, detail: string): HealthRow => ({
      ...{ subject, what, detail, hint },
      state: 'bad',
    });
    expect(rows.filter(({ state }) => state === 'bad')).toEqual([
      bad('first', 'files', 'the connector own-files failed: no such column'),
      bad('second', 'service', 'the connector own-service failed: cannot use [secret]'),
    ]);
  });

  it('is a mistake of the workspace among the others', async () => {
    const { mistakes } = await checkWorkspace(await workspace(), signal, effects);
    expect(mistakes.map(({ place, message }) => `${place.source ?? ''}: ${message}`)).toEqual([
      'first: the connector own-files failed: no such column',
      'second: the connector own-service failed: cannot use [secret]',
    ]);
  });
});
