import type { FunctionGroup } from '../core/decision.js';
import { absoluteMicros, type Micros } from '../core/money.js';
import { LEVELS, type FunctionRow, type Statement } from '../statement/types.js';
import {
  cleanText,
  joinWords,
  percent,
  percentFigure,
  perMillionOf,
  periodWords,
  pointsFigure,
  shortAmount,
  shortMoney,
} from './format.js';
import { movementBetween, roundedParts, type Movement } from './movement.js';
import { functionName, isUnassigned, LEVEL_WORDS, rowsOf } from './words.js';

/** How many functions a sentence names before it counts the rest. */
const NAMED_MAX = 2;

/** The share of a movement, per million, from which a sentence names the function it went to. */
const NAMED_SHARE_MIN = 100_000;

function groupRow(statement: Statement, group: FunctionGroup): FunctionRow | undefined {
  return statement.groups.find((row) => row.group === group);
}

/** The functions of a group in a sentence: the only one by its name, several by what they are. */
function groupPhrase(statement: Statement, group: FunctionGroup): string {
  if (group === 'unassigned') return 'no known owner';
  if (group === 'business') return 'other functions';
  const [first, ...others] = rowsOf(statement, 'it');
  if (first === undefined) return 'IT';
  return others.length === 0 ? functionName(statement, first.id) : 'the IT functions';
}

/** One end of a movement: its function where there is one alone, its group otherwise. */
function endName(statement: Statement, movement: Movement, end: 'from' | 'to'): string {
  const ids = new Set(movement.flows.map((flow) => flow[end]));
  const [only] = ids;
  const group = end === 'from' ? movement.from : movement.to;
  if (only !== undefined && ids.size === 1 && group !== 'unassigned') return functionName(statement, only);
  return groupPhrase(statement, group);
}

/** `, £300k of it to Marketing and £60k to Sales`: the functions outside IT with a tenth of the movement or more. */
function largestEnds(statement: Statement, movement: Movement): string {
  const end = movement.from === 'it' ? 'to' : 'from';
  const sums = new Map<string, Micros>();
  for (const flow of movement.flows) sums.set(flow[end], (sums.get(flow[end]) ?? 0n) + flow.amount);
  if (sums.size < 2) return '';
  const named = [...sums]
    .filter(([, amount]) => (perMillionOf(amount, movement.amount) ?? 0) >= NAMED_SHARE_MIN)
    .sort(([, left], [, right]) => (left < right ? 1 : left > right ? -1 : 0))
    .slice(0, NAMED_MAX)
    .map(
      ([id, amount], index) =>
        `${shortMoney(amount, statement.currency)} ${index === 0 ? 'of it ' : ''}${end} ${functionName(statement, id)}`,
    );
  return named.length === 0 ? '' : `, ${joinWords(named)}`;
}

/** `120k same line, 95k same vendor, 60k same need, 137k reallocated`. */
function evidenceWords(movement: Movement): string {
  const parts = roundedParts(movement.byLevel);
  return LEVELS.filter((level) => parts[level] > 0n)
    .map((level) => `${shortAmount(parts[level])} ${LEVEL_WORDS[level]}`)
    .join(', ');
}

/** The first sentence: what moved between IT and the other functions, the larger direction first. */
function movementSentence(statement: Statement): string {
  const out = movementBetween(statement, 'it', 'business');
  const back = movementBetween(statement, 'business', 'it');
  const [main, counter] = back.amount > out.amount ? [back, out] : [out, back];
  if (main.amount === 0n) return 'No technology money moved between IT and the other functions.';
  const names = `from ${endName(statement, main, 'from')} to ${endName(statement, main, 'to')}`;
  const amount = shortMoney(main.amount, statement.currency);
  const first = `${amount} moved ${names}${largestEnds(statement, main)}: ${evidenceWords(main)}`;
  const verb = main === out ? 'came back' : 'went the other way';
  return counter.amount === 0n ? `${first}.` : `${first}; ${shortMoney(counter.amount, statement.currency)} ${verb}.`;
}

/** `IT`, or `The IT functions (IT and Security)`. */
function itSubject(statement: Statement): string {
  const names = rowsOf(statement, 'it').map(({ id }) => functionName(statement, id));
  return names.length < 2 ? groupPhrase(statement, 'it') : `The IT functions (${joinWords(names)})`;
}

