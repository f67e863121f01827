import { LINE_TEXT_KEYS, type LineTexts } from '../core/charge.js';
import { dateOfDayNumber } from '../core/date.js';
import type { OwnerSegment } from '../core/decision.js';
import { formatMicros } from '../core/money.js';
import { addMonths } from '../core/period.js';
import type { ExplainedCharge, Explanation } from '../statement/explanation.js';
import { cleanText, columnAmount, counted, prettyJson } from './format.js';
import { sharesText } from './lines.js';
import { renderTable, wrapText, type TextOptions } from './table.js';
import { OWNER_METHOD_WORDS, VENDOR_METHOD_WORDS } from './words.js';

const TEXT_NAMES: Readonly<Record<keyof LineTexts, string>> = {
  payee: 'payee',
  publisher: 'publisher',
  service: 'service',
  serviceCategory: 'service category',
  account: 'account',
  accountName: 'account name',
  subAccount: 'sub-account',
  subAccountName: 'sub-account name',
  card: 'card',
  costCenter: 'cost centre',
  project: 'project',
  person: 'person',
  ledgerAccount: 'ledger account',
  merchantCategory: 'merchant category',
  description: 'description',
  tags: 'tags',
};

const percentOf = (perMillion: number): string => `${perMillion / 10_000} %`;

/** Everything known of a line, from decision to source row, as text. */
export function renderExplanationText(explanation: Explanation, options: TextOptions): string {
  const { line } = explanation;
  return [
    `Line ${line.id} of source ${line.source} (${line.sourceKind})`,
    section('What the source says', lineTexts(explanation)),
    section('Who is paid', vendorTexts(explanation)),
    section('Who owns it', ownerTexts(explanation, explanation.ownership.owners)),
    section('Who pays', ownerTexts(explanation, explanation.ownership.payers)),
    section('Does IT know of it', [
      explanation.ownership.knows.known
        ? `yes: ${explanation.ownership.knows.evidence}`
        : 'no: it is on no sanctioned list',
    ]),
    `\nBy month\n${monthsTable(explanation, options)}`,
    section(`Charges (${counted(explanation.charges.length, 'latest', 'latest')} of ${explanation.chargeCount})`, [
      ...explanation.charges.flatMap(chargeTexts),
    ]),
  ]
    .map((part) => wrapLong(part, options.columns))
    .join('\n');
}

function section(title: string, lines: readonly string[]): string {
  return [`\n${title}`, ...lines.map((line) => `  ${line}`)].join('\n');
}

function wrapLong(text: string, columns: number): string {
  return text
    .split('\n')
    .map((line) => {
      const indent = /^ */.exec(line)?.[0] ?? '';
      return line.length <= columns || line.includes('  ', indent.length)
        ? line
        : wrapText(line.trim(), columns, indent);
    })
    .join('\n');
}

function lineTexts({ line }: Explanation): string[] {
  return LINE_TEXT_KEYS.filter((key) => line[key] !== '' && line[key] !== '{}').map(
    (key) => `${TEXT_NAMES[key]}: ${cleanText(line[key])}`,
  );
}

function vendorTexts(explanation: Explanation): string[] {
  const { vendor, resolved, categoryName, functionNames } = explanation;
  const domain = vendor.domain === '' ? '' : `, ${vendor.domain}`;
  return [
    `${vendor.vendor} (${vendor.vendorId}${domain}), by ${VENDOR_METHOD_WORDS[vendor.method]}, confidence ${percentOf(vendor.vendorConfidence)}`,
    `spend class ${vendor.spendClass}, by ${VENDOR_METHOD_WORDS[vendor.classMethod]}, confidence ${percentOf(vendor.classConfidence)}`,
    ...(categoryName === '' ? [] : [`category ${categoryName}`]),
    ...(vendor.usualFunction === ''
      ? []
      : [`usually owned by ${functionNames.get(vendor.usualFunction) ?? vendor.usualFunction}`]),
    ...vendor.evidence().map((sentence) => `because ${cleanText(sentence)}`),
    ...(resolved === undefined
      ? []
      : [
          `without tags and rules it would be ${resolved.vendor}, ${resolved.spendClass}, by ${VENDOR_METHOD_WORDS[resolved.method]}`,
        ]),
  ];
}

