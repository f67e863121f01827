import { SourceError } from '../core/errors.js';

/**
 * The address of a next page that a service wrote into its reply.
 *
 * @param link as the service wrote it; may be relative to `own`
 * @param own an address of the service; secrets go to its server alone
 * @throws SourceError when it leads to another server.
 */
export function nextLink(link: string, own: string | URL, what: string, source: string): URL {
  const base = new URL(own);
  const address = URL.canParse(link, base.href) ? new URL(link, base) : undefined;
  if (address?.origin === base.origin) return address;
  const elsewhere = address === undefined ? 'no address' : address.origin;
  throw new SourceError({
    place: { source },
    message: `${what}: the next page is at ${elsewhere}, not at ${base.origin}; no token was sent there`,
    hint: 'Nothing of this window was taken. A gateway in `endpoint` must rewrite the links to its own address.',
  });
}
