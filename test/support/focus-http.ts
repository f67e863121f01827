import { onTestFinished } from 'vitest';

import connector from '../../connectors/focus-http/index.js';
import type { FocusHttpSettings } from '../../connectors/focus-http/settings.js';
import { parseMonth, type Month } from '../../src/core/period.js';
import { windowOf } from '../../src/pull/due-months.js';
import standin, { type RunningVendor, type VendorHabits } from '../services/focus-http.js';
import { pullAll, testContext, type Pulled, type TestContext } from './service.js';

const NOW = new Date('2026-11-20T12:00:00Z');
/** A month that is over. */
export const MONTH = parseMonth('2026-10') as Month;

/** Takes the settings of object storage away from those of the stand-in. */
export const NO_STORAGE = {
  region: undefined,
  accessKeyId: undefined,
  secretAccessKey: undefined,
  endpoint: undefined,
};

/** A vendor at work, and a source that reads it. */
export interface StartedVendor extends TestContext<FocusHttpSettings> {
  readonly running: RunningVendor;
  readonly pull: (month?: Month) => Promise<Pulled>;
}

/** Starts a vendor; settings may be made of the address of its server. */
export async function startVendor(
  options: {
    readonly habits?: Partial<VendorHabits>;
    readonly settings?: Record<string, unknown> | ((url: string) => Record<string, unknown>);
    readonly clock?: { now: Date };
  } = {},
): Promise<StartedVendor> {
  const { habits = {}, settings = {}, clock = { now: NOW } } = options;
  const running = await standin.start({ now: () => clock.now, seed: 7 });
  onTestFinished(async () => {
    await Promise.all([running.server, ...(running.others ?? [])].map((server) => server.close()));
  });
  Object.assign(running.habits, habits);
  const wanted = typeof settings === 'function' ? settings(running.server.url) : settings;
  const secrets = { ...running.secrets, UNKNOWN_KEY_ID: 'UNKNOWNKEYID00000001' };
  const made = await testContext(connector, { ...running, secrets }, { settings: wanted, now: () => clock.now });
  return { ...made, running, pull: (month = MONTH) => pullAll(connector, made.context, windowOf(month)) };
}
