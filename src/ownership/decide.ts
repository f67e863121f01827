import type { Line } from '../core/charge.js';
import type { KnownToIt, OwnerSegment, OwnershipDecision, OwnershipInput, VendorOutcome } from '../core/decision.js';
import type { Month } from '../core/period.js';
import type { OwnershipBook } from './book.js';
import { createLookUps, functionNames, ruleOpinion, tagOpinion } from './evidence.js';
import { createFolder } from './fold.js';
import { noteAndPlace, type LookUp } from './opinions.js';
import { buildSegments, segmentAt, unassignedOpinion, type DatedOpinion } from './timeline.js';

/** Opinions that go together, numbered so that combinations of them can be remembered cheaply. */
interface OpinionList {
  readonly number: number;
  readonly opinions: readonly DatedOpinion[];
}

const EMPTY_LIST: OpinionList = { number: 0, opinions: [] };
const NOT_KNOWN: KnownToIt = { known: false, evidence: '' };
const NOBODY_OWNS = unassignedOpinion('nothing says who owns it');
const NOBODY_PAYS = unassignedOpinion('no cost centre, account, card or person says who pays');

type Remember = (key: string, make: () => readonly DatedOpinion[]) => OpinionList;

/**
 * Makes the function that decides who owns and who pays a line, and whether IT knows of it, as said in design 6:
 * a person's tag, then rules, resource tags, account owner, cost centre, the person's department, the ledger account,
 * a row for the whole source; the first that speaks wins in each month, the others are kept as overruled. Payers come from account, cost centre,
 * person and whole source alone. Lines with the same evidence get the same (identical) decision objects.
 */
export function createOwnershipDecider(book: OwnershipBook): (input: OwnershipInput) => OwnershipDecision {
  const remember = createListMemory();
  const stated = createStated(book, remember);
  const evidence = createRememberedEvidence(book, remember);
  const knows = createKnows(book);
  const owners = createSegmentMemory((lists) => buildSegments(lists, NOBODY_OWNS));
  const payers = createSegmentMemory((lists) => buildSegments(lists, NOBODY_PAYS));
  const decisions = new Map<KnownToIt, Map<string, OwnershipDecision>>();
  return (input) => {
    const { line, vendor } = input;
    const [resourceTags, accounts, costCenters, people, ledgerAccounts, wholeSources] = evidence(line);
    const { tags, rules } = stated(input);
    const known = knows(vendor);
    let byKey = decisions.get(known);
    if (byKey === undefined) {
      byKey = new Map();
      decisions.set(known, byKey);
    }
    const paying = `${accounts.number},${costCenters.number},${people.number},${wholeSources.number}`;
    const owning = `${tags.number},${rules.number},${resourceTags.number},${paying},${ledgerAccounts.number}`;
    const key = `${owning},${vendor.usualFunction}`;
    let decision = byKey.get(key);
    if (decision === undefined) {
      decision = {
        owners: owners(owning, [
          tags,
          rules,
          resourceTags,
          accounts,
          costCenters,
          people,
          ledgerAccounts,
          wholeSources,
        ]),
        payers: payers(paying, [accounts, costCenters, people, wholeSources]),
        knows: known,
        suggestion: vendor.usualFunction,
      };
      byKey.set(key, decision);
    }
    return decision;
  };
}

/** Numbers lists of opinions by a key that tells them apart. */
function createListMemory(): Remember {
  const byKey = new Map<string, OpinionList>();
  let count = 0;
  return (key, make) => {
    let list = byKey.get(key);
    if (list === undefined) {
      const opinions = make();
      list = EMPTY_LIST;
      if (opinions.length > 0) {
        count += 1;
        list = { number: count, opinions };
      }
      byKey.set(key, list);
    }
    return list;
  };
}

function createSegmentMemory(
  build: (opinions: readonly DatedOpinion[]) => readonly OwnerSegment[],
): (key: string, lists: readonly OpinionList[]) => readonly OwnerSegment[] {
  const byKey = new Map<string, readonly OwnerSegment[]>();
  return (key, lists) => {
    let segments = byKey.get(key);
    if (segments === undefined) {
      segments = build(lists.flatMap((list) => list.opinions));
      byKey.set(key, segments);
    }
    return segments;
  };
}

/** What persons said of a line themselves: tags, and the rules that hold for it. */
function createStated(
  book: OwnershipBook,
  remember: Remember,
): (input: OwnershipInput) => { readonly tags: OpinionList; readonly rules: OpinionList } {
  const names = functionNames(book);
  const ruleOpinions = book.ownerRules.rules.map((rule) => ruleOpinion(rule, names));
  const tagsOfLine = (line: Line): OpinionList => {
    const entries = book.decisionsByLine.get(line.id)?.filter((entry) => entry.shares.length > 0);
    if (entries === undefined || entries.length === 0) return EMPTY_LIST;
    return remember(`tag ${line.id}`, () => entries.map((entry) => tagOpinion(entry, names)));
  };
  return (input) => {
    const matched = book.ownerRules.match(input);
    const rules =
      matched.length === 0
        ? EMPTY_LIST
        : remember(`rules ${matched.join(' ')}`, () => matched.flatMap((index) => ruleOpinions[index] ?? []));
    return { tags: tagsOfLine(input.line), rules };
  };
}

