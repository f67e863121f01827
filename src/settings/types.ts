import type { z } from 'zod';

import type { SourceKind } from '../core/charge.js';
import type { BusinessFunction, VendorBook } from '../core/decision.js';
import type { Place } from '../core/errors.js';
import type { Micros } from '../core/money.js';
import type { Month } from '../core/period.js';
import type { OwnershipBook } from '../ownership/book.js';
import type { AgentSettings } from './schema-agent.js';

/** A source as the workspace configures it. */
export interface SourceSettings {
  readonly id: string;
  /** Id of its connector. */
  readonly connector: string;
  readonly title: string;
  readonly kind: SourceKind;
  /** The connector's own settings, already checked against its schema. */
  readonly settings: unknown;
  /** Canonical JSON of everything above, to notice a change of settings. */
  readonly fingerprint: string;
  /** Where it stands, for messages. */
  readonly place: Place;
  /** When the agent pulls it: a cron expression and the IANA time zone it is meant in. */
  readonly schedule: string;
  readonly timeZone: string;
  /** First month wanted of a live source. */
  readonly since: Month | undefined;
  /** What its requests may cost, in the currency of the service's price. */
  readonly ceilings: { readonly runMicros: Micros | undefined; readonly monthMicros: Micros | undefined };
}

/** A workspace, read and checked as a whole. */
export interface Workspace {
  /** Absolute path of the folder. */
  readonly folder: string;
  readonly company: string;
  /** ISO 4217 code of the reporting currency. */
  readonly currency: string;
  /** 1 to 12. */
  readonly fiscalYearStart: number;
  /** The functions in use, `unassigned` last. */
  readonly functions: readonly BusinessFunction[];
  /** Absolute path of the ledger file. */
  readonly ledgerFile: string;
  /** Path of the rates file relative to the folder; undefined when none is configured. */
  readonly ratesFile: string | undefined;
  /** Per million. */
  readonly confidenceBar: number;
  readonly sources: readonly SourceSettings[];
  readonly agent: AgentSettings;
  /** Where raw replies of live services are kept; undefined: nowhere. */
  readonly archive: { readonly folder: string; readonly keepDays: number } | undefined;
  readonly ownership: OwnershipBook;
  /** What the company says of vendors, and the file it stands in, relative to the folder; the file need not be there. */
  readonly vendors: VendorBook;
  readonly vendorsFile: string;
  /** Things worth knowing that are no mistakes, in sentences. */
  readonly remarks: readonly string[];
}

/** What the settings room must know of a connector to read its part of a workspace. */
export interface ConnectorDeclaration {
  readonly id: string;
  readonly title: string;
  readonly kind: SourceKind;
  /** What it gives; `files`, or something that a live service gives. */
  readonly feed: string;
  readonly settings: z.ZodType;
}
