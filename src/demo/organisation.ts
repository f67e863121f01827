import { SHARES_SUM, type Share } from '../core/decision.js';
import { ALL_MONTHS, SECOND_YEAR } from './calendar.js';
import { FIRST_NAMES, LAST_NAMES } from './names.js';
import { createRandom, type Random } from '../core/random.js';

/** The functions of the company: id, name and group. */
export const FUNCTIONS = [
  ['it', 'IT', 'it'],
  ['engineering', 'Engineering', 'business'],
  ['marketing', 'Marketing', 'business'],
  ['sales', 'Sales', 'business'],
  ['support', 'Support', 'business'],
  ['finance', 'Finance', 'business'],
  ['hr', 'HR', 'business'],
  ['legal', 'Legal', 'business'],
  ['operations', 'Operations', 'business'],
] as const;

/** A cost centre: the code, its text in the exports, its function then and after the reorganisation of 2025-04. */
export interface CostCenter {
  readonly code: string;
  readonly text: string;
  readonly functionId: string;
  /** Function from 2025-04 on, where it is another. */
  readonly laterFunctionId?: string;
  /** Another spelling that the exports use from 2025-04 on. */
  readonly laterText?: string;
  /** True for codes that the mapping covers by a pattern. */
  readonly byPattern?: boolean;
  readonly german?: boolean;
}

export const COST_CENTERS: readonly CostCenter[] = [
  { code: '3010', text: '3010 Product Engineering', functionId: 'engineering' },
  { code: '3020', text: '3020 Firmware', functionId: 'engineering' },
  { code: '3030', text: '3030 Data Platform', functionId: 'engineering' },
  { code: '4010', text: '4010 IT Applications', functionId: 'it' },
  { code: '4020', text: '4020 IT Infrastructure', functionId: 'it' },
  { code: '4030', text: '4030 IT Service Desk', functionId: 'it' },
  { code: '4300', text: '4300 Digital', functionId: 'it', laterFunctionId: 'marketing' },
  { code: '5010', text: '5010 Marketing Operations', functionId: 'marketing', laterText: '5010 Mktg Ops' },
  { code: '5020', text: '5020 Brand and Events', functionId: 'marketing' },
  { code: '5210', text: '5210 Field Sales North', functionId: 'sales', byPattern: true },
  { code: '5220', text: '5220 Field Sales South', functionId: 'sales', byPattern: true },
  { code: '5230', text: '5230 Sales Operations', functionId: 'sales', byPattern: true },
  { code: '5300', text: '5300 Customer Support', functionId: 'support' },
  { code: '6010', text: '6010 Finance', functionId: 'finance' },
  { code: '6100', text: '6100 HR', functionId: 'hr', laterText: '6100 People Team' },
  { code: '6200', text: '6200 Legal', functionId: 'legal' },
  { code: '7010', text: '7010 Manufacturing', functionId: 'operations' },
  { code: '7020', text: '7020 Supply Chain', functionId: 'operations' },
  { code: '7030', text: '7030 Facilities', functionId: 'operations' },
  { code: 'DE-100', text: 'DE-100 EDV', functionId: 'it', german: true },
  { code: 'DE-200', text: 'DE-200 Marketing', functionId: 'marketing', german: true },
  { code: 'DE-300', text: 'DE-300 Vertrieb', functionId: 'sales', german: true },
  { code: 'DE-400', text: 'DE-400 Entwicklung', functionId: 'engineering', german: true },
  { code: 'DE-500', text: 'DE-500 Verwaltung', functionId: 'finance', german: true },
  { code: 'DE-600', text: 'DE-600 Fertigung', functionId: 'operations', german: true },
];

/** A code that the mapping does not know: what is booked there has no owner. */
export const SUSPENSE = '9999';
const SUSPENSE_TEXT = '9999 Suspense';
const byCode = new Map(COST_CENTERS.map((costCenter) => [costCenter.code, costCenter]));

/** The whole of a line to one function. */
export function whole(functionId: string): Share[] {
  return [{ functionId, perMillion: SHARES_SUM }];
}

/** The text of a cost centre in an export of a month; an empty code is an empty text. */
export function costCenterText(code: string, month: number): string {
  if (code === '') return '';
  if (code === SUSPENSE) return SUSPENSE_TEXT;
  const costCenter = known(code);
  return (month >= SECOND_YEAR ? costCenter.laterText : undefined) ?? costCenter.text;
}

