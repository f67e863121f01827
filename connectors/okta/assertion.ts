import { randomUUID } from 'node:crypto';

import type { CryptoKey, JWK } from 'jose';
import { z } from 'zod';

import { SettingsError } from '../../src/core/errors.js';
import type { OktaContext } from './client.js';

/** Okta takes statements of up to an hour. */
const ASSERTION_SECONDS = 300;
const RSA = 'RS256';

const jsonKey = z.looseObject({
  kty: z.enum(['RSA', 'EC']),
  d: z.string().min(1),
  alg: z.string().optional(),
  kid: z.string().optional(),
});

interface SigningKey {
  readonly key: CryptoKey;
  readonly algorithm: string;
  readonly keyId: string | undefined;
}

/** The signed statement by which the application names itself to Okta (RFC 7523). */
export async function assertionOf(context: OktaContext, audience: string): Promise<string> {
  const { SignJWT } = await import('jose');
  const { key, algorithm, keyId } = await keyOf(context);
  const clientId = context.settings.clientId ?? '';
  const issuedAt = Math.floor(context.now().getTime() / 1_000);
  // Okta takes each statement once: an id of its own keeps those of one second apart.
  const jti = randomUUID();
  const claims = { iss: clientId, sub: clientId, aud: audience, iat: issuedAt, exp: issuedAt + ASSERTION_SECONDS, jti };
  return new SignJWT(claims)
    .setProtectedHeader({ alg: algorithm, ...(keyId === undefined ? {} : { kid: keyId }) })
    .sign(key);
}

/** The private key, as PEM or as JSON (JWK). What is wrong with it is said without any of its content. */
async function keyOf(context: OktaContext): Promise<SigningKey> {
  const { privateKey, keyId } = context.settings;
  if (privateKey === undefined) throw badKey(context, 'there is no private key');
  const text = await context.secret(privateKey);
  return text.startsWith('{') ? jsonKeyOf(context, text, keyId) : pemKeyOf(context, text, keyId);
}

async function jsonKeyOf(context: OktaContext, text: string, keyId: string | undefined): Promise<SigningKey> {
  const { importJWK } = await import('jose');
  const { success, data } = jsonKey.safeParse(jsonOf(text));
  if (!success) throw badKey(context, 'it is no private key in JSON (JWK) of the kind RSA or EC');
  context.keepSecret(data.d);
  const algorithm = data.alg ?? (data.kty === 'RSA' ? RSA : 'ES256');
  const key = await importJWK(data as JWK, algorithm).catch(() => undefined);
  if (key === undefined || key instanceof Uint8Array) throw badKey(context, 'the private key cannot be read');
  return { key, algorithm, keyId: keyId ?? data.kid };
}

async function pemKeyOf(context: OktaContext, text: string, keyId: string | undefined): Promise<SigningKey> {
  const { importPKCS8 } = await import('jose');
  if (text.includes('BEGIN RSA PRIVATE KEY')) {
    throw badKey(context, 'it is written as PKCS #1, not as PKCS #8');
  }
  const key = await importPKCS8(text, RSA).catch(() => undefined);
  if (key === undefined) throw badKey(context, 'it is no private key of RSA as PEM');
  return { key, algorithm: RSA, keyId };
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function badKey({ sourceId }: OktaContext, message: string): SettingsError {
  return new SettingsError({
    place: { source: sourceId, key: 'privateKey' },
    message,
    hint: 'Keep the private key that Okta shows, as PEM that begins with BEGIN PRIVATE KEY, or as JSON (JWK).',
  });
}
