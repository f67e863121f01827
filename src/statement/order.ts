/** Order of texts by code unit, the same on every machine whatever its language. */
export function compareTexts(left: string, right: string): number {
  return left < right ? -1 : left > right ? 1 : 0;
}

/** Order of amounts, largest first. */
export function compareLargestFirst(left: bigint, right: bigint): number {
  return left > right ? -1 : left < right ? 1 : 0;
}
