import { z } from 'zod';

const LOOPBACK = new Set(['127.0.0.1', 'localhost', '[::1]']);

/**
 * Schema of an address that replaces the service's own: a gateway of the company, another region, or a server on this
 * machine to try things. Other machines are asked over HTTPS alone, because secrets travel in every request.
 */
export function endpoint(): z.ZodType<string> {
  return z.string().refine(isSafe, {
    error: 'write an address that begins with https://; http:// is for this machine alone (127.0.0.1, localhost)',
  });
}

function isSafe(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, hostname, username, password } = new URL(text);
  if (username !== '' || password !== '') return false;
  return protocol === 'https:' || (protocol === 'http:' && LOOPBACK.has(hostname));
}

/** Whether a source asks a server on this machine: a stand-in, which has none of the service's limits. */
export function asksThisMachine(settings: unknown): boolean {
  if (typeof settings !== 'object' || settings === null) return false;
  return Object.values(settings).some(
    (value) =>
      typeof value === 'string' && /^http:/.test(value) && URL.canParse(value) && LOOPBACK.has(new URL(value).hostname),
  );
}
