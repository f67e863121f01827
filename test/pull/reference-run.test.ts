import { z } from 'zod';
import { describe, expect, it } from 'vitest';

import { defineApplications, type KnownApplication, type ReferenceBatch } from '../../src/connector/reference.js';
import type { Connector } from '../../src/connector/contract.js';
import { ownWorkspace, type OwnWorkspace } from '../support/own-connector.js';

const NOW = '2026-11-20T12:00:00Z';
const FILES = { 'spendshift.yaml': 'company: Acme\ncurrency: EUR\nsources:\n  apps: { connector: own }\n' };

/** A sign-in service that a test holds in its hand. */
interface Ground {
  page: ReferenceBatch<KnownApplication>;
  onPage: () => Promise<void>;
}

function connectorOver(service: Ground): Connector {
  return defineApplications<unknown>({
    id: 'own',
    title: 'Own sign-in',
    version: 1,
    settings: z.strictObject({}),
    service: { permissions: [], grant: '', requestIntervalMs: 0 },
    check: () => Promise.resolve([]),
    async *pull() {
      await service.onPage();
      yield service.page;
      return { remarks: [] };
    },
  });
}

const applications = (count: number): KnownApplication[] =>
  Array.from({ length: count }, (_none, index) => {
    return { id: `a${index}`, name: `Application ${index}`, publisher: '', domain: '', isActive: true };
  });

async function started(): Promise<{ service: Ground; workspace: OwnWorkspace }> {
  const service: Ground = { page: { items: applications(20) }, onPage: () => Promise.resolve() };
  return { service, workspace: await ownWorkspace(FILES, [connectorOver(service)], NOW) };
}

async function activeCount({ ledger }: OwnWorkspace): Promise<number> {
  return (await ledger.services.applications('apps')).filter(({ isActive }) => isActive).length;
}

describe('a run of a source without charges', () => {
  it('writes nothing when another run has taken the source over', async () => {
    const { service, workspace } = await started();
    service.onPage = async () => {
      // The machine slept; meanwhile another one began.
      workspace.clock.now = new Date('2026-11-20T13:00:00Z');
      const { services } = workspace.ledger;
      const request = { source: 'apps', holder: 'desk 2 b', now: workspace.clock.now, durationMs: 60_000 };
      await services.acquireLease({ ...request, isAlive: () => true });
    };
    const { failures } = await workspace.pull();
    expect(failures[0]?.error.message).toContain('another run has taken this source over (desk 2 b)');
    expect(await workspace.ledger.services.applications('apps')).toEqual([]);
  });

  it('is refused when too much of it cannot be read, and what was known stays', async () => {
    const { service, workspace } = await started();
    expect((await workspace.pull()).failures).toEqual([]);
    expect(await activeCount(workspace)).toBe(20);
    const row = { file: 'applications', row: 1, reason: 'name: expected a text', text: '' };
    service.page = { items: [], rejected: Array.from({ length: 20 }, () => row) };
    const { failures } = await workspace.pull();
    expect(failures.map(({ error }) => error.message)).toEqual([
      'source apps: 20 of 20 rows cannot be read (name: expected a text)\n' +
        '  → The service may have changed. Nothing was taken; what was known of it stays.',
    ]);
    expect(await activeCount(workspace)).toBe(20);
  });

  it('takes the rest where a few rows cannot be read', async () => {
    const { service, workspace } = await started();
    const row = { file: 'applications', row: 1, reason: 'name: expected a text', text: '' };
    service.page = { items: applications(3), rejected: [row] };
    const { failures, results } = await workspace.pull();
    expect(failures).toEqual([]);
    expect(results[0]).toMatchObject({ rowCount: 4, rejectedCount: 1 });
    expect(await activeCount(workspace)).toBe(3);
  });
});
