import { addMonths, firstDay, lastDay, type Month } from '../../src/core/period.js';

/** What may stand in an address in the place of a month. */
const PLACEHOLDERS: Readonly<Record<string, (month: Month) => string>> = {
  year: (month) => month.slice(0, 4),
  month: (month) => month.slice(5, 7),
  from: (month) => firstDay(month),
  last: (month) => lastDay(month),
  to: (month) => firstDay(addMonths(month, 1)),
};

const PLACEHOLDER = /\{([^{}]*)\}/g;

/** The placeholders of an address that stand for nothing. */
export function unknownPlaceholders(template: string): string[] {
  return placeholdersOf(template).filter((name) => !(name in PLACEHOLDERS));
}

/** Whether an address names one month, so that each month has a file of its own. */
export function namesMonth(template: string): boolean {
  const names = placeholdersOf(template);
  return names.includes('from') || names.includes('last') || names.includes('to') || namesBoth(names);
}

/** Whether an address has placeholders, but none that tell one month from all others. */
export function isHalfNamed(template: string): boolean {
  return placeholdersOf(template).length > 0 && !namesMonth(template);
}

function namesBoth(names: readonly string[]): boolean {
  return names.includes('year') && names.includes('month');
}

function placeholdersOf(template: string): string[] {
  return [...template.matchAll(PLACEHOLDER)].map(([, name = '']) => name);
}

/** The address of a month. */
export function addressOf(template: string, month: Month): string {
  return template.replace(PLACEHOLDER, (text, name: string) => PLACEHOLDERS[name]?.(month) ?? text);
}
