import { describe, expect, it, onTestFinished } from 'vitest';

import directory from '../../connectors/directory/index.js';
import type { Field } from '../../connectors/directory/settings.js';
import {
  ENTERPRISE_USER,
  fromGoogle,
  fromGraph,
  fromScim,
  googleUser,
  graphUser,
  scimUser,
} from '../../connectors/directory/to-person.js';
import { sharedNameRemarks } from '../../connectors/directory/names.js';
import type { DirectoryPerson } from '../../src/connector/reference.js';
import { addMonths, firstDay, type Month } from '../../src/core/period.js';
import type { StoredStay } from '../../src/ledger/references.js';
import { staysAfter } from '../../src/pull/people-history.js';
import { startDirectory, type DirectoryKind } from '../services/directory.js';
import { SHARED_NAME } from '../services/directory-people.js';
import { pullPeople } from '../services/directory-pull.js';
import { testContext } from '../support/service.js';

const NOW = new Date('2026-11-20T12:00:00Z');
const SERVICES: readonly DirectoryKind[] = ['scim', 'microsoft', 'google'];
const month = (text: string): Month => text as Month;

async function startKind(kind: DirectoryKind, now: () => Date = () => NOW) {
  const running = await startDirectory({ now, seed: 7 }, kind);
  onTestFinished(() => running.server.close());
  const contextOf = async (settings: Readonly<Record<string, unknown>> = {}) =>
    testContext(directory, running, { now, settings });
  return { running, contextOf };
}

describe.each(SERVICES)('people of %s', (kind) => {
  const fields: readonly Field[] =
    kind === 'google'
      ? ['department', 'costCenter', 'organization']
      : ['department', 'costCenter', 'division', 'organization'];

  it.each(fields)('are all there, each where the directory has them by %s', async (field) => {
    const { running, contextOf } = await startKind(kind);
    const { people, rejected } = await pullPeople((await contextOf({ field })).context);
    const told = people.map(({ id, department, isActive }) => ({ id, department, isActive }));
    const held = running.accounts().map(({ id, isActive }) => ({
      id,
      department: running.placeOf(id, month('2026-11'))?.[field] ?? '',
      isActive,
    }));
    expect(told).toEqual(held);
    expect(new Set(told.map(({ department }) => department)).size).toBeGreaterThan(1);
    expect(new Set(told.map(({ isActive }) => isActive))).toEqual(new Set([true, false]));
    expect(people.every(({ since, until }) => since === undefined && until === undefined)).toBe(true);
    expect(rejected).toEqual([]);
    expect(running.server.violations).toEqual([]);
    expect(running.server.requests.filter(({ method }) => method === 'GET').length).toBeGreaterThan(3);
  });

  it('are found by full name, e-mail address and employee number', async () => {
    const { running, contextOf } = await startKind(kind);
    const { people } = await pullPeople((await contextOf()).context);
    for (const { id, employee } of running.accounts()) {
      const names = people.find((person) => person.id === id)?.names ?? [];
      const isGuest = kind === 'microsoft' && Number(employee.number) % 11 === 0;
      const full = `${employee.given} ${employee.family}`;
      expect(names).toContain(full);
      expect(names).toContain(employee.email);
      expect(names.includes(employee.number)).toBe(!isGuest);
      expect(names.filter((name) => /EXT|home|^x-/.test(name))).toEqual([]);
    }
  });

  it('who share a name are told of in a remark, and keep it: the ledger must know that neither has it alone', async () => {
    const { running, contextOf } = await startKind(kind);
    const { people, remarks } = await pullPeople((await contextOf()).context);
    const both = running.accounts().filter(({ employee }) => `${employee.given} ${employee.family}` === SHARED_NAME);
    expect(both).toHaveLength(2);
    for (const { id, employee } of both) {
      const names = people.find((person) => person.id === id)?.names;
      expect(names).toContain(employee.email);
      expect(names).toContain(SHARED_NAME);
    }
    expect(remarks).toEqual([
      'A name that several people share tells nobody whose charge it is: "Anna Meier" (2 people). Such charges find no department by the name.',
    ]);
  });

  it('have their history when they are read month by month', async () => {
    let now = new Date('2025-10-15T12:00:00Z');
    const { running, contextOf } = await startKind(kind, () => now);
    const { context } = await contextOf();
    const first = month('2025-10');
    const last = month('2026-11');
    let stays: StoredStay[] = [];
    const seen = new Map<string, Month>();
    for (let at = first; at <= last; at = addMonths(at, 1)) {
      now = new Date(`${firstDay(at).slice(0, 8)}15T12:00:00Z`);
      const { people } = await pullPeople(context);
      for (const { id } of people) seen.set(id, seen.get(id) ?? at);
      stays = staysAfter(stays, people, at);
    }
    let moves = 0;
    for (const [id, since] of seen) {
      const own = stays.filter(({ person }) => person === id);
      moves += own.length - 1;
      for (let at = since; at <= last; at = addMonths(at, 1)) {
        const stay = own.find(({ validFrom, validTo }) => validFrom <= at && (validTo === '' || validTo >= at));
        expect(stay?.department).toBe(running.placeOf(id, at)?.department ?? '');
      }
    }
    expect(moves).toBeGreaterThan(10);
  });

  it('can be checked', async () => {
    const { running, contextOf } = await startKind(kind);
    expect(await directory.check((await contextOf()).context)).toMatchObject([
      { granted: true, detail: expect.stringMatching(/^\d+ of 10 people read have a department$/) as unknown },
    ]);
    expect(running.server.requests.filter(({ method }) => method === 'GET')).toHaveLength(1);
    running.server.fail('forbidden', 1, ({ method }) => method === 'GET');
    const [refused] = await directory.check((await contextOf()).context);
    expect(refused).toMatchObject({
      granted: false,
      detail: expect.stringContaining('the service answered 403') as unknown,
    });
    expect(refused?.hint).toMatch(/^(?:Give the token|Give the app registration|`adminEmail` must be)/);
    const declared = directory.service.permissions.map(({ id }) => id);
    expect(declared).toContain(refused?.permission);
  });

  it('are read in spite of too many requests', async () => {
    const { running, contextOf } = await startKind(kind);
    const { context, waitsMs } = await contextOf();
    running.server.fail('throttled', 2, ({ method, query }) => method === 'GET' && query.size > 0);
    const { people } = await pullPeople(context);
    expect(people).toHaveLength(running.accounts().length);
    const waits = { scim: [3_000, 3_000], microsoft: [10_000, 10_000], google: [750, 1_500] };
    expect(waitsMs.filter((waitMs) => waitMs > 100)).toEqual(waits[kind]);
  });

  it('are no reason to ask for anything that is not needed', async () => {
    const { running, contextOf } = await startKind(kind);
    await pullPeople((await contextOf({ field: 'costCenter' })).context);
    const asked = running.server.requests
      .filter(({ method }) => method === 'GET')
      .map(({ query }) => query.get('attributes') ?? query.get('$select') ?? query.get('fields'));
    const enterprise = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User';
    expect([...new Set(asked)]).toEqual([
      {
        scim: `userName,displayName,name,emails,active,${enterprise}:employeeNumber,${enterprise}:costCenter`,
        microsoft: 'id,displayName,mail,userPrincipalName,employeeId,accountEnabled,employeeOrgData',
        google: 'nextPageToken,users(id,primaryEmail,aliases,name,suspended,archived,externalIds,organizations)',
      }[kind],
    ]);
  });
});

