import type { LedgerDatabase } from './open.js';

/** What was noted under a name; undefined where nothing was. */
export function stateOf(sqlite: LedgerDatabase['sqlite'], name: string): string | undefined {
  return sqlite.prepare<[string], string>('SELECT value FROM state WHERE name = ?').pluck().get(name);
}

/** Writes states that differ from what is there. */
export function saveStates(sqlite: LedgerDatabase['sqlite'], states: Readonly<Record<string, string>>): void {
  const save = sqlite.prepare(
    `INSERT INTO state VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value
      WHERE value <> excluded.value`,
  );
  for (const [name, value] of Object.entries(states)) save.run(name, value);
}
