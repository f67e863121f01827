import { z } from 'zod';

import { UNASSIGNED, type BusinessFunction } from '../core/decision.js';
import { SettingsError, type Mistake } from '../core/errors.js';
import { checkSchema, described } from './schema-mistakes.js';
import { parseYamlFile } from './yaml-file.js';

/** The function that is always there. */
export const UNASSIGNED_FUNCTION: BusinessFunction = { id: UNASSIGNED, name: 'Unassigned', group: 'unassigned' };

const ID = /^[a-z][a-z0-9_-]*$/;

const functionsSchema = z.strictObject({
  functions: z
    .array(
      z.strictObject({
        id: described<string>(
          'an id of small letters, digits, - and _',
          (value) => typeof value === 'string' && ID.test(value),
        ),
        name: described<string>('a name', (value) => typeof value === 'string' && value.trim() !== ''),
        group: described<'it' | 'business'>('it or business', (value) => value === 'it' || value === 'business'),
      }),
    )
    .min(1, 'name at least one function'),
});

/**
 * Reads a list of functions (docs/workspace.md, Functions); `unassigned` is added at the end.
 *
 * @throws SettingsError with every mistake in it.
 */
export function parseFunctions(text: string, file: string): BusinessFunction[] {
  const yaml = parseYamlFile(text, file, 'core');
  if (yaml.mistakes.length > 0) throw new SettingsError(yaml.mistakes);
  const checked = checkSchema(functionsSchema, yaml.value ?? {}, [], yaml.placeOf);
  if ('mistakes' in checked) throw new SettingsError(checked.mistakes);
  const { functions } = checked.value;
  const mistakes: Mistake[] = [];
  for (const [index, { id }] of functions.entries()) {
    const place = yaml.placeOf(['functions', index]);
    const first = functions.findIndex((entry) => entry.id === id);
    if (id === UNASSIGNED) {
      mistakes.push({ place, message: '"unassigned" is always there', hint: 'Take it out of the list.' });
    } else if (first !== index) {
      const line = yaml.placeOf(['functions', first]).line ?? 0;
      const message = `two functions have the id "${id}"; the first stands on line ${line}`;
      mistakes.push({ place, message, hint: 'Give one of them another id.' });
    }
  }
  if (!functions.some((entry) => entry.group === 'it')) {
    const message = 'no function belongs to the group it';
    mistakes.push({
      place: yaml.placeOf(['functions']),
      message,
      hint: 'Write group: it at the function that runs IT.',
    });
  }
  if (mistakes.length > 0) throw new SettingsError(mistakes);
  return [...functions, UNASSIGNED_FUNCTION];
}
