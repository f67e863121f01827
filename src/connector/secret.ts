import { readFile, rename, stat, writeFile } from 'node:fs/promises';
import { isAbsolute, join } from 'node:path';

import { z } from 'zod';

import { SettingsError } from '../core/errors.js';

/** Where a secret stands, never the secret itself: `env:NAME` or `file:PATH`. */
export type SecretName = string & { readonly secretName: unique symbol };

const SECRET_NAME = /^(?:env:[A-Za-z_][A-Za-z0-9_]*|file:.+)$/s;
/** Rights of a file that others may not read. */
const OWNER_ONLY = 0o600;
const OTHERS_MAY_READ = 0o004;

/**
 * Schema of a setting that names a secret. What was written instead is never repeated: it may be the secret.
 *
 * @param what what the secret is, for messages: `the restricted key`
 */
export function secret(what: string): z.ZodType<SecretName> {
  const error = `name where ${what} is kept, env:NAME or file:PATH; the secret itself must not stand in this file`;
  return z
    .custom<SecretName>((value) => typeof value === 'string' && SECRET_NAME.test(value), { error })
    .meta({ secret: what });
}

/** The settings of a connector that name secrets, with what each is. */
export function secretSettings(schema: z.ZodType): ReadonlyMap<string, string> {
  const shape = 'shape' in schema ? (schema.shape as Readonly<Record<string, z.ZodType>>) : {};
  const named = Object.entries(shape).flatMap(([key, entry]) => {
    const what = unwrapped(entry).meta()?.['secret'];
    return typeof what === 'string' ? [[key, what] as const] : [];
  });
  return new Map(named);
}

function unwrapped(schema: z.ZodType): z.ZodType {
  return schema instanceof z.ZodOptional ? unwrapped(schema.unwrap() as z.ZodType) : schema;
}

/** Reads secrets, and remembers what it read so that none of it leaves in a text. */
export class Secrets {
  readonly #environment: Readonly<Record<string, string | undefined>>;
  readonly #folder: string;
  readonly #known = new Set<string>();

  /** @param folder absolute path where relative `file:` paths start */
  constructor(environment: Readonly<Record<string, string | undefined>>, folder: string) {
    this.#environment = environment;
    this.#folder = folder;
  }

  /**
   * The secret that a name stands for, without spaces and line breaks around it.
   *
   * @throws SettingsError when there is none, or when the file may be read by everybody.
   */
  async read(name: SecretName, place: { readonly source: string; readonly key?: string }): Promise<string> {
    const value = (name.startsWith('env:') ? this.#variable(name) : await this.#file(name, place))?.trim() ?? '';
    if (value === '') {
      const hint = name.startsWith('env:')
        ? `Set the environment variable ${name.slice(4)} before you start Spendshift.`
        : `Write the secret into the file ${this.#path(name)}, which nobody else may read.`;
      throw new SettingsError({ place, message: `there is no secret at ${name}`, hint });
    }
    this.remember(value);
    return value;
  }

  /** Puts a new secret in the place of one that a file holds, where a service changes it with each use. */
  async replace(name: SecretName, value: string, place: { readonly source: string }): Promise<void> {
    this.remember(value);
    if (!name.startsWith('file:')) {
      const hint = 'Keep this secret in a file and name it with file:PATH, so that the new one can be written there.';
      throw new SettingsError({ place, message: `the service changes the secret at ${name} with each use`, hint });
    }
    const path = this.#path(name);
    const unfinished = `${path}.unfinished`;
    await writeFile(unfinished, `${value}\n`, { mode: OWNER_ONLY });
    await rename(unfinished, path);
  }

  /** Counts a text as secret: a token that was made from one. */
  remember(value: string): void {
    // Shorter texts are no secrets, and taking them out would spoil every message.
    if (value.length >= SECRET_CHARACTERS_MIN) this.#known.add(value);
  }

  /** The text without any secret that was read so far, as it stands or as it is written in JSON, addresses and Base64. */
  redact(text: string): string {
    let redacted = text;
    for (const value of this.#known) {
      for (const form of formsOf(value)) redacted = redacted.replaceAll(form, '[secret]');
    }
    return redacted;
  }

  #variable(name: string): string | undefined {
    return this.#environment[name.slice('env:'.length)];
  }

  #path(name: string): string {
    const path = name.slice('file:'.length);
    return isAbsolute(path) ? path : join(this.#folder, path);
  }

  async #file(name: string, place: { readonly source: string }): Promise<string | undefined> {
    const path = this.#path(name);
    try {
      const { mode } = await stat(path);
      if ((mode & OTHERS_MAY_READ) !== 0) {
        const hint = `Take the right away: chmod 600 ${path}`;
        throw new SettingsError({ place, message: `everybody may read the secret at ${name}`, hint });
      }
      return await readFile(path, 'utf8');
    } catch (error) {
      if (error instanceof SettingsError) throw error;
      return undefined;
    }
  }
}

const SECRET_CHARACTERS_MIN = 6;

function formsOf(value: string): readonly string[] {
  const json = JSON.stringify(value).slice(1, -1);
  return [...new Set([value, json, encodeURIComponent(value), Buffer.from(value).toString('base64')])];
}
