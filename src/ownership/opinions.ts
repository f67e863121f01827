import type { Line } from '../core/charge.js';
import type { OwnerMethod } from '../core/decision.js';
import { formatPlace } from '../core/errors.js';
import type { OwnerEntry } from './entries.js';
import { formatShares } from './shares.js';
import type { DatedOpinion } from './timeline.js';

/** Answers for one kind of evidence: the opinions on a line, strongest first. */
export type LookUp = (line: Line) => readonly DatedOpinion[];

/** Names of functions by id. */
export type Names = ReadonlyMap<string, string>;

/** ` — note (file:line)`: the note where there is one, and the place, without the key. */
export function noteAndPlace(entry: Pick<OwnerEntry, 'note' | 'place'>): string {
  const { file, line } = entry.place;
  return `${entry.note === '' ? '' : `: ${entry.note}`} (${formatPlace({ file, line })})`;
}

/** The opinion of an entry, with what it was found by as its evidence. */
export function opinion(
  method: OwnerMethod,
  confidence: number,
  subject: string,
  entry: OwnerEntry,
  names: Names,
): DatedOpinion {
  const evidence = `${subject} is ${formatShares(entry.shares, names)}${noteAndPlace(entry)}`;
  return { from: entry.from, to: entry.to, opinion: { method, shares: entry.shares, confidence, evidence } };
}
