import type { RejectedRow } from '../core/batch.js';
import type { IsoDate } from '../core/date.js';
import type { DecimalText } from '../core/money.js';
import type { Month } from '../core/period.js';
import type { ServiceContext, ServiceDeclaration } from './service.js';

/** A rate as it was published: units of the currency per euro. */
export interface PublishedRate {
  readonly day: IsoDate;
  /** ISO 4217, upper case. */
  readonly currency: string;
  readonly perEuro: DecimalText;
}

/** A person of the directory. */
export interface DirectoryPerson {
  /** The service's own id of the person, which stays when the name changes. */
  readonly id: string;
  /** Spellings by which sources name the person: full name, e-mail address, employee number. */
  readonly names: readonly string[];
  /** Department or cost centre, in the directory's words; empty where it has none. */
  readonly department: string;
  /** False for people who have left: their past stays. */
  readonly isActive: boolean;
  /** First month in the department, where the directory knows it; otherwise the month in which it was first seen. */
  readonly since?: Month;
  /** Last month in the department, where the directory knows it. */
  readonly until?: Month;
}

/** An application that IT knows, because people sign in to it through the company's directory. */
export interface KnownApplication {
  /** The service's own id. */
  readonly id: string;
  /** As the service shows it: `Figma`, `Salesforce (EU)`. */
  readonly name: string;
  /** Who makes it, where the service says so. */
  readonly publisher: string;
  /** Internet domain, where the service says so. */
  readonly domain: string;
  /** False where it was switched off. */
  readonly isActive: boolean;
}

/** A part of a walk. */
export interface ReferenceBatch<Item> {
  readonly items: readonly Item[];
  readonly rejected?: readonly RejectedRow[];
}

/** What is known after the last page. */
export interface ReferenceEnd {
  /** Things worth a person's look that stopped nothing, in sentences. */
  readonly remarks: readonly string[];
}

type Walk<Item> = AsyncGenerator<ReferenceBatch<Item>, ReferenceEnd>;

/** Gives reference rates. */
export interface RatesConnector<Settings = unknown> extends ServiceDeclaration<Settings> {
  readonly feed: 'rates';
  /** All rates published on or after a day. */
  pull(context: ServiceContext<Settings>, from: IsoDate): Walk<PublishedRate>;
}

/** Gives everybody in the directory as it is now. */
export interface PeopleConnector<Settings = unknown> extends ServiceDeclaration<Settings> {
  readonly feed: 'people';
  pull(context: ServiceContext<Settings>): Walk<DirectoryPerson>;
}

/** Gives all applications as they are now. */
export interface ApplicationsConnector<Settings = unknown> extends ServiceDeclaration<Settings> {
  readonly feed: 'applications';
  pull(context: ServiceContext<Settings>): Walk<KnownApplication>;
}

/** A connector that gives no charges, but what charges are decided or converted by. */
export type ReferenceConnector<Settings = unknown> =
  RatesConnector<Settings> | PeopleConnector<Settings> | ApplicationsConnector<Settings>;

/** Types a connector of reference rates without losing its settings type. */
export function defineRates<Settings>(
  connector: Omit<RatesConnector<Settings>, 'feed' | 'kind'>,
): RatesConnector<Settings> {
  return { ...connector, feed: 'rates', kind: 'reference' };
}

/** Types a connector of a directory of people without losing its settings type. */
export function definePeople<Settings>(
  connector: Omit<PeopleConnector<Settings>, 'feed' | 'kind'>,
): PeopleConnector<Settings> {
  return { ...connector, feed: 'people', kind: 'reference' };
}

/** Types a connector of known applications without losing its settings type. */
export function defineApplications<Settings>(
  connector: Omit<ApplicationsConnector<Settings>, 'feed' | 'kind'>,
): ApplicationsConnector<Settings> {
  return { ...connector, feed: 'applications', kind: 'reference' };
}
