import type { Month } from '../../src/core/period.js';
import type { StrictServer } from './server.js';

/** Money of one currency as a service holds it, in micro-units after rounding each charge as the ledger does. */
export interface TrueTotal {
  readonly cashMicros: bigint;
  readonly accrualMicros: bigint;
}

/** The world a stand-in lives in: its clock, and the number from which all its data comes. */
export interface World {
  readonly now: () => Date;
  readonly seed: number;
}

/** A stand-in at work: a strict server with data of its own that grows as its clock goes on. */
export interface RunningStandin {
  readonly server: StrictServer;
  /** Settings of a source that reads it, as they stand in spendshift.yaml; with the documented `endpoint`. */
  readonly settings: Readonly<Record<string, unknown>>;
  /** Environment variables with the secrets that the settings name. */
  readonly secrets: Readonly<Record<string, string>>;
  /** Further servers it needs (object storage, tokens), to be closed and checked with it. */
  readonly others?: readonly StrictServer[];
}

/** A stand-in that gives charges. */
export interface RunningChargeStandin extends RunningStandin {
  /** Every month in which there are charges now. */
  months(): readonly Month[];
  /** What a month comes to now, by currency; what a connector must bring into the ledger, to the micro-unit. */
  truth(month: Month): ReadonlyMap<string, TrueTotal>;
  /** Changes a month that is past: an amount is corrected, something vanishes, something is added late. */
  restate(month: Month): void;
}

/** What a stand-in is: one for each connector to a service. */
export interface Standin<Running extends RunningStandin = RunningStandin> {
  /** Id of the connector it is for. */
  readonly connector: string;
  start(world: World): Promise<Running>;
}
