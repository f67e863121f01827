import { SpendshiftError } from '../core/errors.js';
import type { Permission, Verdict } from './service.js';

/**
 * Tries a permission.
 *
 * @param attempt the smallest request that needs it; what it found, in words
 */
export async function verdictOf(permission: Permission, attempt: () => Promise<string>): Promise<Verdict> {
  try {
    return { permission: permission.id, granted: true, detail: await attempt() };
  } catch (error) {
    if (!(error instanceof SpendshiftError)) throw error;
    const [first] = error.mistakes;
    const { message = error.message, hint } = first ?? {};
    return { permission: permission.id, granted: false, detail: message, ...(hint === undefined ? {} : { hint }) };
  }
}

/** The permissions of a connector by their ids, for `verdictOf`. */
export function permissionOf(permissions: readonly Permission[], id: string): Permission {
  const found = permissions.find((permission) => permission.id === id);
  if (found === undefined) throw new Error(`no permission ${id} is declared`);
  return found;
}
