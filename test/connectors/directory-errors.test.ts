import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { describe, expect, it, onTestFinished } from 'vitest';

import directory from '../../connectors/directory/index.js';
import { startDirectory, type DirectoryKind } from '../services/directory.js';
import { StrictServer, type ServiceReply, type ServiceRequest } from '../services/server.js';
import type { RunningStandin } from '../services/standin.js';
import { pullPeople } from '../services/directory-pull.js';
import { testContext } from '../support/service.js';

const NOW = new Date('2026-11-20T12:00:00Z');
const now = (): Date => NOW;

async function startKind(kind: DirectoryKind, seed = 7) {
  const running = await startDirectory({ now, seed }, kind);
  onTestFinished(() => running.server.close());
  return running;
}

async function contextOf(running: RunningStandin, settings: Readonly<Record<string, unknown>> = {}) {
  return (await testContext(directory, running, { now, settings })).context;
}

/** A server of one's own making in the place of a kind's. */
async function serving(
  kind: DirectoryKind,
  answer: (request: ServiceRequest) => ServiceReply,
): Promise<RunningStandin> {
  const real = await startKind(kind);
  const faults = { status: 500, body: '' };
  const replies = { throttled: faults, 'server-error': faults, expired: faults, forbidden: faults };
  const server = await StrictServer.start(answer, replies);
  onTestFinished(() => server.close());
  return { ...real, server, settings: { ...real.settings, endpoint: `${server.url}/scim/v2` } };
}

const scimUser = (id: string, userName: string | undefined = `${id}@example.com`) => ({ id, userName });
const scimList = (totalResults: number, Resources?: readonly unknown[]): ServiceReply => ({
  body: { schemas: [], totalResults, startIndex: 1, itemsPerPage: Resources?.length ?? 0, Resources },
});

describe('a SCIM server', () => {
  it('that gives fewer people than it says it has is read to its end, with a remark', async () => {
    const running = await serving('scim', ({ query }) =>
      query.get('startIndex') === '1' ? scimList(5, [scimUser('a'), scimUser('b')]) : scimList(5),
    );
    const { people, remarks } = await pullPeople(await contextOf(running));
    expect(people.map(({ id }) => id)).toEqual(['a', 'b']);
    expect(remarks[0]).toBe(
      'The directory said that it has 5 people and gave 2: it changed while it was read. Whoever is missing keeps their past.',
    );
  });

  it('of which somebody comes on two pages gives that person once, with a remark', async () => {
    const running = await serving('scim', ({ query }) =>
      scimList(4, query.get('startIndex') === '1' ? [scimUser('a'), scimUser('b')] : [scimUser('b'), scimUser('c')]),
    );
    const { people, remarks } = await pullPeople(await contextOf(running));
    expect(people.map(({ id }) => id)).toEqual(['a', 'b', 'c']);
    expect(remarks[0]).toContain('it has 4 people and gave 3');
  });

  it('that does not page is found out', async () => {
    const running = await serving('scim', () => scimList(400, [scimUser('a'), scimUser('b')]));
    await expect(pullPeople(await contextOf(running))).rejects.toThrow(
      'people of SCIM from 3: the server gives its first page again',
    );
  });

  it('of which a row cannot be read has it set aside with its reason', async () => {
    const rows = [{ userName: 'nobody@example.com' }, scimUser('b'), { id: 'c', emails: 'c@example.com' }];
    const running = await serving('scim', () => scimList(3, rows));
    const { people, rejected, remarks } = await pullPeople(await contextOf(running));
    expect(people.map(({ id }) => id)).toEqual(['b']);
    expect(rejected.map(({ file, row, reason }) => [file, row, reason.split(':')[0]])).toEqual([
      ['people of SCIM from 1', 1, 'id'],
      ['people of SCIM from 1', 3, 'emails'],
    ]);
    expect(remarks).toEqual(['None of 1 people has a department: choose another `field`, or fill it in there.']);
  });

  it('that has nobody says so', async () => {
    const running = await serving('scim', () => scimList(0));
    expect(await pullPeople(await contextOf(running))).toEqual({
      people: [],
      rejected: [],
      remarks: ['The directory gave nobody at all.'],
    });
  });

  it('that answers something else is a reason to stop', async () => {
    const running = await serving('scim', () => ({ body: { Resources: [] } }));
    await expect(pullPeople(await contextOf(running))).rejects.toThrow('the reply is not as documented (totalResults');
  });

  it.each([
    [401, 'The SCIM token is wrong or has expired'],
    [403, 'Give the token the right to read users'],
    [404, 'Correct `endpoint`: it is the address above /Users'],
  ])('that answers %i gives a hint', async (status, hint) => {
    const running = await serving('scim', () => ({ status, body: { detail: 'No.' } }));
    const [verdict] = await directory.check(await contextOf(running));
    expect(verdict?.detail).toBe(`people of SCIM from 1: the service answered ${status}: No.`);
    expect(verdict?.hint).toContain(hint);
  });
});

