import { createRandom, type Random } from '../../src/core/random.js';

/** Something that happened, as the audit log holds it. */
export interface LoggedEvent {
  readonly atMs: number;
  readonly application: 'saml' | 'token';
  readonly event: string;
  readonly person: string;
  /** What it is about, for the truth. */
  readonly about: { readonly id: string; readonly name: string };
  readonly parameters: readonly Readonly<Record<string, unknown>>[];
}

interface SamlKind {
  readonly name: string;
  /** Days between two sign-ins. */
  readonly everyDays: number;
  /** Days before the world's beginning at which sign-ins end; 0: never. */
  readonly endedDaysBefore: number;
}

interface TokenKind {
  readonly name: string;
  readonly people: number;
  /** Days before the world's beginning at which people gave access, the last of them. */
  readonly daysBefore: number;
}

const DAY_MS = 24 * 60 * 60_000;
/** The log is made from so long before the world's beginning until so long after it. */
const DAYS_BEFORE = 400;
const DAYS_AFTER = 1_200;
const PEOPLE = 24;
/** Sign-ins fail now and then, also to what is not set up. */
const FAILS_PER_MILLE = 60;

const SAML: readonly SamlKind[] = [
  { name: 'Salesforce', everyDays: 2, endedDaysBefore: 0 },
  { name: 'Slack', everyDays: 1, endedDaysBefore: 0 },
  { name: 'Zendesk', everyDays: 5, endedDaysBefore: 0 },
  { name: 'Workday', everyDays: 30, endedDaysBefore: 0 },
  { name: 'Expensify', everyDays: 14, endedDaysBefore: 0 },
  { name: 'Old wiki', everyDays: 3, endedDaysBefore: 130 },
  { name: 'Older wiki', everyDays: 3, endedDaysBefore: 200 },
];

const TOKENS: readonly TokenKind[] = [
  { name: 'Notion', people: 14, daysBefore: 3 },
  { name: 'Figma', people: 9, daysBefore: 10 },
  { name: 'Calendly', people: 6, daysBefore: 40 },
  { name: 'Otter.ai', people: 1, daysBefore: 60 },
  { name: 'Zoom', people: 11, daysBefore: 100 },
  { name: 'Grammarly', people: 4, daysBefore: 20 },
  { name: 'ChatGPT', people: 17, daysBefore: 1 },
  { name: 'Canva', people: 5, daysBefore: 75 },
  { name: 'Typeform', people: 2, daysBefore: 150 },
  { name: 'Airtable', people: 3, daysBefore: 120 },
  { name: 'Miro', people: 8, daysBefore: 30 },
  { name: 'Loom', people: 1, daysBefore: 90 },
  { name: 'Trello', people: 2, daysBefore: 260 },
  { name: 'Perplexity', people: 5, daysBefore: -40 },
];

/** Everything that the log holds, has held and will hold; the newest first, as Google gives it. */
export function loggedEvents(seed: number, startMs: number): readonly LoggedEvent[] {
  const random = createRandom(seed, 'audit log of Google Workspace');
  const events = [
    ...SAML.flatMap((kind) => signIns(random, kind, startMs)),
    ...TOKENS.flatMap((kind) => authorisations(random, kind, startMs)),
  ];
  return events.sort((left, right) => right.atMs - left.atMs);
}

function signIns(random: Random, { name, everyDays, endedDaysBefore }: SamlKind, startMs: number): LoggedEvent[] {
  const endMs = endedDaysBefore === 0 ? startMs + DAYS_AFTER * DAY_MS : startMs - endedDaysBefore * DAY_MS;
  const events: LoggedEvent[] = [];
  for (let atMs = startMs - DAYS_BEFORE * DAY_MS; atMs < endMs; atMs += everyDays * DAY_MS) {
    const didFail = random.chance(FAILS_PER_MILLE);
    events.push({
      atMs: atMs + random.integer(0, DAY_MS / 1_000 - 1) * 1_000,
      application: 'saml',
      event: didFail ? 'login_failure' : 'login_success',
      person: person(random.integer(1, PEOPLE)),
      about: { id: name, name },
      parameters: [
        { name: 'orgunit_path', value: '/Sales' },
        { name: 'initiated_by', value: 'sp' },
        { name: 'application_name', value: name },
        { name: 'saml_status_code', value: 'SUCCESS_URI' },
      ],
    });
  }
  return events;
}

function authorisations(random: Random, { name, people, daysBefore }: TokenKind, startMs: number): LoggedEvent[] {
  const id = `${random.digits(12)}-${random.letters(16).toLowerCase()}.apps.googleusercontent.com`;
  return Array.from({ length: people }, (_value, index) => {
    const daysEarlier = index === 0 ? 0 : random.integer(0, 15);
    return {
      atMs: startMs - (daysBefore + daysEarlier) * DAY_MS - random.integer(0, 3_600) * 1_000,
      application: 'token',
      event: index > 0 && random.chance(150) ? 'revoke' : 'authorize',
      person: person(index + 1),
      about: { id, name },
      parameters: [
        { name: 'client_id', value: id },
        // Names change; the newest one counts.
        { name: 'app_name', value: index === people - 1 && index > 0 && daysEarlier > 0 ? `${name} (beta)` : name },
        { name: 'client_type', value: 'WEB' },
        { name: 'scope_data', multiMessageValue: [{ parameter: [{ name: 'scope_name', value: 'openid' }] }] },
        { name: 'scope', multiValue: ['openid', 'https://www.googleapis.com/auth/calendar'] },
      ],
    };
  });
}

function person(number: number): string {
  return `person${number}@acme.example`;
}
