import type { DirectoryPerson } from '../../src/connector/reference.js';
import { addDays, parseIsoDate, type IsoDate } from '../../src/core/date.js';
import { addMonths, firstDay, lastDay, monthOf, parseMonth, type Month } from '../../src/core/period.js';

/** A row of a table of people, as it stands there. */
export interface TableRow {
  /** 1-based line. */
  readonly line: number;
  /** Tells whose row it is. */
  readonly id: string;
  readonly names: readonly string[];
  readonly department: string;
  readonly validFrom: string;
  readonly validTo: string;
}

/** A row that cannot be taken, and why. */
export interface Refused {
  readonly line: number;
  readonly reason: string;
}

/** The stays that a table tells. */
export interface ToldStays {
  readonly people: readonly DirectoryPerson[];
  readonly refused: readonly Refused[];
  /** Stays that began and ended inside one month. */
  readonly shortCount: number;
}

/** Written by many systems for an end that is open. */
const NEVER = '9999-12-31';

interface Stay {
  readonly row: TableRow;
  /** First day; empty where it has always been. */
  readonly from: IsoDate | '';
  /** Last day; empty where it is open. */
  readonly to: IsoDate | '';
}

/**
 * The stays of each person, in months. A month belongs to the department in which its last stay began, as with a directory
 * that is read month by month. A stay without an end lasts until the next one begins. Stays that contradict each other are
 * refused, all of them.
 */
export function staysOf(rows: readonly TableRow[], month: Month): ToldStays {
  const refused: Refused[] = [];
  const byPerson = new Map<string, Stay[]>();
  for (const row of rows) {
    const stay = stayOf(row);
    if (typeof stay === 'string') refused.push({ line: row.line, reason: stay });
    else byPerson.set(row.id, [...(byPerson.get(row.id) ?? []), stay]);
  }
  const people: DirectoryPerson[] = [];
  let shortCount = 0;
  for (const [id, stays] of byPerson) {
    const { kept, contradictions } = consistent(stays);
    refused.push(...contradictions);
    // A spelling of the name holds for all stays, so that old charges find their person too.
    const names = [...new Set(kept.flatMap(({ row }) => row.names))];
    for (const [index, stay] of kept.entries()) {
      const dated = monthsOf(stay, kept[index + 1]);
      if (dated === undefined) shortCount += 1;
      else {
        const isActive = dated.until === undefined || dated.until >= month;
        people.push({ id, names, department: stay.row.department, isActive, ...dated });
      }
    }
  }
  return { people, refused: refused.sort((left, right) => left.line - right.line), shortCount };
}

/** The stay of a row, or what is wrong with its dates. */
function stayOf(row: TableRow): Stay | string {
  const from = firstDayOf(row.validFrom);
  const to = lastDayOf(row.validTo);
  if (from === undefined) return `"${row.validFrom}" is no day (2026-03-15) and no month (2026-03)`;
  if (to === undefined) return `"${row.validTo}" is no day (2026-03-15) and no month (2026-03)`;
  if (to !== '' && to < from) return `the stay ends (${row.validTo}) before it begins (${row.validFrom})`;
  return { row, from, to };
}

function firstDayOf(text: string): IsoDate | '' | undefined {
  if (text === '') return '';
  const month = parseMonth(text);
  return month === undefined ? parseIsoDate(text) : firstDay(month);
}

function lastDayOf(text: string): IsoDate | '' | undefined {
  if (text === '' || text === NEVER) return '';
  const month = parseMonth(text);
  return month === undefined ? parseIsoDate(text) : lastDay(month);
}

/** The stays of a person in order, without those of which two claim the same day. */
function consistent(stays: readonly Stay[]): {
  readonly kept: readonly Stay[];
  readonly contradictions: readonly Refused[];
} {
  const ordered = withoutTwins(stays).sort(inOrder);
  const ended = ordered.map((stay, index) => endedBy(stay, ordered[index + 1]));
  const reasons = new Map<Stay, string>();
  let latest: Stay | undefined;
  for (const stay of ended) {
    if (latest !== undefined && (latest.to === '' || latest.to >= stay.from)) {
      reasons.set(latest, `the stay overlaps that of line ${stay.row.line}, and both cannot be`);
      reasons.set(stay, `the stay overlaps that of line ${latest.row.line}, and both cannot be`);
    }
    if (latest === undefined || (latest.to !== '' && (stay.to === '' || stay.to > latest.to))) latest = stay;
  }
  return {
    kept: ended.filter((stay) => !reasons.has(stay)),
    contradictions: [...reasons].map(([{ row }, reason]) => ({ line: row.line, reason })),
  };
}

function inOrder(left: Stay, right: Stay): number {
  if (left.from === right.from) return left.row.line - right.row.line;
  return left.from < right.from ? -1 : 1;
}

/** Of rows that say the same the first. */
function withoutTwins(stays: readonly Stay[]): Stay[] {
  const known = new Set<string>();
  return stays.filter(({ row, from, to }) => {
    const key = JSON.stringify([from, to, row.department, row.names]);
    return known.size < known.add(key).size;
  });
}

/** A stay whose end is open, ended by the beginning of the next. */
function endedBy(stay: Stay, next: Stay | undefined): Stay {
  if (stay.to !== '' || next === undefined || next.from === '' || next.from === stay.from) return stay;
  return { ...stay, to: addDays(next.from, -1) };
}

/** First and last month of a stay; undefined where its only month belongs to the next one. */
function monthsOf(stay: Stay, next: Stay | undefined): { readonly since?: Month; readonly until?: Month } | undefined {
  const since = stay.from === '' ? undefined : monthOf(stay.from);
  const last = stay.to === '' ? undefined : monthOf(stay.to);
  const isTaken = last !== undefined && next !== undefined && next.from !== '' && monthOf(next.from) === last;
  const until = isTaken ? addMonths(last, -1) : last;
  if (since !== undefined && until !== undefined && until < since) return undefined;
  return { ...(since === undefined ? {} : { since }), ...(until === undefined ? {} : { until }) };
}
