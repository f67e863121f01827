import { createTask, parse, type ScheduledTask } from 'node-cron';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
/** A schedule that does not come round in this time never does (31 February). */
const HOURS_MAX = 24 * 366 * 4;

/** When a source is to be pulled: a cron expression and the IANA time zone it is meant in. */
export interface Schedule {
  readonly expression: string;
  readonly timeZone: string;
}

interface Compiled {
  readonly task: ScheduledTask;
  readonly minutes: readonly number[];
}

const compiled = new Map<string, Compiled>();

/** node-cron says which minutes match, so that there is one meaning of an expression; its own timers are not started. */
function compile({ expression, timeZone }: Schedule): Compiled {
  const key = `${timeZone} ${expression}`;
  const known = compiled.get(key);
  if (known !== undefined) return known;
  const task = createTask(expression, () => undefined, { timezone: timeZone });
  const made = { task, minutes: parse(expression).minute };
  compiled.set(key, made);
  return made;
}

/** The first time after a moment at which a schedule comes round; undefined when it never does. */
export function nextOccurrence(schedule: Schedule, after: Date): Date | undefined {
  const first = Math.floor(after.getTime() / HOUR_MS) * HOUR_MS;
  for (let hour = 0; hour < HOURS_MAX; hour += 1) {
    const found = matchesIn(schedule, first + hour * HOUR_MS).find((moment) => moment > after.getTime());
    if (found !== undefined) return new Date(found);
  }
  return undefined;
}

/** The last time at or before a moment at which a schedule came round; undefined when it never did. */
export function lastOccurrence(schedule: Schedule, until: Date): Date | undefined {
  const last = Math.floor(until.getTime() / HOUR_MS) * HOUR_MS;
  for (let hour = 0; hour < HOURS_MAX; hour += 1) {
    const found = matchesIn(schedule, last - hour * HOUR_MS).filter((moment) => moment <= until.getTime());
    const latest = found.at(-1);
    if (latest !== undefined) return new Date(latest);
  }
  return undefined;
}

/** The minutes of an hour (of UTC) at which a schedule comes round, in order. */
function matchesIn(schedule: Schedule, hourMs: number): number[] {
  const { task, minutes } = compile(schedule);
  const shift = minuteOfHour(schedule.timeZone, hourMs);
  const moments = minutes.map((minute) => hourMs + ((minute - shift + 60) % 60) * MINUTE_MS).sort((a, b) => a - b);
  return moments.filter((moment) => task.match(new Date(moment)));
}

const formats = new Map<string, Intl.DateTimeFormat>();

/** Minutes past the hour in a zone at the start of an hour of UTC: not 0 where its clocks differ by half an hour. */
function minuteOfHour(timeZone: string, momentMs: number): number {
  if (timeZone === 'UTC') return 0;
  const format = formats.get(timeZone) ?? new Intl.DateTimeFormat('en-GB', { timeZone, minute: 'numeric' });
  formats.set(timeZone, format);
  return Number(format.format(momentMs));
}
