import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

import { describe, expect, it } from 'vitest';

import { pullWorkspace, withSession, type WorkspacePull } from '../../src/app.js';
import { SettingsError } from '../../src/core/errors.js';
import { temporaryFolder } from '../support/files.js';
import { testEffects } from '../support/live.js';
import { chargesIn } from '../support/own-connector.js';

const NOW = new Date('2026-11-20T12:00:00Z');
const ZOD = import.meta.resolve('zod');

/** The module of a third party's connector, as plain JavaScript; it imports nothing of ours. */
function moduleOf(id: string, more = ''): string {
  return `
    import { z } from '${ZOD}';
    export default {
      id: '${id}',
      title: 'Telephone company',
      kind: 'bill',
      feed: 'charges',
      version: 1,
      settings: z.strictObject({ contract: z.string().min(3, 'write the number of the contract') }),
      service: {
        permissions: [{ id: 'bills', why: 'to read bills', required: true }],
        grant: 'bills:read',
        requestIntervalMs: 0,
      },
      history: { grain: 'month', timeZone: 'UTC', restatementDays: 0 },
      check: async () => [{ permission: 'bills', granted: true, detail: 'ok' }],
      async *pull(context, { from }) {
        const bill = await context.call('bill of ' + from, async () => ({ id: from, cents: 12345n }));
        yield {
          charges: [{
            texts: { payee: 'Telephone company', account: context.settings.contract },
            key: bill.id, reference: bill.id, day: from, currency: 'EUR', cash: { digits: bill.cents, scale: 2 },
          }],
        };
        return { isFinal: true, remarks: [] };
      },
      ${more}
    };`;
}

const yaml = (connectors: string, sources: string): string =>
  `company: Acme\ncurrency: EUR\nconnectors: ${connectors}\nsources:\n  phone: ${sources}\n`;
const PHONE = "{ connector: telephone, contract: '4711', since: 2026-10 }";

async function pull(folder: string): Promise<{ pulled: WorkspacePull; charges: string[] }> {
  return withSession(folder, async (session) => {
    const pulled = await pullWorkspace(session, {
      sources: [],
      progress: () => undefined,
      signal: new AbortController().signal,
      now: () => NOW,
      effects: testEffects({ now: NOW }, {}),
    });
    return { pulled, charges: await chargesIn(session.ledger) };
  });
}

const BILLS = ['20261001 Telephone company 123450000 EUR', '20261101 Telephone company 123450000 EUR'];

describe('a connector of a third party', () => {
  it.each([
    ['a path from the workspace', './connectors/telephone.mjs', 'connectors/telephone.mjs'],
    ['a path upwards', '../workspace/connectors/telephone.mjs', 'connectors/telephone.mjs'],
  ])('is pulled from %s', async (_what, name, file) => {
    const parent = await temporaryFolder({
      [`workspace/${file}`]: moduleOf('telephone'),
      'workspace/spendshift.yaml': yaml(`[${name}]`, PHONE),
    });
    const { pulled, charges } = await pull(join(parent, 'workspace'));
    expect(pulled.failures).toEqual([]);
    expect(pulled.results[0]).toMatchObject({ source: 'phone', added: 2, live: { requestCount: 2 } });
    expect(charges).toEqual(BILLS);
  });

  it('is pulled from an absolute path', async () => {
    const elsewhere = await temporaryFolder({ 'my connector.mjs': moduleOf('telephone') });
    const name = JSON.stringify(join(elsewhere, 'my connector.mjs'));
    const folder = await temporaryFolder({ 'spendshift.yaml': yaml(`[${name}]`, PHONE) });
    expect((await pull(folder)).charges).toEqual(BILLS);
  });

  it.each<[string, string, object]>([
    ['with a main file', 'spendshift-telephone', { type: 'module', main: './index.js' }],
    ['with one export', 'spendshift-telephone', { type: 'module', exports: './index.js' }],
    ['with a scope', '@acme/telephone', { type: 'module', exports: { '.': './index.js' } }],
    ['for import alone', 'spendshift-telephone', { type: 'module', exports: { '.': { import: './index.js' } } }],
    [
      'with another file for require',
      'spendshift-telephone',
      { type: 'module', exports: { '.': { import: './index.js', require: './old.cjs' } } },
    ],
  ])("is pulled from a package in the workspace's node_modules: %s", async (_what, name, manifest) => {
    const folder = await temporaryFolder({
      'spendshift.yaml': yaml(`['${name}']`, PHONE),
      [`node_modules/${name}/package.json`]: JSON.stringify({ name, version: '1.0.0', ...manifest }),
      [`node_modules/${name}/index.js`]: moduleOf('telephone'),
      [`node_modules/${name}/old.cjs`]: 'module.exports = {};',
    });
    expect((await pull(folder)).charges).toEqual(BILLS);
  });

  it('has its settings checked like any other', async () => {
    const folder = await temporaryFolder({
      'telephone.mjs': moduleOf('telephone'),
      'spendshift.yaml': yaml('[./telephone.mjs]', "{ connector: telephone, contract: '1', colour: red }"),
    });
    await expect(pull(folder)).rejects.toThrow(
      'spendshift.yaml:5: source phone: contract: write the number of the contract\n' +
        'spendshift.yaml:5: source phone: colour: unknown key "colour"\n  → Keys: contract.',
    );
  });

  it('leaves what ships with Spendshift as it is', async () => {
    const folder = await temporaryFolder({
      'telephone.mjs': moduleOf('telephone'),
      'spendshift.yaml': yaml('[./telephone.mjs]', "{ connector: telefone, contract: '4711' }"),
    });
    await expect(pull(folder)).rejects.toThrow(/unknown connector "telefone"\n {2}→ Did you mean "telephone"\? .*csv/);
  });
});

