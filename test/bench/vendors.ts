import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';

import uFuzzy from '@leeoniya/ufuzzy';
import { parse } from 'csv-parse/sync';
import Fuse from 'fuse.js';
import * as fuzzball from 'fuzzball';
import MiniSearch from 'minisearch';

import { shippedCatalogue } from '../../src/app/compiled-catalogue.js';
import { packageFolder } from '../../src/app/package.js';
import { EMPTY_LINE_TEXTS } from '../../src/core/charge.js';
import { createVendorResolver } from '../../src/vendor/resolve.js';
import { fold } from '../../src/vendor/text.js';
import type { Catalogue } from '../../src/vendor/types.js';
import { median, type Finding } from './measure.js';

const ROUNDS = 7;
/** Texts the libraries are asked about: they would take minutes for all of them. */
const LIBRARY_TEXTS = 150;
const GOAL = 'at least 20 times the fastest, more often right';

/** A payee whose vendor is known. */
interface Known {
  readonly text: string;
  readonly vendor: string;
}

/** Something that names a vendor by a payee text; the empty text where it finds none. */
interface Matcher {
  readonly name: string;
  readonly vendorOf: (text: string) => string;
}

/**
 * Names of vendors found in payee texts: Spendshift and four npm libraries over the same names, on the same texts. The
 * texts are distinct real payees (the councils' where the folder of real data is beside the project), the known ones
 * the descriptors of test/vendor/fixtures.
 */
export function benchVendors(): Promise<Finding[]> {
  const loads = Array.from({ length: ROUNDS }, loadInNewProcess);
  const catalogue = shippedCatalogue().catalogue();
  const known = knownPayees(catalogue);
  const texts = distinctPayees(known);
  const ours = Array.from({ length: ROUNDS }, () => {
    // A new resolver each time: none of the texts is remembered.
    const resolve = createVendorResolver(catalogue);
    return (
      texts.length /
      time(() => {
        texts.forEach((payee) => resolve({ ...EMPTY_LINE_TEXTS, payee }));
      })
    );
  });
  const resolve = createVendorResolver(catalogue);
  const own: Matcher = {
    name: 'Spendshift',
    vendorOf: (payee) => resolve({ ...EMPTY_LINE_TEXTS, payee }).vendorId,
  };
  texts.forEach((payee) => own.vendorOf(payee));
  const repeated =
    texts.length /
    time(() => {
      texts.forEach((payee) => own.vendorOf(payee));
    });
  const rate = median(ours);
  return Promise.resolve([
    {
      what: `catalogue of ${catalogue.vendors.size} vendors and products loaded in a new process, with all indexes`,
      ours: `${median(loads).toFixed(0)} ms`,
      other: '',
      ratio: '',
      goal: 'under 150 ms',
    },
    {
      what: `${texts.length} distinct payees named and classed, one core`,
      ours: perSecond(rate),
      other: `${perSecond(repeated)} when they come again`,
      ratio: '',
      goal: 'over 100,000 a second',
    },
    ...libraries(catalogue).map((library) => compared(own, rate, library, texts, known)),
  ]);
}

function compared(
  own: Matcher,
  ownRate: number,
  library: Matcher,
  texts: readonly string[],
  known: readonly Known[],
): Finding {
  const asked = texts.filter((_, index) => index % Math.ceil(texts.length / LIBRARY_TEXTS) === 0);
  const rate =
    asked.length /
    time(() => {
      asked.forEach((text) => library.vendorOf(text));
    });
  return {
    what: `naming vendors, against ${library.name}; right of ${known.length} descriptors`,
    ours: `${perSecond(ownRate)}; ${rightPercent(own, known)}`,
    other: `${perSecond(rate)}; ${rightPercent(library, known)}`,
    ratio: (ownRate / rate).toFixed(0),
    goal: GOAL,
  };
}