describe.each<DirectoryKind>(['microsoft', 'google'])('the token of %s', (kind) => {
  it('is asked for once in a run, and counts as a secret', async () => {
    const { running, contextOf } = await startKind(kind);
    const { context, secrets } = await contextOf();
    await pullPeople(context);
    await pullPeople(context);
    const asked = running.server.requests.filter(({ method }) => method === 'POST');
    expect(asked).toHaveLength(1);
    const token = (running.server.requests.at(-1)?.headers['authorization'] ?? '').replace('Bearer ', '');
    expect(token.length).toBeGreaterThan(20);
    expect(secrets.redact(`with ${token}`)).toBe('with [secret]');
    const assertion = new URLSearchParams(asked[0]?.body).get('assertion') ?? token;
    expect(secrets.redact(assertion)).toBe('[secret]');
  });

  it('is renewed before it ends, and when it was withdrawn', async () => {
    let now = NOW;
    const { running, contextOf } = await startKind(kind, () => now);
    const { context } = await contextOf();
    const tokens = (): number => running.server.requests.filter(({ method }) => method === 'POST').length;
    await pullPeople(context);
    now = new Date(NOW.getTime() + 56 * 60_000);
    await pullPeople(context);
    expect({ tokens: tokens(), violations: running.server.violations }).toEqual({ tokens: 2, violations: [] });
    running.tokens?.withdraw();
    const { people } = await pullPeople(context);
    expect(people).toHaveLength(running.accounts().length);
    expect(tokens()).toBe(3);
  });
});

