/** JSON with sorted keys at every depth, so that equal settings give equal texts whatever their order in the file. */
export function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_key, inner: unknown) => {
    if (typeof inner === 'bigint') return inner.toString();
    if (inner instanceof Map)
      return Object.fromEntries(sortedEntries([...inner].map(([key, one]) => [String(key), one])));
    if (inner instanceof Set) return [...inner].map(String).sort();
    if (typeof inner !== 'object' || inner === null || Array.isArray(inner)) return inner;
    return Object.fromEntries(sortedEntries(Object.entries(inner)));
  });
}

function sortedEntries(entries: [string, unknown][]): [string, unknown][] {
  return entries.sort(([left], [right]) => (left < right ? -1 : left > right ? 1 : 0));
}
