import { formatAmount } from '../core/money.js';
import { formatPeriod, periodLength } from '../core/period.js';
import { compareTexts } from './order.js';
import type { ClassTotal, StatementInput } from './types.js';

/**
 * What was counted, in sentences. Printed on the page because published figures for technology spend outside IT run from
 * 7 % to 85 %: they count different things and seldom say which. `otherCurrencies` are those that were converted.
 */
export function definitionOf(
  input: StatementInput,
  beside: readonly ClassTotal[],
  otherCurrencies: ReadonlySet<string>,
): string[] {
  return [
    ...whatSentences(input),
    ...besideSentences(input, beside),
    ...functionSentences(input),
    ...moneySentences(input, otherCurrencies),
    rejectedSentence(input),
    'Published figures for technology spend outside IT run from 7 % to 85 % because they count different things; ' +
      'compare this statement only with one that counts the same.',
  ].filter((sentence) => sentence !== '');
}

function whatSentences(input: StatementInput): string[] {
  const months = periodLength(input.baseline);
  const counted = months === 1 ? 'one month' : `${months} months`;
  const basis =
    input.basis === 'cash'
      ? 'Cash basis: money counts in the month in which it was billed or paid.'
      : 'Accrual basis: money counts in the months of the service it pays for.';
  const view =
    input.view === 'owner'
      ? 'Money is counted to the function that owns it, that is, answers for it.'
      : 'Money is counted to the function that pays: whose cost centre, card or account it is.';
  return [
    `Technology spend of ${formatPeriod(input.current)} against ${formatPeriod(input.baseline)}, ${counted} each.`,
    basis,
    view,
    input.asToday
      ? "Today's organisation is applied to all months."
      : 'Every month is counted to the functions that held it in that month.',
    ...(input.sources.some((source) => source.kind === 'plan')
      ? ['Sources of kind plan are budgets, no spend: they are in no figure.']
      : []),
    'Technology is what a tag, a rule, the vendor, the service bought, the merchant category or the ledger account says ' +
      'is technology: software, cloud, hardware, telecommunications and the services around them.',
  ];
}

function besideSentences(input: StatementInput, beside: readonly ClassTotal[]): string[] {
  const totalOf = (spendClass: ClassTotal['spendClass']): string => {
    const total = beside.find((row) => row.spendClass === spendClass)?.current ?? 0n;
    return `${input.currency} ${formatAmount(total)} now`;
  };
  const bar = `${input.confidenceBar / 10_000} %`;
  return [
    `Advertising (media space) is beside technology, never inside: ${totalOf('advertising')}.`,
    `Other spend is not counted: ${totalOf('other')}.`,
    `Spend whose class is unknown is not counted as technology (${totalOf('unknown')}), but the bounds of the shares allow for it.`,
    `The bounds give a function none or all of the money that is uncertain: of unknown class, unassigned, or decided with a confidence under ${bar}.`,
  ];
}

function functionSentences(input: StatementInput): string[] {
  const names = (group: string): string =>
    input.functions
      .filter((entry) => entry.group === group)
      .sort((left, right) => compareTexts(left.id, right.id))
      .map(({ name }) => name)
      .join(', ');
  const it = names('it');
  const business = names('business');
  return [
    it === '' ? 'No function is counted as IT.' : `Counted as IT: ${it}.`,
    business === '' ? 'No function is counted as business.' : `Counted as business: ${business}.`,
    'Money whose function is not known is shown as unassigned and given to nobody by default.',
  ];
}

function moneySentences(input: StatementInput, currencies: ReadonlySet<string>): string[] {
  if (currencies.size === 0) return [`All amounts are in ${input.currency}, in which all charges were made.`];
  const others = [...currencies].sort(compareTexts).join(', ');
  return [
    `All amounts are in ${input.currency}; charges in ${others} are converted at the rate of their day.`,
    "Movements are measured at constant currency, both periods at the baseline's mean rates; what exchange rates did is the currency effect, shown by itself.",
  ];
}

function rejectedSentence(input: StatementInput): string {
  let rejectedCount = 0;
  for (const source of input.sources) if (source.kind !== 'plan') rejectedCount += source.rejectedCount;
  if (rejectedCount === 0) return '';
  const rows = rejectedCount === 1 ? 'one could not be read and is' : `${rejectedCount} could not be read and are`;
  return `Of all rows ever pulled of the sources of spend, whatever their month, ${rows} in no figure; the sources list them.`;
}