type Evidence = readonly [OpinionList, OpinionList, OpinionList, OpinionList, OpinionList, OpinionList];

/** The evidence of a line, looked up once per distinct text of a source. */
function createRememberedEvidence(book: OwnershipBook, remember: Remember): (line: Line) => Evidence {
  const { entries } = book;
  const lookUps = createLookUps(book);
  const none = (): OpinionList => EMPTY_LIST;
  const remembered = (
    count: number,
    name: string,
    textOf: (line: Line) => string,
    lookUp: LookUp,
  ): ((line: Line) => OpinionList) => {
    if (count === 0) return none;
    const bySource = new Map<string, Map<string, OpinionList>>();
    return (line) => {
      let byText = bySource.get(line.source);
      if (byText === undefined) {
        byText = new Map();
        bySource.set(line.source, byText);
      }
      const text = textOf(line);
      let list = byText.get(text);
      if (list === undefined) {
        const opinions = lookUp(line);
        // Equal opinions found by different texts are one list, so that their decisions are one object.
        list = remember(`${name} ${JSON.stringify(opinions)}`, () => opinions);
        byText.set(text, list);
      }
      return list;
    };
  };
  const accountText = (line: Line): string =>
    `${line.account}\u0000${line.accountName}\u0000${line.subAccount}\u0000${line.subAccountName}\u0000${line.project}\u0000${line.card}`;
  const { people, costCenters } = entries;
  const resourceTag = remembered(entries.tags.length, 'tags', (line) => line.tags, lookUps.resourceTags);
  const account = remembered(entries.accounts.length, 'account', accountText, lookUps.accounts);
  const costCenter = remembered(costCenters.length, 'cost centre', (line) => line.costCenter, lookUps.costCenters);
  const person = remembered(people.length, 'person', (line) => line.person, lookUps.people);
  const ledgerAccount = remembered(
    entries.ledgerAccounts.length,
    'ledger',
    (line) => line.ledgerAccount,
    lookUps.ledgerAccounts,
  );
  const wholeSource = remembered(entries.accounts.length, 'source', () => '', lookUps.wholeSources);
  return (line) => [
    resourceTag(line),
    account(line),
    costCenter(line),
    person(line),
    ledgerAccount(line),
    wholeSource(line),
  ];
}

/** Whether a vendor is on IT's list, by name, id or domain. */
function createKnows(book: OwnershipBook): (vendor: VendorOutcome) => KnownToIt {
  const { sanctioned } = book.entries;
  if (sanctioned.length === 0) return () => NOT_KNOWN;
  const fold = createFolder();
  const byVendor = new Map<string, KnownToIt>();
  const byDomain = new Map<string, KnownToIt>();
  const inOrder = [...sanctioned].sort(
    (left, right) => (left.place.line ?? 0) - (right.place.line ?? 0) || (left.vendor < right.vendor ? -1 : 1),
  );
  for (const entry of inOrder) {
    const [index, text, word] =
      entry.vendor === '' ? [byDomain, entry.domain, 'domain'] : [byVendor, entry.vendor, 'vendor'];
    if (index.has(fold(text))) continue;
    index.set(fold(text), { known: true, evidence: `${word} "${text}" is on IT's list${noteAndPlace(entry)}` });
    // A row with both names the vendor twice over: either is enough.
    if (entry.vendor !== '' && entry.domain !== '' && !byDomain.has(fold(entry.domain))) {
      byDomain.set(fold(entry.domain), {
        known: true,
        evidence: `domain "${entry.domain}" is on IT's list${noteAndPlace(entry)}`,
      });
    }
  }
  return (vendor) =>
    byVendor.get(fold(vendor.vendor)) ??
    byVendor.get(fold(vendor.vendorId)) ??
    (vendor.domain === '' ? undefined : byDomain.get(fold(vendor.domain))) ??
    NOT_KNOWN;
}

/** "As if today's organisation": who owns and pays in `month`, applied to all time. */
export function asToday(decision: OwnershipDecision, month: Month): OwnershipDecision {
  if (decision.owners.length === 1 && decision.payers.length === 1) return decision;
  return { ...decision, owners: forAllTime(decision.owners, month), payers: forAllTime(decision.payers, month) };
}

function forAllTime(segments: readonly OwnerSegment[], month: Month): readonly OwnerSegment[] {
  const segment = segmentAt(segments, month);
  if (segments.length === 1 || segment === undefined) return segments;
  return [{ ...segment, from: undefined, to: undefined }];
}
