/** The address in a `Link` header (RFC 8288) that has `rel="next"`; undefined where there is none. */
export function nextOfLinkHeader(header: string | null): string | undefined {
  for (const [, address, parameters = ''] of (header ?? '').matchAll(/<([^>]*)>((?:\s*;\s*[^,;]*)*)/g)) {
    if (/;\s*rel\s*=\s*(?:"(?:[^"]*\s)?next(?:\s[^"]*)?"|next\s*(?:;|$))/i.test(parameters)) return address;
  }
  return undefined;
}