/** Who owns what is booked on a cost centre in a month; nobody for suspense and for an empty code. */
export function costCenterOwners(code: string, month: number): Share[] {
  if (code === '' || code === SUSPENSE) return [];
  const costCenter = known(code);
  const later = month >= SECOND_YEAR ? costCenter.laterFunctionId : undefined;
  return whole(later ?? costCenter.functionId);
}

function known(code: string): CostCenter {
  const costCenter = byCode.get(code);
  if (costCenter === undefined) throw new RangeError(`no cost centre ${code}`);
  return costCenter;
}

/** A time in one department; months are indices, undefined where open. */
export interface Employment {
  readonly person: string;
  /** Name of a function, or text of a cost centre. */
  readonly department: string;
  readonly from: number | undefined;
  /** The last month, included. */
  readonly until: number | undefined;
}

/** A person by name: who moves from IT to marketing in 2025-04 and takes a card along. */
export const MOVER = 'Imogen Ashdown';
/** People who hold a card, with department: they neither join nor leave. Cards name them in this order. */
export const HOLDERS: readonly (readonly [person: string, department: string])[] = [
  [MOVER, 'IT'],
  ['Callum Fairweather', 'IT'],
  ['Priya Raman', 'IT'],
  ['Dominic Sturgess', 'Engineering'],
  ['Hannah Whitfield', 'Engineering'],
  ['Tomasz Zielinski', 'Engineering'],
  ['Olivia Marchetti', 'Marketing'],
  ['Gareth Pendry', 'Marketing'],
  ['Saskia Lindqvist', 'Marketing'],
  ['Marcus Oyelaran', 'Sales'],
  ['Bethany Croft', 'Sales'],
  ['Rory McIlvenny', 'Sales'],
  ['Leila Haddad', 'Support'],
  ['Edwin Tolliver', 'Finance'],
  ['Charlotte Nkemelu', 'HR'],
  ['Fergus Abernathy', 'Legal'],
  ['Nadia Petrova', 'Operations'],
  ['Wilfred Hollis', 'Operations'],
  ['Jasmine Thackray', '4300 Digital'],
  ['Aidan Kirkbride', '4300 Digital'],
];

const HEADCOUNT = 800;
const DEPARTMENTS: readonly (readonly [department: string, people: number])[] = [
  ['Operations', 280],
  ['Engineering', 205],
  ['Sales', 90],
  ['Support', 60],
  ['Marketing', 47],
  ['IT', 42],
  ['Finance', 32],
  ['HR', 20],
  ['4300 Digital', 12],
  ['Legal', 8],
];

/** Eight hundred people with their departments; joiners, leavers and movers are dated, a mover has two entries. */
export function employments(seed: number): Employment[] {
  const random = createRandom(seed, 'people');
  const names = uniqueNames(random, HEADCOUNT - HOLDERS.length);
  const departments = DEPARTMENTS.flatMap(([department, people]) => Array.from({ length: people }, () => department));
  const staff = names.flatMap((person, index) => careerOf(person, departments[index] ?? 'Operations', random));
  const holders = HOLDERS.flatMap(([person, department]): Employment[] =>
    person === MOVER
      ? [
          { person, department: 'IT', from: undefined, until: SECOND_YEAR - 1 },
          { person, department: 'Marketing', from: SECOND_YEAR, until: undefined },
        ]
      : [{ person, department, from: undefined, until: undefined }],
  );
  return [...holders, ...staff].sort((a, b) =>
    a.person < b.person ? -1 : a.person > b.person ? 1 : (a.from ?? -1) - (b.from ?? -1),
  );
}

function careerOf(person: string, department: string, random: Random): Employment[] {
  const kind = random.integer(1, 100);
  const month = random.integer(2, ALL_MONTHS.length - 2);
  if (kind <= 6) return [{ person, department, from: month, until: undefined }];
  if (kind <= 13) return [{ person, department, from: undefined, until: month }];
  if (kind > 16) return [{ person, department, from: undefined, until: undefined }];
  const next = random.pick(DEPARTMENTS.map(([name]) => name).filter((name) => name !== department));
  return [
    { person, department, from: undefined, until: month - 1 },
    { person, department: next, from: month, until: undefined },
  ];
}

function uniqueNames(random: Random, count: number): string[] {
  const names = new Set<string>();
  while (names.size < count) names.add(`${random.pick(FIRST_NAMES)} ${random.pick(LAST_NAMES)}`);
  for (const [holder] of HOLDERS) if (names.has(holder)) throw new RangeError(`two people are called ${holder}`);
  return [...names];
}
