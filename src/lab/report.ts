import { renderTable } from '../render/table.js';
import type { Band, ClassRates, Evaluation, Judged, Rate } from './measure.js';

/** One way of asking: with the payee alone, or with what stands beside it. */
export interface Trial {
  readonly name: string;
  readonly evaluation: Evaluation;
}

const TABLE = { columns: 160, color: false };
const PER_CENT_OF_PER_MILLION = 10_000;

/** An evaluation as text. `errorsMax` rows of each kind of error are listed. */
export function reportText(trials: readonly Trial[], errorsMax: number): string {
  return [
    section(
      'Spend class, by count',
      classTable(trials, ({ classes }) => classes),
    ),
    section(
      'Spend class, by money',
      classTable(trials, ({ classesByMoney }) => classesByMoney),
    ),
    section('Technology among the payees with half of all charges, and among the rest', headTable(trials)),
    section('The rest', ratesTable(trials)),
    section(
      'Spend class: what stated confidence means',
      bandTable(trials, ({ classBands }) => classBands),
    ),
    section(
      'Vendor: what stated confidence means',
      bandTable(trials, ({ vendorBands }) => vendorBands),
    ),
    ...trials.flatMap((trial) => errorSections(trial, errorsMax)),
  ].join('\n\n');
}

function section(title: string, body: string): string {
  return `${title}\n${body}`;
}

function classTable(trials: readonly Trial[], of: (evaluation: Evaluation) => readonly ClassRates[]): string {
  const rows = trials.flatMap(({ name, evaluation }) =>
    of(evaluation).map(({ spendClass, precision, recall }) => [name, spendClass, percent(precision), percent(recall)]),
  );
  return renderTable(
    [{ header: 'Asked with' }, { header: 'Class' }, { header: 'Precision' }, { header: 'Recall' }],
    rows,
    TABLE,
  );
}

function headTable(trials: readonly Trial[]): string {
  const rows = trials.flatMap(({ name, evaluation: { head, tail } }) => [
    [name, 'head', percent(head.precision), percent(head.recall)],
    [name, 'tail', percent(tail.precision), percent(tail.recall)],
  ]);
  return renderTable(
    [{ header: 'Asked with' }, { header: 'Payees' }, { header: 'Precision' }, { header: 'Recall' }],
    rows,
    TABLE,
  );
}

const RATES: readonly (readonly [what: string, of: (evaluation: Evaluation) => Rate])[] = [
  ['given a class, of all rows', ({ coverage }) => coverage],
  ['the same, of all money', ({ coverageByMoney }) => coverageByMoney],
  ['advertising not taken for technology, of what was given a class', ({ advertisingApart }) => advertisingApart],
  ['vendor named, of rows whose vendor is known', ({ vendorNamed }) => vendorNamed],
  ['vendor right, of those', ({ vendorRight }) => vendorRight],
  ['category right, of technology found', ({ categoryRight }) => categoryRight],
  ['category right, of technology found and given one', ({ categoryRightOfNamed }) => categoryRightOfNamed],
  ['usual function right, of technology found', ({ functionRight }) => functionRight],
  ['left open, of what a person could not tell', ({ unclearLeftOpen }) => unclearLeftOpen],
];

function ratesTable(trials: readonly Trial[]): string {
  return renderTable(
    [{ header: 'What' }, ...trials.map(({ name }) => ({ header: name }))],
    RATES.map(([what, of]) => [what, ...trials.map(({ evaluation }) => percent(of(evaluation)))]),
    TABLE,
  );
}

function bandTable(trials: readonly Trial[], of: (evaluation: Evaluation) => readonly Band[]): string {
  const rows = trials.flatMap(({ name, evaluation }) =>
    of(evaluation).map((band) => [
      name,
      `${band.from / PER_CENT_OF_PER_MILLION}–${Math.min(100, Math.floor(band.to / PER_CENT_OF_PER_MILLION))} %`,
      `${tenths(band.meanConfidence)} %`,
      percent(band.right),
    ]),
  );
  return renderTable(
    [{ header: 'Asked with' }, { header: 'Stated' }, { header: 'Mean stated', align: 'right' }, { header: 'Right' }],
    rows,
    TABLE,
  );
}

function errorSections({ name, evaluation }: Trial, errorsMax: number): string[] {
  const lists: readonly (readonly [string, readonly Judged[], (row: Judged) => string])[] = [
    ['class', evaluation.classErrors, ({ gold, said }) => `is ${gold.spendClass}, said ${said.spendClass}`],
    ['vendor', evaluation.vendorErrors, ({ gold, said }) => `is ${gold.vendor}, said ${said.vendor} (${said.method})`],
    ['category', evaluation.categoryErrors, ({ gold, said }) => `is ${gold.category}, said ${said.category || 'none'}`],
  ];
  return lists
    .filter(([, rows]) => rows.length > 0 && errorsMax > 0)
    .map(([kind, rows, words]) => {
      const shown = rows.slice(0, errorsMax).map((row) => `  ${row.gold.id} "${row.gold.text}": ${words(row)}`);
      const more = rows.length > errorsMax ? [`  … and ${rows.length - errorsMax} more`] : [];
      return section(`Wrong ${kind}, asked with ${name}`, [...shown, ...more].join('\n'));
    });
}

/** `97.1 % (119 of 123)`; a dash where there is nothing to divide. */
function percent({ part, whole }: Rate): string {
  return whole === 0 ? '–' : `${tenths(part / whole)} % (${part} of ${whole})`;
}

function tenths(share: number): string {
  const thousandths = Math.round(share * 1_000);
  return `${Math.floor(thousandths / 10)}.${thousandths % 10}`;
}
