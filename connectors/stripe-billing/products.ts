import { z } from 'zod';

import { ServiceError } from '../../src/connector/problems.js';
import type { ServiceContext } from '../../src/connector/service.js';
import { stripePages } from '../../src/connector/stripe.js';
import { readRows } from '../../src/connector/values.js';
import type { DocumentLine } from './documents.js';
import type { StripeBillingSettings } from './settings.js';

type Context = ServiceContext<StripeBillingSettings>;

const product = z.object({ id: z.string().min(1), name: z.string() });

/** The names of products, asked once in a run and only when a line has one. */
export class Products {
  readonly remarks: string[] = [];
  readonly #context: Context;

  constructor(context: Context) {
    this.#context = context;
  }

  /** Names for the products of these lines. */
  async nameOf(lines: readonly DocumentLine[]): Promise<(id: string) => string> {
    if (lines.every(({ product }) => product === undefined)) return (id) => id;
    const names = await this.#context.once('product names', () => this.#names());
    return (id) => names.get(id) ?? id;
  }

  async #names(): Promise<ReadonlyMap<string, string>> {
    const names = new Map<string, string>();
    try {
      for await (const { rows } of stripePages(this.#context, 'products', (stripe, query) =>
        stripe.products.list(query),
      )) {
        for (const { id, name } of readRows(product, rows, 'products').rows) names.set(id, name);
      }
    } catch (error) {
      if (!(error instanceof ServiceError) || error.kind !== 'permission') throw error;
      this.remarks.push('The key may not read products, so services are named by the ids of their products.');
    }
    return names;
  }
}
