import type { DirectoryPerson } from '../../src/connector/reference.js';
import type { ServiceContext } from '../../src/connector/service.js';
import type { RejectedRow } from '../../src/core/batch.js';
import type { DirectorySettings } from './settings.js';

export type DirectoryContext = ServiceContext<DirectorySettings>;

/** A part of a directory, usually one page. */
export interface PeoplePage {
  readonly people: readonly DirectoryPerson[];
  readonly rejected: readonly RejectedRow[];
}

/** How one kind of directory is read. */
export interface DirectoryReader {
  /** Id of the permission that it needs. */
  readonly permission: string;
  /** Everybody, page by page; at the end remarks. */
  read(context: DirectoryContext): AsyncGenerator<PeoplePage, readonly string[]>;
  /** Some people, by the smallest request that needs the permission. */
  sample(context: DirectoryContext): Promise<PeoplePage>;
}
