import { z } from 'zod';

import { ENCODINGS } from '../../src/connector/encoding.js';
import { endpoint } from '../../src/connector/endpoint.js';
import { secret } from '../../src/connector/secret.js';

/** Where people are read from. */
export const KINDS = ['scim', 'microsoft', 'google', 'csv'] as const;
export type Kind = (typeof KINDS)[number];

/** What of a person is taken for the department. */
export const FIELDS = ['department', 'costCenter', 'division', 'organization'] as const;
export type Field = (typeof FIELDS)[number];

const word = (what: string): z.ZodType<string> => z.string().trim().min(1, `write ${what}`);
const header = z.string().trim().min(1, 'write the header of a column');

const columns = z.strictObject({
  names: z
    .union([header, z.array(header).min(1, 'write the header of at least one column')])
    .transform((headers) => (typeof headers === 'string' ? [headers] : headers))
    .default(['person']),
  department: header.default('department'),
  id: header.optional(),
  validFrom: header.optional(),
  validTo: header.optional(),
});

export type TableColumns = z.infer<typeof columns>;

/** The keys of each kind: those that must be there with what they are, and those that may. */
const KEYS: Readonly<Record<Kind, { needed: Readonly<Record<string, string>>; optional: readonly string[] }>> = {
  scim: {
    needed: { endpoint: 'the address above /Users, such as https://id.example.com/scim/v2', token: 'the SCIM token' },
    optional: ['field'],
  },
  microsoft: {
    needed: {
      tenantId: 'the directory (tenant) id',
      clientId: 'the application (client) id',
      clientSecret: 'the client secret of the app registration',
    },
    optional: ['field', 'endpoint', 'loginEndpoint'],
  },
  google: {
    needed: {
      serviceAccountKey: 'the key (JSON) of the service account',
      adminEmail: 'the address of the administrator in whose name it reads',
    },
    optional: ['field', 'endpoint', 'customer'],
  },
  csv: { needed: { file: 'the path of the file in the workspace' }, optional: ['columns', 'delimiter', 'encoding'] },
};

/** Settings of a `directory` source. One flat object, so that every key has its place in the documentation. */
export const directorySettings = z
  .strictObject({
    from: z.enum(KINDS, { error: `write one of ${KINDS.join(', ')}` }),
    field: z.enum(FIELDS, { error: `write one of ${FIELDS.join(', ')}` }).optional(),
    endpoint: endpoint().optional(),
    token: secret('the SCIM token').optional(),
    tenantId: z
      .string()
      .regex(/^[\w.-]+$/, 'write the directory (tenant) id as Microsoft Entra shows it')
      .optional(),
    clientId: word('the application (client) id').optional(),
    clientSecret: secret('the client secret of the app registration').optional(),
    loginEndpoint: endpoint().optional(),
    serviceAccountKey: secret('the key (JSON) of the service account').optional(),
    adminEmail: z.email('write the e-mail address of an administrator').optional(),
    customer: word('the customer id that Google shows, C…').optional(),
    file: word('the path of a CSV file, starting at the workspace').optional(),
    columns: columns.optional(),
    delimiter: z
      .string()
      .refine((text) => text === 'tab' || /^[^"\r\n]$/.test(text), 'write one character, or tab')
      .optional(),
    encoding: z.enum(ENCODINGS, { error: `write one of ${ENCODINGS.join(', ')}` }).optional(),
  })
  .superRefine((settings, context) => {
    const { needed, optional } = KEYS[settings.from];
    const refuse = (key: string, message: string): void => {
      context.addIssue({ code: 'custom', path: [key], message });
    };
    for (const [key, what] of Object.entries(needed)) {
      if (!(key in settings)) refuse(key, `\`from: ${settings.from}\` needs \`${key}\`: ${what}`);
    }
    const allowed = new Set(['from', ...Object.keys(needed), ...optional]);
    for (const key of Object.keys(settings)) {
      if (!allowed.has(key)) refuse(key, foreignKey(settings.from, key));
    }
    if (settings.from === 'google' && settings.field === 'division') {
      refuse('field', 'Google Workspace knows no division: write department, costCenter or organization');
    }
  });

export type DirectorySettings = z.infer<typeof directorySettings>;

function foreignKey(kind: Kind, key: string): string {
  if (kind === 'csv' && key === 'field') return '`columns.department` names the column of a file; take `field` out';
  const owners = KINDS.filter((other) => key in KEYS[other].needed || KEYS[other].optional.includes(key));
  return `\`${key}\` belongs to ${owners.map((owner) => `\`from: ${owner}\``).join(' and ')}; take it out`;
}

/** A setting that the schema has made sure of. */
export function stated<Value>(value: Value | undefined, key: string): Value {
  if (value === undefined) throw new Error(`settings without ${key} were let through`);
  return value;
}

/** What is taken for the department. */
export function fieldOf({ field = 'department' }: DirectorySettings): Field {
  return field;
}
