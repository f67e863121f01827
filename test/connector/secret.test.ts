import { chmod, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';

import { secret, Secrets, secretSettings, type SecretName } from '../../src/connector/secret.js';
import { temporaryFolder } from '../support/files.js';

const place = { source: 'cards' };
const named = (text: string): SecretName => text as SecretName;

describe('the name of a secret', () => {
  const schema = z.strictObject({
    apiKey: secret('the restricted key'),
    token: secret('the token').optional(),
    limit: z.int(),
  });

  it('is env:NAME or file:PATH, and nothing else; what stood there instead is not repeated', () => {
    for (const name of ['env:STRIPE_KEY', 'file:keys/stripe', 'file:/run/secrets/key']) {
      expect(schema.safeParse({ apiKey: name, limit: 1 }).success).toBe(true);
    }
    for (const wrong of ['rk_live_51Habc', 'env:', 'env:a b', '', 'file:', 12, null]) {
      const result = schema.safeParse({ apiKey: wrong, limit: 1 });
      expect(result.success).toBe(false);
      expect(result.error?.message).toContain('name where the restricted key is kept, env:NAME or file:PATH');
      if (typeof wrong === 'string' && wrong.length > 6) expect(result.error?.message).not.toContain(wrong);
    }
  });

  it('can be told from other settings', () => {
    expect([...secretSettings(schema)]).toEqual([
      ['apiKey', 'the restricted key'],
      ['token', 'the token'],
    ]);
  });
});

describe('a secret', () => {
  it('is read from the environment or a file that others may not read', async () => {
    const folder = await temporaryFolder();
    const secrets = new Secrets({ KEY: ' abc123 ' }, folder);
    expect(await secrets.read(named('env:KEY'), place)).toBe('abc123');
    await writeFile(join(folder, 'key'), 'from-file\n', { mode: 0o600 });
    expect(await secrets.read(named('file:key'), place)).toBe('from-file');
    await chmod(join(folder, 'key'), 0o644);
    await expect(secrets.read(named('file:key'), place)).rejects.toThrow('everybody may read the secret at file:key');
  });

  it('that is missing says where it was looked for', async () => {
    const secrets = new Secrets({ EMPTY: '' }, await temporaryFolder());
    await expect(secrets.read(named('env:EMPTY'), place)).rejects.toThrow(
      'source cards: there is no secret at env:EMPTY\n  → Set the environment variable EMPTY before you start Spendshift.',
    );
    await expect(secrets.read(named('file:nowhere'), place)).rejects.toThrow('there is no secret at file:nowhere');
  });

  it('that changes with each use is written back whole, for its owner alone', async () => {
    const folder = await temporaryFolder();
    await writeFile(join(folder, 'token'), 'first-token\n', { mode: 0o600 });
    const secrets = new Secrets({}, folder);
    await secrets.replace(named('file:token'), 'second-token', place);
    expect(await readFile(join(folder, 'token'), 'utf8')).toBe('second-token\n');
    expect((await stat(join(folder, 'token'))).mode & 0o777).toBe(0o600);
    await expect(secrets.replace(named('env:TOKEN'), 'x-new-token', place)).rejects.toThrow(
      'the service changes the secret at env:TOKEN with each use',
    );
  });

  it('stands in no text that passes through, however it is written', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 8 }), fc.string(), fc.string(), (value, before, after) => {
        const secrets = new Secrets({}, '/');
        secrets.remember(value);
        fc.pre(!'[secret]'.includes(value) && !before.includes(value) && !after.includes(value));
        for (const form of [value, JSON.stringify({ key: value }), Buffer.from(value).toString('base64')]) {
          const text = secrets.redact(`${before}${form}${after}`);
          expect(text).toContain('[secret]');
        }
        expect(secrets.redact(`?key=${value}&x=1`)).not.toContain(value);
      }),
    );
  });
});
