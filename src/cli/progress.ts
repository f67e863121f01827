import cliProgress from 'cli-progress';

import type { ProgressState } from '../connector/contract.js';
import { countFigure } from '../render/format.js';

/** Work shorter than this shows no progress. */
const QUIET_MS = 1_000;
const REDRAW_MS = 250;

export interface Progress {
  readonly report: (state: ProgressState) => void;
  readonly stop: () => void;
}

/**
 * Progress of long work on standard error: step, rows and rate. Silent for the first second, and always when standard
 * error is no terminal or `quiet` is set.
 */
export function startProgress(options: { terminal: boolean; quiet: boolean; now: () => Date }): Progress {
  if (!options.terminal || options.quiet) return { report: () => undefined, stop: () => undefined };
  const bar = new cliProgress.SingleBar({
    stream: process.stderr,
    format: '{step}  {rows} rows  {rate} rows/s',
    hideCursor: true,
    clearOnComplete: true,
    fps: 1_000 / REDRAW_MS,
    barsize: 1,
  });
  const startedAt = options.now().getTime();
  let stepStartedAt = startedAt;
  let step = '';
  let running = false;
  return {
    report: (state) => {
      const at = options.now().getTime();
      if (state.step !== step) {
        step = state.step;
        stepStartedAt = at;
      }
      if (at - startedAt < QUIET_MS) return;
      const seconds = Math.max(1, at - stepStartedAt) / 1_000;
      const payload = { step, rows: countFigure(state.rows), rate: countFigure(Math.round(state.rows / seconds)) };
      if (running) bar.update(state.rows, payload);
      else bar.start(state.rowsTotal ?? 0, state.rows, payload);
      running = true;
    },
    stop: () => {
      if (running) bar.stop();
      running = false;
    },
  };
}