describe('Microsoft', () => {
  it.each([
    [{ clientId: 'another' }, 'the directory knows no application with this `clientId`'],
    [{ tenantId: 'another' }, 'there is no directory with this `tenantId`'],
  ])('refuses %j in words', async (settings, message) => {
    const running = await startKind('microsoft');
    const [verdict] = await directory.check(await contextOf(running, settings));
    expect(verdict).toMatchObject({ granted: false, detail: `token for Microsoft Graph: ${message}` });
    expect(verdict?.hint).toContain('Compare `');
  });

  it('refuses a wrong secret in words, and the secret is in none of them', async () => {
    const running = await startKind('microsoft');
    const wrong = { ...running, secrets: { ENTRA_SECRET: 'not-the-secret-1234' } };
    const [verdict] = await directory.check(await contextOf(wrong));
    expect(verdict?.detail).toBe('token for Microsoft Graph: the client secret is wrong');
    expect(JSON.stringify(verdict)).not.toContain('not-the-secret');
  });

  it('says of a missing permission which it is', async () => {
    const running = await startKind('microsoft');
    running.server.fail('forbidden', 1, ({ path }) => path === '/v1.0/users');
    const [verdict] = await directory.check(await contextOf(running));
    expect(verdict).toMatchObject({
      permission: 'User.Read.All',
      detail:
        'some people of Microsoft Entra: the service answered 403: Insufficient privileges to complete the operation.',
    });
    expect(verdict?.hint).toContain('application permission User.Read.All of Microsoft Graph (not the delegated one)');
  });

  it('is sent the token by no link that leads elsewhere', async () => {
    const real = await startKind('microsoft');
    const token = { token_type: 'Bearer', expires_in: 3_599, access_token: 'graph-token-0123456789' };
    const elsewhere: string[] = [];
    const other = await serving('microsoft', ({ path }) => {
      elsewhere.push(path);
      return { body: { value: [] } };
    });
    const server = await StrictServer.start(
      ({ path }) => ({
        body: path.endsWith('/token')
          ? token
          : { value: [], '@odata.nextLink': `${other.server.url}/v1.0/users?$skiptoken=1` },
      }),
      { throttled: { body: '' }, 'server-error': { body: '' }, expired: { body: '' }, forbidden: { body: '' } },
    );
    onTestFinished(() => server.close());
    const settings = { endpoint: server.url, loginEndpoint: server.url };
    await expect(pullPeople(await contextOf(real, settings))).rejects.toThrow(
      `it is said to be at ${new URL(other.server.url).host}, not at ${new URL(server.url).host}; the token was not sent there`,
    );
    expect(elsewhere).toEqual([]);
  });
});