describe('conversion', () => {
  it('reads a SCIM user', () => {
    const user = scimUser.parse({
      schemas: ['urn:ietf:params:scim:schemas:core:2.0:User', ENTERPRISE_USER],
      id: 'a1',
      externalId: '701984',
      userName: 'bjensen',
      displayName: 'Babs Jensen',
      name: { formatted: 'Ms. Barbara J Jensen, III', familyName: 'Jensen', givenName: 'Barbara' },
      emails: [
        { value: 'bjensen@example.com', type: 'work', primary: true },
        { value: 'babs@jensen.example', type: 'home' },
        { value: 'barbara@example.com' },
      ],
      active: 'False',
      [ENTERPRISE_USER]: { employeeNumber: 701984, costCenter: 4130, department: ' Tours ', manager: { value: 'b2' } },
      meta: { version: 'W/"a3"' },
    });
    expect(fromScim(user, 'department')).toEqual({
      id: 'a1',
      names: [
        'Babs Jensen',
        'Ms. Barbara J Jensen, III',
        'Barbara Jensen',
        'bjensen',
        'bjensen@example.com',
        'barbara@example.com',
        '701984',
      ],
      department: 'Tours',
      isActive: false,
    });
    expect(fromScim(user, 'costCenter').department).toBe('4130');
    expect(fromScim(user, 'division').department).toBe('');
  });

  it('reads a SCIM user with no more than an id and a name', () => {
    const user = scimUser.parse({ id: 7, userName: 'x@example.com', displayName: null });
    expect(fromScim(user, 'department')).toEqual({
      id: '7',
      names: ['x@example.com'],
      department: '',
      isActive: true,
    });
  });

  it('reads a user of Microsoft Graph', () => {
    const user = graphUser.parse({
      id: '6ea91a8d',
      displayName: 'Adele Vance',
      mail: 'AdeleV@contoso.example',
      userPrincipalName: 'adelev@contoso.onmicrosoft.example',
      employeeId: '1042',
      accountEnabled: true,
      employeeOrgData: { costCenter: 'C-20', division: 'Retail' },
    });
    expect(fromGraph(user, 'division')).toEqual({
      id: '6ea91a8d',
      names: ['Adele Vance', 'AdeleV@contoso.example', 'adelev@contoso.onmicrosoft.example', '1042'],
      department: 'Retail',
      isActive: true,
    });
    expect(fromGraph({ ...user, employeeOrgData: null }, 'costCenter').department).toBe('');
  });

  const organization = (department: string, primary?: boolean) => ({
    department,
    costCenter: 'K1',
    name: 'Firm',
    primary,
  });
  it.each([
    ['the primary one', [organization('Boats', false), organization('Legal', true)], 'Legal'],
    ['the only one', [organization('Legal')], 'Legal'],
    ['what all say', [organization('Legal'), organization('Legal')], 'Legal'],
    ['nothing where they differ', [organization('Boats'), organization('Legal')], ''],
    ['nothing where two are primary', [organization('Boats', true), organization('Legal', true)], ''],
    ['nothing where there is none', [], ''],
  ])('takes of the organizations of a Google user %s', (_what, organizations, department) => {
    const user = googleUser.parse({ id: '103', primaryEmail: 'a@example.com', organizations });
    expect(fromGoogle(user, 'department').department).toBe(department);
  });

  it('reads a user of Google Workspace', () => {
    const user = googleUser.parse({
      id: '115467813246',
      primaryEmail: 'liz@example.com',
      aliases: ['elizabeth@example.com'],
      name: { givenName: 'Elizabeth', familyName: 'Smith', fullName: 'Liz Smith' },
      suspended: false,
      archived: true,
      externalIds: [
        { type: 'organization', value: '1234' },
        { type: 'custom', customType: 'badge', value: 'B77' },
      ],
      organizations: [{ name: 'Firm', title: 'SWE', primary: true, department: 'Web', costCenter: '9', location: 'x' }],
    });
    expect(fromGoogle(user, 'organization')).toEqual({
      id: '115467813246',
      names: ['Liz Smith', 'Elizabeth Smith', 'liz@example.com', 'elizabeth@example.com', '1234'],
      department: 'Firm',
      isActive: false,
    });
  });
});

describe('names', () => {
  const person = (id: string, ...names: string[]): DirectoryPerson => ({ id, names, department: 'IT', isActive: true });

  it('are shared whatever their case, spaces and form of Unicode', () => {
    const remarks = sharedNameRemarks([
      person('1', 'José  Díaz', 'jd@example.com'),
      person('2', 'jose\u0301 di\u0301az'),
      person('3', 'Jose Diaz'),
    ]);
    expect(remarks).toHaveLength(1);
    expect(remarks[0]).toContain('(2 people). Such');
  });

  it('of two stays of one person are not shared', () => {
    const stays = [person('1', 'Ada', '17'), { ...person('1', 'Ada', '17'), since: month('2026-03') }];
    expect(sharedNameRemarks(stays)).toEqual([]);
  });

  it('are named in the remark, the first five', () => {
    const people = ['a', 'b'].flatMap((id) => [person(id, ...'Q R S T U V W'.split(' '))]);
    expect(sharedNameRemarks(people)[0]).toContain(
      '"Q" (2 people), "R" (2 people), "S" (2 people), "T" (2 people), "U" (2 people) and 2 more.',
    );
  });
});