const HINT =
  '\n  → Its default export must be a connector, made as README.md of Spendshift says under "Adding a connector".';

describe('a connector that cannot be used', () => {
  /** What the workspace says of a module under `connectors:`. */
  async function refusal(files: Readonly<Record<string, string>>, names: string): Promise<string> {
    const folder = await temporaryFolder({ ...files, 'spendshift.yaml': yaml(names, PHONE) });
    const message = await pull(folder).then(
      () => 'accepted',
      (error: unknown) => {
        expect(error).toBeInstanceOf(SettingsError);
        return (error as SettingsError).message;
      },
    );
    return message.replaceAll(folder, 'FOLDER');
  }

  it('because it is not there', async () => {
    expect(await refusal({}, '[./telephone.mjs]')).toMatch(
      /^spendshift.yaml:3: connectors.*: \.\/telephone\.mjs cannot be loaded \(Cannot find module .*\)/,
    );
    expect(await refusal({}, '[spendshift-telephone]')).toMatch(
      /^spendshift.yaml:3: connectors.*: spendshift-telephone cannot be loaded \(Cannot find module 'spendshift-telephone' in node_modules, here or above\)/,
    );
  });

  it('because it does not load', async () => {
    const message = await refusal({ 'a.mjs': "throw new Error('no licence\\nsecond line');" }, '[./a.mjs]');
    expect(message).toMatch(/^spendshift.yaml:3: connectors.*: \.\/a\.mjs cannot be loaded \(no licence\)/);
    expect(message.endsWith(HINT)).toBe(true);
    expect(await refusal({ 'a.mjs': 'export default {' }, '[./a.mjs]')).toContain('./a.mjs cannot be loaded (');
    expect(await refusal({ 'a.mjs': "throw 'odd';" }, '[./a.mjs]')).toContain('./a.mjs cannot be loaded (odd)');
  });

  const replaced = (from: string, to: string): string => moduleOf('telephone').replace(from, to);

  it.each<[string, string]>([
    ['export const connector = {};', 'it has no default export that is an object'],
    ['export default null;', 'it has no default export that is an object'],
    ['export default () => ({});', 'it has no default export that is an object'],
    ['export default {};', 'its feed is none of files, charges, rates, people, applications'],
    [
      replaced("feed: 'charges'", "feed: 'invoices'"),
      'its feed is none of files, charges, rates, people, applications',
    ],
    [replaced("id: 'telephone'", 'id: 7'), 'its id is no string'],
    [replaced("title: 'Telephone company',", ''), 'its title is no string'],
    [replaced("kind: 'bill'", 'kind: undefined'), 'its kind is no string'],
    [replaced('version: 1', "version: '1'"), 'its version is no number'],
    [replaced('settings: z.strictObject', "settings: 'none', other: z.strictObject"), 'its settings is no zod schema'],
    [replaced('async *pull', 'async *fetch'), 'its pull is no function'],
    [replaced('check: async', 'verify: async'), 'its check is no function'],
    [replaced('service: {', 'facts: {'), 'its service is no object'],
    [replaced('history: {', 'history: null, past: {'), 'its history is no object'],
    // A rate is no charge: what such a connector lacks is not asked of it, what it has is.
    [
      moduleOf('telephone', 'pull: undefined,').replace("feed: 'charges'", "feed: 'rates'"),
      'its kind is none of reference',
    ],
    [moduleOf('telephone').replace("feed: 'charges'", "feed: 'files'"), 'its windows is no function'],
  ])('because it is none: %#', async (text, why) => {
    expect(await refusal({ 'a.mjs': text }, '[./a.mjs]')).toBe(
      `spendshift.yaml:3: connectors[1]: ./a.mjs is no connector: ${why}${HINT}`,
    );
  });

  it.each<[string, string, RegExp]>([
    [
      'settings that check nothing',
      replaced('settings: z.strictObject', 'settings: {}, other: z.strictObject'),
      /settings/,
    ],
    ['a kind that there is not', replaced("kind: 'bill'", "kind: 'spend'"), /kind/],
    ['a time zone that there is not', replaced("timeZone: 'UTC'", "timeZone: 'Moon/Base'"), /timeZone|time zone/],
    ['no days of restatement', replaced('restatementDays: 0', 'restatement: 0'), /restatementDays/],
    ['no distance of requests', replaced('requestIntervalMs: 0', 'interval: 0'), /requestIntervalMs/],
    ['no permissions', replaced('permissions: [', 'rights: ['), /permissions/],
  ])('because it has %s, said before anything is pulled', async (_what, text, message) => {
    expect(await refusal({ 'a.mjs': text }, '[./a.mjs]')).toMatch(message);
  });

  it('because another has its id, one that ships or one of the workspace', async () => {
    const taken = (id: string): string =>
      `: there is a connector ${id} already\n  → Give the connector an id that no other has.`;
    expect(await refusal({ 'a.mjs': moduleOf('csv') }, '[./a.mjs]')).toBe(
      `spendshift.yaml:3: connectors[1]${taken('csv')}`,
    );
    expect(
      await refusal({ 'a.mjs': moduleOf('telephone'), 'b.mjs': moduleOf('telephone') }, '[./a.mjs, ./b.mjs]'),
    ).toBe(`spendshift.yaml:3: connectors[2]${taken('telephone')}`);
  });

  it('is told with every other of the list, each with its line', async () => {
    const folder = await temporaryFolder({
      'a.mjs': 'export default {};',
      'spendshift.yaml': 'company: Acme\ncurrency: EUR\nconnectors:\n  - ./a.mjs\n  - ./b.mjs\n',
    });
    const message = await pull(folder).then(() => '', String);
    expect(message).toContain('spendshift.yaml:4: connectors[1]: ./a.mjs is no connector');
    expect(message).toContain('spendshift.yaml:5: connectors[2]: ./b.mjs cannot be loaded');
  });

  it.each([
    ['a text in the place of the list', './a.mjs', 'spendshift.yaml:3: connectors: expected a list, found "./a.mjs"'],
    [
      'a number in the list',
      '[7]',
      'spendshift.yaml:3: connectors[1]: expected the path of a module, or the name of a package, found 7',
    ],
  ])('because the key is %s', async (_what, names, message) => {
    const folder = await temporaryFolder({
      'spendshift.yaml': `company: Acme\ncurrency: EUR\nconnectors: ${names}\n`,
    });
    await expect(pull(folder)).rejects.toThrow(message);
    expect(await readFile(join(folder, 'spendshift.yaml'), 'utf8')).toContain('connectors');
  });
});
