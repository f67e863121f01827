import { z } from 'zod';

import { focusRules } from '../../src/connector/focus/settings.js';

/** Settings of a `focus` source. */
export const focusSettings = z.strictObject({
  files: z
    .union([z.string().min(1), z.array(z.string().min(1)).min(1)], { error: 'write a file pattern, or a list of them' })
    .transform((value) => (typeof value === 'string' ? [value] : value)),
  ...focusRules,
});

export type FocusSettings = z.infer<typeof focusSettings>;
