import { createRandom, type Random } from '../../src/core/random.js';
import { addMonths, monthOfIndex, monthIndex, type Month } from '../../src/core/period.js';

/** Where a person works: the same place as each attribute of a directory says it. */
export interface Place {
  readonly department: string;
  readonly costCenter: string;
  readonly division: string;
  readonly organization: string;
}

/** A person of the made-up company, with the whole working life there. */
export interface Employee {
  readonly uuid: string;
  /** Google's ids are long numbers. */
  readonly googleId: string;
  readonly number: string;
  readonly given: string;
  readonly family: string;
  readonly email: string;
  readonly joined: Month;
  /** Last month at the company. */
  readonly left: Month | undefined;
  /** Places with the first month in each, in order; the first begins when the person joined. */
  readonly career: readonly { readonly from: Month; readonly place: Place | undefined }[];
}

/** Names that two people have. */
export const SHARED_NAME = 'Anna Meier';
export const DOMAIN = 'northwind.example';
/** Months for which the account of somebody who left is kept. */
const KEPT_MONTHS = 6;
const STAFF_COUNT = 190;
const FIRST_MONTH = '2022-06' as Month;
const LAST_MONTH = '2028-12' as Month;

const place = (department: string, costCenter: string, division: string): Place => ({
  department,
  costCenter,
  division,
  organization: 'Northwind Traders',
});

export const PLACES: readonly Place[] = [
  place('IT', '1200', 'Corporate'),
  place('Engineering', '1300', 'Product'),
  place('Marketing', '4100', 'Go to market'),
  place('Sales', '4200', 'Go to market'),
  place('Support', '4300', 'Go to market'),
  place('Finance', '5100', 'Corporate'),
  place('People & Culture', '5200', 'Corporate'),
  place('Legal', '5300', 'Corporate'),
  place('Operations', '6100', 'Product'),
];

const GIVEN = 'Anna Ben Clara David Elif Finn Greta Hugo Ines Jonas Katharina Léa Mateusz Nora Oskar Priya'.split(' ');
const FAMILY = 'Meier Novák O’Brien Schröder Şahin Rossi Lindqvist Dubois Kowalski Jansen Haddad Iyer Bauer'.split(' ');

/** Everybody who ever worked or will work at the company, whatever the clock says. */
export function createStaff(seed: number): readonly Employee[] {
  const taken = new Set<string>();
  return Array.from({ length: STAFF_COUNT }, (_, index) => {
    const random = createRandom(seed, `employee ${index}`);
    // Two people have one name all the time, and nothing else in common.
    const isNamesake = index === 12 || index === 75;
    const [given, family] = isNamesake ? ['Anna', 'Meier'] : nameOf(index, taken);
    const plain = `${given}.${family}`.normalize('NFD').replace(/[^A-Za-z.]/g, '');
    const joined = random.chance(600) || isNamesake ? FIRST_MONTH : addMonths(FIRST_MONTH, random.integer(1, 60));
    const left = random.chance(250) && !isNamesake ? addMonths(joined, random.integer(3, 50)) : undefined;
    const hex = (length: number): string => Array.from({ length }, () => random.integer(0, 15).toString(16)).join('');
    return {
      uuid: `${hex(8)}-${hex(4)}-4${hex(3)}-a${hex(3)}-${hex(12)}`,
      googleId: `1${random.digits(20)}`,
      number: String(100_200 + index * 7),
      given,
      family,
      email: `${plain.toLowerCase()}${index === 75 ? '2' : ''}@${DOMAIN}`,
      joined,
      left,
      career: careerOf(random, joined, index % 29 === 28),
    };
  });
}

function nameOf(index: number, taken: Set<string>): [string, string] {
  for (let step = index; ; step += 1) {
    const given = GIVEN[step % GIVEN.length] ?? '';
    const family = FAMILY[(step * 5 + Math.floor(step / GIVEN.length)) % FAMILY.length] ?? '';
    const full = `${given} ${family}`;
    if (full === SHARED_NAME || taken.has(full)) continue;
    taken.add(full);
    return [given, family];
  }
}

function careerOf(random: Random, joined: Month, isPlaceless: boolean): Employee['career'] {
  if (isPlaceless) return [{ from: joined, place: undefined }];
  const career = [{ from: joined, place: random.pick(PLACES) }];
  let month = joined;
  while (random.chance(450)) {
    month = addMonths(month, random.integer(4, 20));
    if (month > LAST_MONTH) break;
    const before = career.at(-1)?.place;
    career.push({ from: month, place: random.pick(PLACES.filter((other) => other !== before)) });
  }
  return career;
}

/** The staff whose accounts there are in a month. */
export function accountsIn(staff: readonly Employee[], month: Month): readonly Employee[] {
  return staff.filter(
    ({ joined, left }) => joined <= month && (left === undefined || month <= addMonths(left, KEPT_MONTHS)),
  );
}

/** Whether somebody still works there in a month. */
export function isActiveIn({ left }: Employee, month: Month): boolean {
  return left === undefined || month <= left;
}

/** Where a person works in a month; whoever left stays in the last place. */
export function placeIn({ career, left }: Employee, month: Month): Place | undefined {
  const until = left !== undefined && month > left ? left : month;
  return career.filter(({ from }) => monthIndex(from) <= monthIndex(until)).at(-1)?.place;
}

/** The month of a moment, in UTC. */
export function monthAt(moment: Date): Month {
  return monthOfIndex(moment.getUTCFullYear() * 12 + moment.getUTCMonth());
}
