import { z } from 'zod';

import { readDateFormat } from './dates.js';

/**
 * Keys of the tags that usually name an owner, in the spellings most often seen. Each kept tag can split a line, so tags
 * that do not tell an owner (environment, application) are not among them.
 */
export const OWNER_TAGS: readonly string[] = [
  'business_unit',
  'BusinessUnit',
  'cost_center',
  'CostCenter',
  'cost-center',
  'costcenter',
  'department',
  'Department',
  'owner',
  'Owner',
  'project',
  'Project',
  'team',
  'Team',
];

const dateFormat = z.string().refine((text) => readDateFormat(text) !== undefined, {
  error: (issue) =>
    `"${String(issue.input)}" is no date format; write one of year, month and day, such as M/D/YY or DD.MM.YYYY`,
});

/** Settings of how FOCUS files are read, for the settings of each source that reads them; a type is `FocusRules`. */
export const focusRules = {
  tags: z.array(z.string().min(1), { error: 'list the keys of tags to keep, or [] for none' }).default([...OWNER_TAGS]),
  dates: z
    .array(dateFormat, { error: 'list the formats of the dates, for example [M/D/YY]' })
    .default([])
    .superRefine((formats, context) => {
      const shapes = new Map<string, string>();
      for (const format of formats) {
        const shape = readDateFormat(format)?.shape ?? format;
        const other = shapes.get(shape);
        shapes.set(shape, format);
        if (other === undefined) continue;
        const message = `"${other}" and "${format}" read the same text as different days; keep one of them`;
        context.addIssue({ code: 'custom', message });
      }
    }),
  rejectedShareMax: z.number().min(0).max(1, 'the share is a number from 0 to 1').default(0.02),
};
