import { formatMicros } from '../core/money.js';
import { counted, prettyJson } from './format.js';
import { renderTable, type TextOptions } from './table.js';

/** What a pull of a live source would do; see `PullPlan`. */
export interface PlanView {
  readonly source: string;
  readonly months: readonly string[];
  /** False for a source that is always read as a whole. */
  readonly monthly: boolean;
  readonly requests:
    readonly { readonly what: string; readonly count: number; readonly priceMicros: bigint }[] | undefined;
  readonly priceMicros: bigint;
  readonly currency: string;
  readonly spentThisMonthMicros: bigint;
  readonly ceilings: { readonly runMicros: bigint | undefined; readonly monthMicros: bigint | undefined };
}

/** The plan of a pull: months, requests, price and ceilings of each live source. */
export function renderPlanText(plans: readonly PlanView[], options: TextOptions): string {
  if (plans.length === 0) return 'None of these sources asks a live service: a pull costs nothing.';
  return plans.map((plan) => planText(plan, options)).join('\n\n');
}

function planText(plan: PlanView, options: TextOptions): string {
  const { source, requests, currency, priceMicros } = plan;
  const head = `${source}: ${monthsText(plan)}`;
  if (requests === undefined) return `${head}; its requests cost nothing.`;
  const table = renderTable(
    [
      { header: 'Requests', align: 'right' },
      { header: `Price (${currency})`, align: 'right' },
      { header: 'For', widthMin: 20 },
    ],
    requests.map(({ what, count, priceMicros: price }) => [String(count), formatMicros(price), what]),
    options,
  );
  const total = `At least ${formatMicros(priceMicros)} ${currency} for this pull; pages after the first are not known before.`;
  return [head, table, total, ...ceilingTexts(plan)].join('\n');
}

function monthsText({ months, monthly }: PlanView): string {
  const [latest] = months;
  if (latest === undefined) return monthly ? 'has no month to read' : 'reads what is new or has changed';
  const earliest = months.at(-1) ?? latest;
  return earliest === latest ? `reads ${latest}` : `reads ${counted(months.length, 'month')}, ${earliest} to ${latest}`;
}

function ceilingTexts({ ceilings, currency, priceMicros, spentThisMonthMicros }: PlanView): string[] {
  const { runMicros, monthMicros } = ceilings;
  const texts: string[] = [];
  if (runMicros !== undefined) {
    const over = priceMicros > runMicros ? ': this pull would stop there' : '';
    texts.push(`Ceiling of a run: ${formatMicros(runMicros)} ${currency}${over}.`);
  }
  if (monthMicros !== undefined) {
    const over = spentThisMonthMicros + priceMicros > monthMicros ? ': this pull would stop there' : '';
    const spent = `${formatMicros(spentThisMonthMicros)} spent so far`;
    texts.push(`Ceiling of a month: ${formatMicros(monthMicros)} ${currency}, ${spent}${over}.`);
  }
  return texts;
}

/** The same as JSON; money as decimal text. */
export function renderPlanJson(plans: readonly PlanView[]): string {
  const money = (micros: bigint | undefined): string | null => (micros === undefined ? null : formatMicros(micros));
  return prettyJson({
    schema: 'spendshift.pull-plan/1',
    sources: plans.map(({ requests, priceMicros, spentThisMonthMicros, ceilings, ...plan }) => ({
      ...plan,
      requests: requests?.map(({ priceMicros: price, ...request }) => ({ ...request, price: money(price) })) ?? [],
      price: money(priceMicros),
      spentThisMonth: money(spentThisMonthMicros),
      ceilings: { run: money(ceilings.runMicros), month: money(ceilings.monthMicros) },
    })),
  });
}
