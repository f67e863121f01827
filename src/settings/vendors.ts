import { z } from 'zod';

import { SPEND_CLASSES, type SpendClass } from '../core/charge.js';
import { hintAmong } from '../core/closest.js';
import type { OwnVendor, VendorBook } from '../core/decision.js';
import { formatPlace, SettingsError, type Mistake } from '../core/errors.js';
import { fingerprint } from '../core/ids.js';
import { foldText } from '../ownership/fold.js';
import { checkSchema, described } from './schema-mistakes.js';
import { parseYamlFile, type SettingPath, type YamlFile } from './yaml-file.js';

/** The file of a workspace that says what the company says of vendors; it need not be there. */
export const VENDORS_FILE = 'vendors.yaml';

const ID = /^[^\s|]+$/u;
const text = (words: string): z.ZodType<string> =>
  described<string>(words, (value) => typeof value === 'string' && value.trim() !== '');
const id = described<string>('the id of a vendor', (value) => typeof value === 'string' && ID.test(value));

const vendorSchema = z.strictObject({
  name: text('a name').optional(),
  domain: text('a web domain').optional(),
  spendClass: described<SpendClass>(`one of ${SPEND_CLASSES.join(', ')}`, (value) =>
    SPEND_CLASSES.some((name) => name === value),
  ).optional(),
  category: text('the id of a category').optional(),
  usualFunction: text('the id of a function').optional(),
  aliases: z.array(text('a payee text')).optional(),
  merged: z.array(id).optional(),
});

const bookSchema = z.strictObject({
  vendors: z.record(z.string(), vendorSchema.nullable()).nullish(),
  apart: z.array(id).nullish(),
});

/** What vendors are checked against. */
export interface VendorNames {
  readonly functions: ReadonlySet<string>;
  /** Undefined: not checked. */
  readonly categories: ReadonlySet<string> | undefined;
}

/**
 * Reads a vendors.yaml (docs/vendors.md).
 *
 * @throws SettingsError with every mistake in it: file, line, key and what to write instead.
 */
export function parseVendors(source: string, file: string, names: VendorNames): VendorBook {
  const yaml = parseYamlFile(source, file, 'core');
  if (yaml.mistakes.length > 0) throw new SettingsError(yaml.mistakes);
  const checked = checkSchema(bookSchema, yaml.value ?? {}, [], yaml.placeOf);
  if ('mistakes' in checked) throw new SettingsError(checked.mistakes);
  const { vendors, apart } = checked.value;
  const list = Object.entries(vendors ?? {}).map(([vendorId, vendor]): OwnVendor => {
    const { name, domain, spendClass, category, usualFunction, aliases, merged } = vendor ?? {};
    return {
      id: vendorId,
      name: name ?? '',
      domain: domain ?? '',
      spendClass,
      category: category ?? '',
      usualFunction: usualFunction ?? '',
      aliases: aliases ?? [],
      merged: merged ?? [],
      place: formatPlace({ file, line: yaml.placeOf(['vendors', vendorId]).line }),
    };
  });
  const mistakes = list.flatMap((vendor) => mistakesOf(vendor, names, yaml));
  mistakes.push(...doubles(list, yaml), ...circles(list, yaml));
  if (mistakes.length > 0) throw new SettingsError(mistakes);
  const apartIds = new Set(apart ?? []);
  return {
    vendors: list,
    apart: apartIds,
    fingerprint: fingerprint([JSON.stringify([vendors ?? {}, [...apartIds].sort()])]),
  };
}

function mistakesOf(vendor: OwnVendor, { functions, categories }: VendorNames, yaml: YamlFile): Mistake[] {
  const mistakes: Mistake[] = [];
  const say = (key: string, message: string, hint: string): void => {
    mistakes.push({ place: yaml.placeOf(['vendors', vendor.id, key]), message, hint });
  };
  const { category, usualFunction, spendClass } = vendor;
  if (category !== '' && categories?.has(category) === false)
    say('category', `no category has the id "${category}"`, hintAmong(category, [...categories], 'Known are'));
  if (category !== '' && spendClass !== undefined && spendClass !== 'technology')
    say('category', 'only technology has a category', 'Take the category out, or write spendClass: technology.');
  if (usualFunction !== '' && !functions.has(usualFunction))
    say(
      'usualFunction',
      `no function has the id "${usualFunction}"`,
      hintAmong(usualFunction, [...functions], 'Known are'),
    );
  return mistakes;
}

/** An alias or a merged id that stands at two vendors. */
function doubles(vendors: readonly OwnVendor[], yaml: YamlFile): Mistake[] {
  const mistakes: Mistake[] = [];
  for (const key of ['aliases', 'merged'] as const) {
    const owners = new Map<string, string>();
    for (const vendor of vendors) {
      for (const [index, value] of vendor[key].entries()) {
        const folded = foldText(value);
        const before = owners.get(folded);
        if (before !== undefined && before !== vendor.id) {
          const message = `"${value}" stands at ${before} already`;
          mistakes.push({
            place: yaml.placeOf(['vendors', vendor.id, key, index]),
            message,
            hint: 'Take it out of one of them.',
          });
        }
        owners.set(folded, vendor.id);
      }
    }
  }
  return mistakes;
}

/** A vendor that is merged into itself, by whatever way round. */
function circles(vendors: readonly OwnVendor[], yaml: YamlFile): Mistake[] {
  const into = new Map(vendors.flatMap(({ id: vendorId, merged }) => merged.map((part) => [part, vendorId] as const)));
  return vendors.flatMap((vendor) => {
    const seen = new Set<string>();
    for (let at = into.get(vendor.id); at !== undefined && !seen.has(at); at = into.get(at)) {
      if (at === vendor.id) {
        const path: SettingPath = ['vendors', vendor.id, 'merged'];
        const hint = 'Take one of the merges out.';
        return [{ place: yaml.placeOf(path), message: `${vendor.id} is merged into itself`, hint }];
      }
      seen.add(at);
    }
    return [];
  });
}
