import { z } from 'zod';

import type { DirectoryPerson } from '../../src/connector/reference.js';
import type { Field } from './settings.js';

/** The enterprise extension of a SCIM user. */
export const ENTERPRISE_USER = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User';

// Replies hold numbers where people write numbers, such as in employee and cost centre numbers.
const text = z
  .union([z.string(), z.number().transform(String)])
  .nullish()
  .transform((value) => (value ?? '').trim());
const neededId = z.union([z.string().min(1), z.number().transform(String)]);
/** Some services write truth as text. */
const truth = z.union([z.boolean(), z.string().transform((value) => value.toLowerCase() === 'true')]).nullish();

/** Of a SCIM user what is read; servers may leave out all but the id. */
export const scimUser = z.object({
  id: neededId,
  userName: text,
  displayName: text,
  name: z.object({ formatted: text, givenName: text, familyName: text }).nullish(),
  emails: z.array(z.object({ value: text, type: text })).nullish(),
  active: truth,
  [ENTERPRISE_USER]: z
    .object({ employeeNumber: text, department: text, costCenter: text, division: text, organization: text })
    .nullish(),
});
export type ScimUser = z.infer<typeof scimUser>;

/** A SCIM user as a person. */
export function fromScim(user: ScimUser, field: Field): DirectoryPerson {
  const { name, emails, [ENTERPRISE_USER]: enterprise } = user;
  return {
    id: user.id,
    names: spellings([
      user.displayName,
      name?.formatted,
      joined(name?.givenName, name?.familyName),
      user.userName,
      // An address of somebody's home is no business of ours.
      ...(emails ?? []).filter(({ type }) => type.toLowerCase() !== 'home').map(({ value }) => value),
      enterprise?.employeeNumber,
    ]),
    department: enterprise?.[field] ?? '',
    isActive: user.active ?? true,
  };
}

/** Of a user of Microsoft Graph what is read. */
export const graphUser = z.object({
  id: neededId,
  displayName: text,
  mail: text,
  userPrincipalName: text,
  employeeId: text,
  accountEnabled: truth,
  department: text,
  companyName: text,
  employeeOrgData: z.object({ costCenter: text, division: text }).nullish(),
});
export type GraphUser = z.infer<typeof graphUser>;

/** The properties to ask Microsoft Graph for, with the one that is the department. */
export const GRAPH_PROPERTIES: Readonly<Record<Field, string>> = {
  department: 'department',
  costCenter: 'employeeOrgData',
  division: 'employeeOrgData',
  organization: 'companyName',
};

/** A user of Microsoft Graph as a person. */
export function fromGraph(user: GraphUser, field: Field): DirectoryPerson {
  const departments: Readonly<Record<Field, string | undefined>> = {
    department: user.department,
    costCenter: user.employeeOrgData?.costCenter,
    division: user.employeeOrgData?.division,
    organization: user.companyName,
  };
  // The sign-in name of a guest is made up by Microsoft: anna_example.com#EXT#@tenant.onmicrosoft.com.
  const isGuest = user.userPrincipalName.includes('#EXT#');
  return {
    id: user.id,
    names: spellings([user.displayName, user.mail, isGuest ? '' : user.userPrincipalName, user.employeeId]),
    department: departments[field] ?? '',
    isActive: user.accountEnabled ?? true,
  };
}

/** Of a user of Google Workspace what is read. */
export const googleUser = z.object({
  id: neededId,
  primaryEmail: text,
  aliases: z.array(text).nullish(),
  name: z.object({ fullName: text, givenName: text, familyName: text }).nullish(),
  suspended: truth,
  archived: truth,
  externalIds: z.array(z.object({ value: text, type: text })).nullish(),
  organizations: z.array(z.object({ primary: truth, name: text, department: text, costCenter: text })).nullish(),
});
export type GoogleUser = z.infer<typeof googleUser>;

/** A user of Google Workspace as a person. */
export function fromGoogle(user: GoogleUser, field: Field): DirectoryPerson {
  return {
    id: user.id,
    names: spellings([
      user.name?.fullName,
      joined(user.name?.givenName, user.name?.familyName),
      user.primaryEmail,
      ...(user.aliases ?? []),
      // The others are ids at other companies, at networks or of the person's own choice.
      ...(user.externalIds ?? []).filter(({ type }) => type === 'organization').map(({ value }) => value),
    ]),
    department: googleDepartment(user.organizations ?? [], field),
    isActive: user.suspended !== true && user.archived !== true,
  };
}

/** The department of the primary organization; of several without a primary one only what all of them say. */
function googleDepartment(organizations: NonNullable<GoogleUser['organizations']>, field: Field): string {
  const primary = organizations.filter((entry) => entry.primary === true);
  const told = (primary.length > 0 ? primary : organizations).map((entry) => {
    const departments: Readonly<Record<Field, string>> = {
      department: entry.department,
      costCenter: entry.costCenter,
      division: '',
      organization: entry.name,
    };
    return departments[field];
  });
  const distinct = new Set(told);
  return distinct.size === 1 ? (told[0] ?? '') : '';
}

function joined(given = '', family = ''): string {
  return given === '' || family === '' ? '' : `${given} ${family}`;
}

function spellings(names: readonly (string | undefined)[]): string[] {
  return [...new Set(names.filter((name) => name !== undefined && name !== ''))] as string[];
}