describe('Google', () => {
  it('says how to let the service account act for the domain', async () => {
    const running = await startKind('google');
    running.forbidDelegation();
    const [verdict] = await directory.check(await contextOf(running));
    expect(verdict?.detail).toBe('token for Google Workspace: the service account may not act for this domain');
    expect(verdict?.hint).toContain('with the scope https://www.googleapis.com/auth/admin.directory.user.readonly');
  });

  it('says which administrator it does not know', async () => {
    const running = await startKind('google');
    const [verdict] = await directory.check(await contextOf(running, { adminEmail: 'someone@northwind.example' }));
    expect(verdict?.detail).toBe('token for Google Workspace: Google knows no user someone@northwind.example');
  });

  it('says that the customer is wrong', async () => {
    const running = await startKind('google');
    const [verdict] = await directory.check(await contextOf(running, { customer: 'C0nothing' }));
    expect(verdict?.detail).toBe('some people of Google Workspace: the service answered 400: Bad Request');
    expect(verdict?.hint).toContain('Take `customer` out of the source');
  });

  it('says that the key is another one', async () => {
    const [running, other] = [await startKind('google'), await startKind('google', 8)];
    const foreign = JSON.parse(other.secrets['GOOGLE_KEY'] ?? '') as Record<string, unknown>;
    const own = JSON.parse(running.secrets['GOOGLE_KEY'] ?? '') as Record<string, unknown>;
    const mixed = JSON.stringify({ ...own, private_key: foreign['private_key'] });
    const [verdict] = await directory.check(await contextOf({ ...running, secrets: { GOOGLE_KEY: mixed } }));
    expect(verdict?.detail).toBe('token for Google Workspace: Google does not accept the key of the service account');
    expect(verdict?.hint).toContain('make a new one');
  });

  it('says that the clock is wrong', async () => {
    const running = await startKind('google');
    const { context } = await testContext(directory, running, { now: () => new Date('2026-11-20T14:00:00Z') });
    const [verdict] = await directory.check(context);
    expect(verdict?.hint).toBe('The clock of this machine is wrong: set it right.');
  });

  it.each([
    ['no JSON', 'ya29-secret-token', 'it is no JSON key of a service account'],
    ['a key of something else', '{"type":"authorized_user"}', 'it is no JSON key of a service account'],
    [
      'a key whose tokens are on another machine without TLS',
      JSON.stringify({
        type: 'service_account',
        client_email: 'a@b.example',
        private_key: '-----BEGIN PRIVATE KEY-----',
        token_uri: 'http://tokens.example/token',
      }),
      'it is no JSON key of a service account',
    ],
    [
      'a broken key',
      JSON.stringify({
        type: 'service_account',
        client_email: 'a@b.example',
        private_key: '-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n',
        token_uri: 'https://oauth2.googleapis.com/token',
      }),
      'the private key in it cannot be read',
    ],
  ])('is not asked with %s', async (_what, key, message) => {
    const running = await startKind('google');
    const [verdict] = await directory.check(await contextOf({ ...running, secrets: { GOOGLE_KEY: key } }));
    expect(verdict).toMatchObject({ granted: false, detail: message });
    expect(verdict?.hint).toContain('Keep the whole file that Google gives');
    expect(running.server.requests).toEqual([]);
  });
});

