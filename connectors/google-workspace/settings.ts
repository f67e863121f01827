import { z } from 'zod';

import { endpoint } from '../../src/connector/endpoint.js';
import { secret } from '../../src/connector/secret.js';

/** Google keeps what happened for so long. */
export const HISTORY_DAYS_MAX = 180;
const SIGN_IN_DAYS = 90;

/** Settings of a `google-workspace` source. */
export const googleSettings = z.strictObject({
  serviceAccountKey: secret('the key (JSON) of the service account'),
  adminEmail: z.email('write the e-mail address of an administrator'),
  /** What an application is to IT that people gave access to their accounts: merely seen, or known. */
  countAs: z.enum(['seen', 'known'], { error: 'write seen or known' }).default('seen'),
  /** Names or client ids of applications that IT has looked at and trusts. */
  trusted: z.array(z.string().trim().min(1, 'write the name or the client id of an application')).default([]),
  /** Days back in which a sign-in by SAML counts. */
  signInDays: z
    .int('write a whole number of days')
    .min(1, 'write at least 1')
    .max(HISTORY_DAYS_MAX, `write ${HISTORY_DAYS_MAX} at most: Google keeps no more`)
    .default(SIGN_IN_DAYS),
  endpoint: endpoint().default('https://admin.googleapis.com'),
});

export type GoogleSettings = z.infer<typeof googleSettings>;
