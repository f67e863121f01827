import { cardTables } from './cards.js';
import { cloudTables } from './cloud.js';
import { ownershipFiles } from './ownership-files.js';
import { germanPayablesTables, payablesTables } from './payables.js';
import { ratesFile } from './rates.js';
import { truthOf } from './truth.js';
import type { DemoCompany } from './types.js';
import { workspaceFiles } from './workspace-files.js';

/** The seed of the bundled demo company. */
export const DEMO_SEED = 20_240_401;

/**
 * The demo company: every file of its workspace, and the truth about it. Pure; the same seed gives the same bytes. Another
 * seed gives other people, everyday spend and swings, and the same stories.
 */
export function generateDemo(options: { readonly seed?: number } = {}): DemoCompany {
  const seed = options.seed ?? DEMO_SEED;
  const tables = [...cloudTables(seed), ...cardTables(seed), ...payablesTables(seed), ...germanPayablesTables(seed)];
  const files = [...workspaceFiles(), ratesFile(seed), ...ownershipFiles(seed), ...tables.map(({ file }) => file)];
  return { files, truth: truthOf(tables) };
}