describe('settings', () => {
  const issuesOf = (settings: unknown): string[] =>
    (directory.settings.safeParse(settings).error?.issues ?? []).map(
      ({ path, message }) => `${path.join('.')}: ${message}`,
    );

  it('keep their shape for the documentation', () => {
    expect('shape' in directory.settings).toBe(true);
  });

  it.each([
    [{ from: 'scim', endpoint: 'https://id.example/scim/v2', token: 'env:T', field: 'division' }],
    [{ from: 'microsoft', tenantId: 't', clientId: 'c', clientSecret: 'file:secret' }],
    [{ from: 'google', serviceAccountKey: 'file:key.json', adminEmail: 'a@b.example', field: 'costCenter' }],
    [{ from: 'csv', file: 'people.csv' }],
    [{ from: 'csv', file: 'people.csv', delimiter: 'tab', columns: { names: ['Name', 'Mail'], validFrom: 'Since' } }],
  ])('may be %j', (settings) => {
    expect(issuesOf(settings)).toEqual([]);
  });

  it.each([
    [{ from: 'ldap' }, ['from: write one of scim, microsoft, google, csv']],
    [
      { from: 'scim' },
      [
        'endpoint: `from: scim` needs `endpoint`: the address above /Users, such as https://id.example.com/scim/v2',
        'token: `from: scim` needs `token`: the SCIM token',
      ],
    ],
    [
      { from: 'microsoft', tenantId: 't', clientId: 'c' },
      ['clientSecret: `from: microsoft` needs `clientSecret`: the client secret of the app registration'],
    ],
    [
      { from: 'google', serviceAccountKey: 'file:k', adminEmail: 'a@b.example', token: 'env:T' },
      ['token: `token` belongs to `from: scim`; take it out'],
    ],
    [
      { from: 'csv', file: 'p.csv', endpoint: 'https://x.example' },
      ['endpoint: `endpoint` belongs to `from: scim` and `from: microsoft` and `from: google`; take it out'],
    ],
    [
      { from: 'csv', file: 'p.csv', field: 'division' },
      ['field: `columns.department` names the column of a file; take `field` out'],
    ],
    [
      { from: 'google', serviceAccountKey: 'file:k', adminEmail: 'a@b.example', field: 'division' },
      ['field: Google Workspace knows no division: write department, costCenter or organization'],
    ],
    [
      { from: 'google', serviceAccountKey: 'file:k', adminEmail: 'admin' },
      ['adminEmail: write the e-mail address of an administrator'],
    ],
    [
      { from: 'scim', endpoint: 'http://id.example', token: 'env:T' },
      [
        'endpoint: write an address that begins with https://; http:// is for this machine alone (127.0.0.1, localhost)',
      ],
    ],
    [{ from: 'csv', file: 'p.csv', delimiter: ';;' }, ['delimiter: write one character, or tab']],
  ])('%j are refused', (settings, issues) => {
    expect(issuesOf(settings)).toEqual(issues);
  });

  it('never take a secret in the clear', () => {
    const message = issuesOf({ from: 'scim', endpoint: 'https://id.example', token: 'sk_live_canary' }).join(' ');
    expect(message).toContain('name where the SCIM token is kept');
    expect(message).not.toContain('canary');
  });
});