/** What IT owns of the whole, then and now, with the bounds of what is not known. */
function shareSentence(statement: Statement): string[] {
  const row = groupRow(statement, 'it');
  const { view, technology } = statement;
  if (row === undefined)
    return [`No technology spend is ${view === 'owner' ? 'owned' : 'paid'} by IT in either period.`];
  const verb = `${itSubject(statement)} ${view === 'owner' ? 'owned' : 'paid for'}`;
  const { share, low, high } = row.shareCurrent;
  const bounds =
    percentFigure(low) === percentFigure(high)
      ? ''
      : `; between ${percentFigure(low)} and ${percent(high)} given what is not known`;
  if (technology.baseline <= 0n)
    return [`${verb} ${percent(share)} of technology spend${bounds}; there was none before.`];
  const before = row.shareBaseline.share;
  const change = `${pointsFigure(before, share)} points`;
  return [`${verb} ${percent(share)} of technology spend, before ${percent(before)} (${change}${bounds}).`];
}

/** How the whole grew or fell, and by what. */
function growthSentence(statement: Statement): string {
  const { technology, currency, newMoney, cut } = statement;
  const total = `to ${shortMoney(technology.current, currency)}`;
  if (technology.change === 0n) return `Technology spend stayed at ${shortMoney(technology.current, currency)}.`;
  const verb = technology.change > 0n ? 'rose' : 'fell';
  const relative = perMillionOf(absoluteMicros(technology.change), technology.baseline);
  const reasons: string[] = [];
  if (newMoney !== 0n) reasons.push(`${shortMoney(newMoney, currency)} new money`);
  if (cut !== 0n) reasons.push(`${shortMoney(cut, currency)} cut`);
  const effect = technology.currencyEffect;
  if (effect !== 0n) reasons.push(`${shortMoney(effect, currency, 'both')} from exchange rates`);
  const change = shortMoney(absoluteMicros(technology.change), currency);
  const ratio = relative === undefined ? '' : ` (${percent(relative)})`;
  const why = reasons.length === 0 ? '' : `: ${joinWords(reasons)}`;
  return `Technology spend ${verb} by ${change}${ratio} ${total}${why}.`;
}

/** Which function gained most and which lost most; money without an owner is not a function that gains. */
function extremesSentence(statement: Statement): string[] {
  const rows = statement.functions.filter((row) => !isUnassigned(row));
  const sorted = [...rows].sort((left, right) =>
    left.change < right.change ? 1 : left.change > right.change ? -1 : 0,
  );
  const words = (row: FunctionRow): string =>
    `${cleanText(row.name)} (${shortMoney(row.change, statement.currency, 'both')} to ${shortMoney(row.current, statement.currency)})`;
  const gains = sorted.filter((row) => row.change > 0n).slice(0, NAMED_MAX);
  const losses = sorted
    .filter((row) => row.change < 0n)
    .slice(-NAMED_MAX)
    .reverse();
  const sentences: string[] = [];
  if (gains.length > 0) sentences.push(`${joinWords(gains.map(words))} gained most`);
  if (losses.length > 0) sentences.push(`${joinWords(losses.map(words))} lost most`);
  return sentences.length === 0 ? [] : [`${sentences.join('; ')}.`];
}

/** How much of the current money rests on no or weak knowledge. */
function uncertainSentence(statement: Statement): string[] {
  const { uncertain, currency, technology } = statement;
  if (uncertain.current <= 0n && uncertain.baseline <= 0n) return [];
  const share = perMillionOf(uncertain.current, technology.current);
  const ratio = share === undefined ? '' : `, ${percent(share)} of technology spend,`;
  const amount = shortMoney(uncertain.current, currency);
  return [
    `${amount}${ratio} is not settled: no known owner, unknown kind, or a weak decision (before: ${shortMoney(uncertain.baseline, currency)}).`,
  ];
}

/**
 * The statement in words, most important first: what moved between IT and the other functions, signed and split by
 * strength of evidence; what IT's share was and is, with bounds; how the whole changed; who gained and lost most; how
 * much is not settled. No direction is assumed.
 *
 * @example headline(statement)[0] // '£412k moved from IT to Marketing: 120k same line, 292k reallocated; £38k came back.'
 */
export function headline(statement: Statement): string[] {
  const { technology, currency, baseline, current } = statement;
  if (technology.baseline === 0n && technology.current === 0n && technology.lineCount === 0) {
    const unknown = statement.beside.find(({ spendClass }) => spendClass === 'unknown');
    const periods = `${periodWords(baseline)} or ${periodWords(current)}`;
    const sentences = [`No technology spend was found in ${periods}.`];
    if (unknown !== undefined && unknown.lineCount > 0)
      sentences.push(`${shortMoney(unknown.current, currency)} of spend is of a kind that is not known yet.`);
    return sentences;
  }
  return [
    movementSentence(statement),
    ...shareSentence(statement),
    growthSentence(statement),
    ...extremesSentence(statement),
    ...uncertainSentence(statement),
  ];
}
