import { SHARES_SUM, UNASSIGNED, type OwnerOpinion, type OwnerSegment } from '../core/decision.js';
import type { Month } from '../core/period.js';
import type { Validity } from './entries.js';

/** An opinion with the months for which it holds. */
export interface DatedOpinion extends Validity {
  readonly opinion: OwnerOpinion;
}

/** What holds where nothing speaks. */
export function unassignedOpinion(evidence: string): OwnerOpinion {
  return {
    method: 'unassigned',
    shares: [{ functionId: UNASSIGNED, perMillion: SHARES_SUM }],
    confidence: 0,
    evidence,
  };
}

/**
 * Lays opinions, strongest first, over all time: in each month the first that holds wins, the others that hold are kept
 * as overruled. Segments cover all time without gap or overlap; neighbours that say the same are one.
 */
export function buildSegments(opinions: readonly DatedOpinion[], nobody: OwnerOpinion): OwnerSegment[] {
  if (opinions.every(({ from, to }) => from === undefined && to === undefined)) {
    const [winner, ...overruled] = opinions;
    const all = { from: undefined, to: undefined, overruled: overruled.map((dated) => dated.opinion) };
    return [{ ...(winner?.opinion ?? nobody), ...all }];
  }
  const cuts = [...new Set(opinions.flatMap(({ from, to }) => [from, to]))]
    .filter((month) => month !== undefined)
    .sort();
  const segments: OwnerSegment[] = [];
  for (let index = 0; index <= cuts.length; index += 1) {
    const from = cuts[index - 1];
    const to = cuts[index];
    const [winner = nobody, ...overruled] = opinionsAt(opinions, from);
    const last = segments.at(-1);
    if (last !== undefined && says(last, winner) && sameOpinions(last.overruled, overruled)) {
      segments[segments.length - 1] = { ...last, to };
    } else {
      segments.push({ ...winner, from, to, overruled });
    }
  }
  return segments;
}

/** The opinions that hold in a month (undefined: before the first cut). */
function opinionsAt(opinions: readonly DatedOpinion[], month: Month | undefined): OwnerOpinion[] {
  return opinions.filter((dated) => holdsAt(dated, month)).map((dated) => dated.opinion);
}

function holdsAt({ from, to }: Validity, month: Month | undefined): boolean {
  if (month === undefined) return from === undefined;
  return (from === undefined || from <= month) && (to === undefined || month < to);
}

function says(left: OwnerOpinion, right: OwnerOpinion): boolean {
  // Opinions are made once per entry, so equal evidence and shares are one and the same.
  return left.method === right.method && left.evidence === right.evidence && left.shares === right.shares;
}

function sameOpinions(left: readonly OwnerOpinion[], right: readonly OwnerOpinion[]): boolean {
  return left.length === right.length && left.every((opinion, index) => opinion === right[index]);
}

/** The segment that holds in a month. */
export function segmentAt(segments: readonly OwnerSegment[], month: Month): OwnerSegment | undefined {
  return segments.find((segment) => holdsAt(segment, month));
}