describe('a file', () => {
  async function csvContext(text: string | Buffer | undefined, settings: Readonly<Record<string, unknown>> = {}) {
    const real = await startKind('scim');
    const running = { ...real, settings: { from: 'csv', file: 'hr/people.csv' } };
    const context = await contextOf(running, settings);
    await mkdir(join(context.workspaceFolder, 'hr'));
    if (text !== undefined) await writeFile(join(context.workspaceFolder, 'hr/people.csv'), text);
    return context;
  }

  const MOVES = `person,department,valid_from,valid_to
Ada Byron,IT,2023-01,2025-06
Ada Byron,Marketing,2025-07,
Ben Okri,Sales,,
"O'Neil, Cleo",Legal,2024-03-01,2026-02-28
`;

  it('gives the stays that it tells', async () => {
    const { people, rejected, remarks } = await pullPeople(await csvContext(MOVES));
    expect(people).toEqual([
      { id: 'ada byron', names: ['Ada Byron'], department: 'IT', isActive: false, since: '2023-01', until: '2025-06' },
      { id: 'ada byron', names: ['Ada Byron'], department: 'Marketing', isActive: true, since: '2025-07' },
      { id: 'ben okri', names: ['Ben Okri'], department: 'Sales', isActive: true },
      {
        id: "o'neil, cleo",
        names: ["O'Neil, Cleo"],
        department: 'Legal',
        isActive: false,
        since: '2024-03',
        until: '2026-02',
      },
    ]);
    expect({ rejected, remarks }).toEqual({ rejected: [], remarks: [] });
  });

  it('takes other columns, separators and encodings, and all names of a person for all stays', async () => {
    const text = `Pers.-Nr.;Vorname Nachname;E-Mail;Kostenstelle;Ab;Bis
1001;Jörg Groß;joerg.gross@example.com;4100;2024-01-01;
1001;Jörg Weiß;joerg.weiss@example.com;4200;2025-05-10;9999-12-31
`;
    const columns = {
      id: 'pers.-nr.',
      names: ['Vorname  Nachname', 'E-Mail'],
      department: 'Kostenstelle',
      validFrom: 'Ab',
      validTo: 'Bis',
    };
    const settings = { columns, delimiter: ';', encoding: 'windows-1252' };
    const { people } = await pullPeople(await csvContext(Buffer.from(text, 'latin1'), settings));
    const names = ['Jörg Groß', 'joerg.gross@example.com', '1001', 'Jörg Weiß', 'joerg.weiss@example.com'];
    expect(people).toEqual([
      { id: '1001', names, department: '4100', isActive: false, since: '2024-01', until: '2025-04' },
      { id: '1001', names, department: '4200', isActive: true, since: '2025-05' },
    ]);
  });

  it('counts a month for the department in which its last stay began', async () => {
    const text = `person,department,valid_from,valid_to
Ada,IT,2026-01-01,2026-03-09
Ada,Legal,2026-03-10,2026-03-19
Ada,Sales,2026-03-20,2026-08-14
`;
    const { people, remarks } = await pullPeople(await csvContext(text));
    expect(people.map(({ department, since, until }) => [department, since, until])).toEqual([
      ['IT', '2026-01', '2026-02'],
      ['Sales', '2026-03', '2026-08'],
    ]);
    expect(remarks).toEqual([
      '1 stay began and ended inside one month; that month counts for the department that followed.',
    ]);
  });

  it('has a stay without an end last until the next begins, whatever the order of rows', async () => {
    const text = `person,department,valid_from
Ada,Sales,2026-03
Ada,IT,
Ada,Legal,2025-10-15
`;
    const { people } = await pullPeople(await csvContext(text));
    expect(people.map(({ department, since, until }) => [department, since, until])).toEqual([
      ['IT', undefined, '2025-09'],
      ['Legal', '2025-10', '2026-02'],
      ['Sales', '2026-03', undefined],
    ]);
  });

  it('has stays that contradict each other set aside, all of them, and keeps the others', async () => {
    const text = `person,department,valid_from,valid_to
Ada,IT,2023-01,2023-12
Ada,Legal,2024-01,2025-06
Ada,Sales,2025-06,2025-12
Ben,IT,,
Ben,Sales,,
Cleo,IT,2026-01,2026-02
Cleo,IT,2026-01,2026-02
`;
    const { people, rejected } = await pullPeople(await csvContext(text));
    expect(people.map(({ id, department }) => [id, department])).toEqual([
      ['ada', 'IT'],
      ['cleo', 'IT'],
    ]);
    expect(rejected).toEqual([
      {
        file: 'hr/people.csv',
        row: 3,
        reason: 'the stay overlaps that of line 4, and both cannot be',
        text: 'Ada,Legal,2024-01,2025-06',
      },
      {
        file: 'hr/people.csv',
        row: 4,
        reason: 'the stay overlaps that of line 3, and both cannot be',
        text: 'Ada,Sales,2025-06,2025-12',
      },
      {
        file: 'hr/people.csv',
        row: 5,
        reason: 'the stay overlaps that of line 6, and both cannot be',
        text: 'Ben,IT,,',
      },
      {
        file: 'hr/people.csv',
        row: 6,
        reason: 'the stay overlaps that of line 5, and both cannot be',
        text: 'Ben,Sales,,',
      },
    ]);
  });

  it('has rows that cannot be read set aside with line and reason', async () => {
    const text = `id,person,department,valid_from,valid_to
1,Ada,IT,01/02/2024,
2,Ben,IT,2024-13,
3,Cleo,IT,2024-05,2024-04
4,,IT,,
,Dan,IT,,
5,Eve,IT
6,Finn,IT,,,surplus
7,Gil,"IT"x,,
8,Hana,IT,2024-02-30,
9,Ida,IT,,later
,,,,
10,Jan,IT,,
`;
    const { people, rejected } = await pullPeople(await csvContext(text, { columns: { id: 'id' } }));
    expect(people.map(({ id }) => id)).toEqual(['10']);
    const dates = 'is no day (2026-03-15) and no month (2026-03)';
    expect(rejected.map(({ row, reason }) => [row, reason])).toEqual([
      [2, `"01/02/2024" ${dates}`],
      [3, `"2024-13" ${dates}`],
      [4, 'the stay ends (2024-04) before it begins (2024-05)'],
      [5, 'the row names nobody'],
      [6, 'the row has no id'],
      [7, '3 cells where the header has 5'],
      [8, '6 cells where the header has 5'],
      [9, 'text follows a closing quote'],
      [10, `"2024-02-30" ${dates}`],
      [11, `"later" ${dates}`],
    ]);
  });

  it('may begin with a byte order mark', async () => {
    const { people } = await pullPeople(await csvContext('\uFEFFperson,department\r\nAda,IT\r\n'));
    expect(people).toEqual([{ id: 'ada', names: ['Ada'], department: 'IT', isActive: true }]);
  });

  it('in which two people have one name tells by ids who is who, and of the name in a remark', async () => {
    const text = 'id,person,department\n1,Ada,IT\n2,Ada,Sales\n';
    const { people, remarks } = await pullPeople(await csvContext(text, { columns: { id: 'id' } }));
    expect(people.map(({ names }) => names.includes('1') || names.includes('2'))).toEqual([true, true]);
    expect(people.every(({ names }) => names.includes('Ada'))).toBe(true);
    expect(remarks[0]).toContain('"Ada" (2 people)');
  });

  it('without any department says so', async () => {
    const { remarks } = await pullPeople(await csvContext('person,department\nAda,\n'));
    expect(remarks).toEqual(['Nobody in the file has a department.']);
  });

  it.each<[string, string | undefined, Readonly<Record<string, unknown>>, string]>([
    ['is not there', undefined, {}, 'the file cannot be read'],
    ['is empty', '', {}, 'the file is empty'],
    [
      'has other columns',
      'Name,Team\nAda,IT\n',
      {},
      'there is no column "person", "department"; the header has Name, Team',
    ],
    [
      'lacks a column that was named',
      'person,department\nAda,IT\n',
      { columns: { validFrom: 'since' } },
      'there is no column "since"; the header has person, department',
    ],
  ])('that %s cannot be checked', async (_what, text, settings, message) => {
    const [verdict] = await directory.check(await csvContext(text, settings));
    expect(verdict).toMatchObject({ permission: 'file', granted: false });
    expect(verdict?.detail).toContain(message);
    expect(verdict?.hint).toMatch(/\.$/);
  });

  it('in another encoding is refused with its line', async () => {
    const context = await csvContext(Buffer.from('person,department\nJörg,IT\n', 'latin1'));
    await expect(pullPeople(context)).rejects.toThrow('hr/people.csv:2');
  });

  it('can be checked, and asks no service', async () => {
    const context = await csvContext(MOVES);
    await chmod(join(context.workspaceFolder, 'hr/people.csv'), 0o600);
    expect(await directory.check(context)).toEqual([
      { permission: 'file', granted: true, detail: '3 of 3 people read have a department' },
    ]);
  });
});