/** The libraries, each over every name of the catalogue, with the settings its page gives for such a search. */
function libraries(catalogue: Catalogue): Matcher[] {
  const names = [...catalogue.names.names()];
  const texts = names.map(({ text }) => text);
  const vendorAt = (at: number): string => {
    const vendor = names[at]?.vendor;
    return (vendor?.productOf ?? vendor)?.id ?? '';
  };
  const mini = new MiniSearch<{ id: number; text: string }>({
    fields: ['text'],
    searchOptions: { fuzzy: 0.15, prefix: true },
  });
  mini.addAll(texts.map((text, id) => ({ id, text })));
  const fuse = new Fuse(texts, { includeScore: true, threshold: 0.3 });
  // Single errors. The enum is there for the compiler alone.
  const micro = new uFuzzy(Object.assign({}, { intraMode: 1 }));
  return [
    {
      name: 'minisearch 7.2',
      vendorOf: (text) => {
        const [best] = mini.search(fold(text));
        return best === undefined ? '' : vendorAt(best.id as number);
      },
    },
    {
      name: 'fuse.js 7.5',
      vendorOf: (text) => {
        const [best] = fuse.search(fold(text), { limit: 1 });
        return best === undefined ? '' : vendorAt(best.refIndex);
      },
    },
    {
      name: 'uFuzzy 1.0',
      vendorOf: (text) => {
        const [indexes, info, order] = micro.search(texts, fold(text), 1);
        // Beyond its threshold it filters without ranking; where nothing is left, `info` has no indexes.
        const best = info?.idx === undefined ? indexes?.[0] : info.idx[order?.[0] ?? 0];
        return best === undefined ? '' : vendorAt(best);
      },
    },
    {
      name: 'fuzzball 2.2',
      vendorOf: (text) => {
        const [best] = fuzzball.extract(fold(text), texts, {
          scorer: fuzzball.token_set_ratio,
          limit: 1,
          cutoff: 70,
          full_process: false,
        });
        return best === undefined ? '' : vendorAt(best[2]);
      },
    },
  ];
}

function knownPayees(catalogue: Catalogue): Known[] {
  const file = join(packageFolder(), 'test/vendor/fixtures/descriptors.csv');
  const rows: { text: string; vendor: string }[] = parse(readFileSync(file), { columns: true });
  return rows.flatMap(({ text, vendor }) => {
    const known = catalogue.names.exact(fold(vendor))?.vendor;
    return known === undefined ? [] : [{ text, vendor: (known.productOf ?? known).id }];
  });
}

/** Distinct payees of two councils, or the descriptors where the councils' books are not there. */
function distinctPayees(known: readonly Known[]): string[] {
  const data = join(packageFolder(), '../shared/data');
  if (!existsSync(data)) return [...new Set(known.map(({ text }) => text))];
  const columns: readonly (readonly [file: string, column: string])[] = [
    ['ap/harrogate_borough_council_spend_2019-04_2022-08.csv.gz', 'Supplier Name'],
    ['cards/birmingham_city_council_purchase_cards_2014-04_2018-01.csv.gz', 'MERCHANT NAME'],
  ];
  const payees = columns.flatMap(([file, column]) => {
    const rows: Record<string, string>[] = parse(gunzipSync(readFileSync(join(data, file))), {
      columns: true,
      bom: true,
      relax_column_count: true,
    });
    return rows.map((row) => row[column] ?? '');
  });
  return [...new Set(payees)];
}

/** Milliseconds that the catalogue takes to load, cold. */
function loadInNewProcess(): number {
  const script = join(import.meta.dirname, 'load-catalogue.js');
  return Number(execFileSync(process.execPath, [script], { encoding: 'utf8' }));
}

/** Seconds that work takes. */
function time(work: () => unknown): number {
  const start = performance.now();
  work();
  return (performance.now() - start) / 1_000;
}

function perSecond(rate: number): string {
  return `${Math.round(rate).toLocaleString('en-GB')}/s`;
}

function rightPercent(matcher: Matcher, known: readonly Known[]): string {
  const right = known.filter(({ text, vendor }) => matcher.vendorOf(text) === vendor).length;
  return `${((100 * right) / known.length).toFixed(0)} % right`;
}
