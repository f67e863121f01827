import type { SourceWindow } from '../core/batch.js';
import type { StoredSource } from '../ledger/ledger.js';

/** What a pull of a source has to do. */
export interface PullPlan {
  /** Windows to read: new ones, and those whose content, files or settings changed. */
  readonly due: readonly SourceWindow[];
  /** Windows as they were at the last pull. */
  readonly unchanged: readonly SourceWindow[];
  /** Names of windows that the source no longer has. */
  readonly gone: readonly string[];
}

/** Compares what a source has now with what the ledger took from it. */
export function planPull(
  windows: readonly SourceWindow[],
  stored: StoredSource | undefined,
  settingsFingerprint: string,
): PullPlan {
  const sameSettings = stored?.settingsFingerprint === settingsFingerprint;
  const isUnchanged = (window: SourceWindow): boolean => {
    const known = stored?.windows.get(window.id);
    return (
      sameSettings &&
      known !== undefined &&
      known.fingerprint === window.fingerprint &&
      known.files.join('\n') === window.files.join('\n')
    );
  };
  const names = new Set(windows.map((window) => window.id));
  return {
    due: windows.filter((window) => !isUnchanged(window)),
    unchanged: windows.filter(isUnchanged),
    gone: [...(stored?.windows.keys() ?? [])].filter((name) => !names.has(name)),
  };
}
