import { createRandom } from '../../src/core/random.js';
import type { Month } from '../../src/core/period.js';
import { CLIENT, MicrosoftService, ScimService, TENANT, type PeopleService, type Tokens } from './directory-answers.js';
import { ADMIN, GoogleService } from './directory-google.js';
import {
  accountsIn,
  createStaff,
  isActiveIn,
  monthAt,
  placeIn,
  type Employee,
  type Place,
} from './directory-people.js';
import { StrictServer, type FaultReplies } from './server.js';
import type { RunningStandin, Standin, World } from './standin.js';

/** The directories that the stand-in can be. */
export type DirectoryKind = 'scim' | 'microsoft' | 'google';

/** A directory at work. */
export interface RunningDirectory extends RunningStandin {
  /** Accounts that there are now, by the id that the service gives them. */
  accounts(): readonly { readonly id: string; readonly employee: Employee; readonly isActive: boolean }[];
  /** Where a person works in a month, as the directory says it in that month; undefined where it says nothing. */
  placeOf(id: string, month: Month): Place | undefined;
  /** Tokens that the service gave; none where it takes one that does not change. */
  readonly tokens: Tokens | undefined;
  /** Google alone: forbids the service account to act for the domain. */
  forbidDelegation(): void;
}

/** Stands in for a company's directory; for `from: scim` where nothing else is said. */
export default {
  connector: 'directory',
  start: (world) => startDirectory(world, 'scim'),
} satisfies Standin<RunningDirectory>;

/** Starts a directory of a kind. All kinds tell of the same people. */
export async function startDirectory(world: World, kind: DirectoryKind): Promise<RunningDirectory> {
  const staff = createStaff(world.seed);
  const company = { staff, now: world.now };
  const secret = createRandom(world.seed, `secret of ${kind}`).letters(40);
  const origin = (): string => server.url;
  const { service, tokens, forbidDelegation = () => undefined, ...told } = partsOf();
  const server: StrictServer = await StrictServer.start((request) => service.answer(request), FAULTS[kind]);
  const idOf = ({ uuid, googleId }: Employee): string => (kind === 'google' ? googleId : uuid);
  return {
    server,
    settings: told.settings(),
    secrets: told.secrets(),
    accounts: () => {
      const month = monthAt(world.now());
      return accountsIn(staff, month).map((employee) => ({
        id: idOf(employee),
        employee,
        isActive: isActiveIn(employee, month),
      }));
    },
    placeOf: (id, month) => {
      const found = staff.find((employee) => idOf(employee) === id);
      return found === undefined ? undefined : placeIn(found, month);
    },
    tokens,
    forbidDelegation,
  };

  function partsOf(): Parts {
    switch (kind) {
      case 'scim':
        return {
          service: new ScimService(company, secret),
          tokens: undefined,
          settings: () => ({ from: 'scim', endpoint: `${origin()}/scim/v2`, token: 'env:SCIM_TOKEN' }),
          secrets: () => ({ SCIM_TOKEN: secret }),
        };
      case 'microsoft': {
        const service = new MicrosoftService(company, secret, origin);
        return {
          service,
          tokens: service.tokens,
          settings: () => ({
            from: 'microsoft',
            tenantId: TENANT,
            clientId: CLIENT,
            clientSecret: 'env:ENTRA_SECRET',
            endpoint: origin(),
            loginEndpoint: origin(),
          }),
          secrets: () => ({ ENTRA_SECRET: secret }),
        };
      }
      case 'google': {
        const service = new GoogleService(company, origin, world.seed);
        return {
          service,
          tokens: service.tokens,
          forbidDelegation: () => {
            service.isDelegated = false;
          },
          settings: () => ({
            from: 'google',
            serviceAccountKey: 'env:GOOGLE_KEY',
            adminEmail: ADMIN,
            endpoint: origin(),
          }),
          secrets: () => ({ GOOGLE_KEY: service.key(origin()) }),
        };
      }
    }
  }
}

interface Parts {
  readonly service: PeopleService;
  readonly tokens: Tokens | undefined;
  readonly forbidDelegation?: () => void;
  readonly settings: () => Readonly<Record<string, unknown>>;
  readonly secrets: () => Readonly<Record<string, string>>;
}

const scimError = (status: number, detail: string) => ({
  status,
  body: { schemas: ['urn:ietf:params:scim:api:messages:2.0:Error'], status: String(status), detail },
});
const graphError = (status: number, code: string, message: string) => ({ status, body: { error: { code, message } } });
const googleError = (code: number, reason: string, message: string) => ({
  status: code,
  body: { error: { code, message, errors: [{ domain: 'global', reason, message }] } },
});

const FAULTS: Readonly<Record<DirectoryKind, FaultReplies>> = {
  scim: {
    throttled: { ...scimError(429, 'Too many requests.'), headers: { 'retry-after': '3' } },
    'server-error': scimError(500, 'Internal error.'),
    expired: scimError(401, 'The token has expired.'),
    forbidden: scimError(403, 'The token may not read users.'),
  },
  microsoft: {
    throttled: {
      ...graphError(429, 'TooManyRequests', 'Too many requests.'),
      headers: { 'retry-after': '10' },
    },
    'server-error': graphError(503, 'ServiceUnavailable', 'The service is unavailable.'),
    expired: graphError(401, 'InvalidAuthenticationToken', 'Access token has expired or is not yet valid.'),
    forbidden: graphError(403, 'Authorization_RequestDenied', 'Insufficient privileges to complete the operation.'),
  },
  google: {
    // Google answers 403, and says in the reason that it was too much.
    throttled: googleError(403, 'quotaExceeded', 'Quota exceeded for quota metric Queries.'),
    'server-error': googleError(503, 'backendError', 'The service is currently unavailable.'),
    expired: googleError(401, 'authError', 'Invalid Credentials'),
    forbidden: googleError(403, 'forbidden', 'Not Authorized to access this resource/api'),
  },
};
