import { join } from 'node:path';

import { beforeAll, describe, expect, it } from 'vitest';

import { killPulls } from '../bench/kill.js';
import { builtProject } from '../support/build.js';
import { temporaryFolder } from '../support/files.js';

const ROW_COUNT = 60_000;
const KILLS = 6;

describe('a pull killed at a random moment', () => {
  let program = '';
  beforeAll(() => {
    program = join(builtProject(), 'test', 'bench', 'pull-folder.js');
  });

  it('leaves the old or the new ledger, and pulling again gives the one of an undisturbed pull', async () => {
    const folder = join(await temporaryFolder(), 'work');
    const kills = await killPulls({
      folder,
      rowCount: ROW_COUNT,
      kills: KILLS,
      program,
      random: Math.random,
      report: () => undefined,
    });
    const sound = kills.filter(
      ({ leftBehind, sameAfterwards, problems }) => leftBehind !== 'neither' && sameAfterwards && problems.length === 0,
    );
    expect(sound, JSON.stringify(kills)).toEqual(kills);
    expect(kills.filter(({ killed }) => killed).length).toBeGreaterThan(0);
  }, 300_000);
});
