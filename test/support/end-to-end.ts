import { createHash } from 'node:crypto';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { makeStatement, pullWorkspace, withSession, type Session, type StatementOptions } from '../../src/app.js';
import type { WorkspacePull } from '../../src/app.js';
import type { Statement } from '../../src/statement/types.js';

/** A folder for all tests of a file; call `remove` when they are done. */
export async function lastingFolder(): Promise<{ folder: string; remove: () => Promise<void> }> {
  const folder = await mkdtemp(join(tmpdir(), 'spendshift-e2e-'));
  return { folder, remove: () => rm(folder, { recursive: true, force: true }) };
}

/** Pulls every source of a workspace in an open session. */
export function pullAll(session: Session): Promise<WorkspacePull> {
  return pullWorkspace(session, {
    sources: [],
    progress: () => undefined,
    signal: new AbortController().signal,
    now: () => new Date('2026-04-01T08:00:00Z'),
  });
}

/** Opens a workspace, pulls every source of it and closes it again. */
export function pullFolder(folder: string): Promise<WorkspacePull> {
  return withSession(folder, pullAll);
}

/** The statement of a workspace; by default the latest twelve months, cash, by owner. */
export function statementOf(folder: string, options: Partial<StatementOptions> = {}): Promise<Statement> {
  return withSession(folder, (session) =>
    makeStatement(session, { periods: {}, basis: 'cash', view: 'owner', asToday: false, ...options }),
  );
}

/** Hex SHA-256 of a file's bytes. */
export async function fileDigest(path: string): Promise<string> {
  return createHash('sha256')
    .update(await readFile(path))
    .digest('hex');
}