function ownerTexts({ functionNames, ownership }: Explanation, segments: readonly OwnerSegment[]): string[] {
  return segments.flatMap((segment) => [
    `${validity(segment)}${sharesText(segment.shares, functionNames)}, by ${OWNER_METHOD_WORDS[segment.method]}, confidence ${percentOf(segment.confidence)}`,
    ...(segment.evidence === '' ? [] : [`  because ${cleanText(segment.evidence)}`]),
    ...segment.overruled.map(
      (opinion) => `  over ${sharesText(opinion.shares, functionNames)}: ${cleanText(opinion.evidence)}`,
    ),
    ...(segment.method === 'unassigned' && ownership.suggestion !== ''
      ? [`  such a thing is usually owned by ${functionNames.get(ownership.suggestion) ?? ownership.suggestion}`]
      : []),
  ]);
}

function validity(segment: OwnerSegment): string {
  const last = segment.to === undefined ? undefined : addMonths(segment.to, -1);
  if (segment.from === undefined) return last === undefined ? '' : `to ${last}: `;
  return last === undefined ? `from ${segment.from}: ` : `${segment.from} to ${last}: `;
}

function monthsTable(explanation: Explanation, options: TextOptions): string {
  return renderTable(
    [
      { header: '  Month' },
      { header: 'Cash', align: 'right' },
      { header: 'Accrual', align: 'right' },
      { header: 'Currency' },
      { header: 'Charges', align: 'right' },
    ],
    explanation.months.map((month) => [
      `  ${month.month}`,
      columnAmount(month.cashMicros, 2),
      columnAmount(month.accrualMicros, 2),
      month.currency,
      String(month.chargeCount),
    ]),
    options,
  );
}

function chargeTexts(charge: ExplainedCharge): string[] {
  const accrual = charge.accrualMicros === charge.cashMicros ? '' : ` (accrual ${formatMicros(charge.accrualMicros)})`;
  return [
    `${dateOfDayNumber(charge.day)}  ${formatMicros(charge.cashMicros)} ${charge.currency}${accrual}  ${placeText(charge)}`,
    ...charge.sourceRows.map(
      (row) =>
        `    ${row.row}: ${row.cells
          .filter(([, text]) => text !== '')
          .map(([column, text]) => `${cleanText(column)}=${cleanText(text)}`)
          .join(' | ')}`,
    ),
    ...(charge.remark === '' ? [] : [`    ${charge.remark}`]),
  ];
}

/** Where a charge stands in its source: a row of a file, or what a person can look up at a live service. */
function placeText({ file, row, rowCount, reference }: ExplainedCharge): string {
  if (reference !== '') return `${file}, ${cleanText(reference)}`;
  if (row === 0) return file;
  return `${file}, ${rowCount === 1 ? `row ${row}` : `${rowCount} rows from row ${row}`}`;
}

/** The explanation as JSON under the schema id `spendshift.explanation/1`; money as decimal strings. */
export function renderExplanationJson(explanation: Explanation): string {
  const { line, vendor, resolved, ownership, categoryName, chargeCount } = explanation;
  const money = ({ cashMicros, accrualMicros }: { cashMicros: bigint; accrualMicros: bigint }): object => ({
    cash: formatMicros(cashMicros),
    accrual: formatMicros(accrualMicros),
  });
  const segments = (list: readonly OwnerSegment[]): object[] =>
    list.map(({ from, to, ...segment }) => ({ from: from ?? null, to: to ?? null, ...segment }));
  const value = {
    schema: 'spendshift.explanation/1',
    line,
    vendor: { ...vendor, evidence: vendor.evidence() },
    categoryName,
    resolved: resolved ?? null,
    ownership: { ...ownership, owners: segments(ownership.owners), payers: segments(ownership.payers) },
    months: explanation.months.map(({ month, currency, chargeCount: charges, ...amounts }) => ({
      month,
      currency,
      ...money(amounts),
      chargeCount: charges,
    })),
    chargeCount,
    charges: explanation.charges.map(({ day, cashMicros, accrualMicros, ...charge }) => ({
      date: dateOfDayNumber(day),
      ...money({ cashMicros, accrualMicros }),
      ...charge,
    })),
  };
  return prettyJson(value);
}
