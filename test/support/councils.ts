import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';

import { COST_CENTER_HEADER, COUNCILS_FUNCTIONS, councilsCostCenterRows } from './councils-ownership.js';

/** Files of the folder of real data, by the source that reads them. */
export const COUNCILS_FILES = {
  harrogate: 'ap/harrogate_borough_council_spend_2019-04_2022-08.csv.gz',
  birmingham: 'cards/birmingham_city_council_purchase_cards_2014-04_2018-01.csv.gz',
  cloud: 'focus/focus_1.0_sample_1000rows_finops_foundation.csv.gz',
} as const;

/** Which sources a workspace of the councils has. */
export type CouncilsSource = keyof typeof COUNCILS_FILES;

const SOURCES: Readonly<Record<CouncilsSource, string>> = {
  harrogate: `  harrogate:
    connector: csv
    title: Accounts payable of Harrogate
    kind: payment
    files: data/harrogate.csv.gz
    currency: GBP
    dates: [YYYY-MM-DD]
    amount: { decimal: '.', sign: spend-positive }
    columns:
      date: Payment Date
      amount: Net Amount
      payee: Supplier Name
      reference: Transaction No.
      costCenter: Service Code
      ledgerAccount: Expenditure Code
`,
  birmingham: `  birmingham:
    connector: csv
    title: Purchase cards of Birmingham
    kind: payment
    files: data/birmingham.csv.gz
    currency: GBP
    dates: [DD/MM/YY]
    amount: { decimal: '.', group: ',', sign: spend-positive }
    columns:
      date: TRANS DATE
      amount: BILLING GROSS AMT
      payee: MERCHANT NAME
      card: CARD NUMBER
      costCenter: Directorate
      ledgerAccount: TRANS CAC DESC 1
`,
  cloud: `  cloud:
    connector: focus
    title: Cloud sample
    files: data/cloud.csv.gz
    tags: [business_unit]
`,
};

/** Every source of the councils. */
export const COUNCILS_SOURCES: readonly CouncilsSource[] = ['harrogate', 'birmingham', 'cloud'];

/**
 * Writes a workspace over the real data, which is linked, not copied: Harrogate's accounts payable, Birmingham's cards and
 * the FOCUS sample, with every unit mapped to a function. The exchange rates are made up.
 */
export async function writeCouncilsWorkspace(
  folder: string,
  shared: string,
  sources: readonly CouncilsSource[] = COUNCILS_SOURCES,
): Promise<void> {
  const files: Readonly<Record<string, string>> = {
    'spendshift.yaml': councilsSettings(sources),
    'functions.yaml': COUNCILS_FUNCTIONS,
    'ownership/cost-centers.csv': [COST_CENTER_HEADER, ...councilsCostCenterRows(sources), ''].join('\n'),
    'ownership/tags.csv': 'key,value,function\nbusiness_unit,ViennaAI,marketing\n',
    'rates/rates.csv': RATES,
  };
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), text);
  }
  await mkdir(join(folder, 'data'));
  for (const source of sources) {
    await symlink(join(shared, COUNCILS_FILES[source]), join(folder, `data/${source}.csv.gz`));
  }
}

/** The spendshift.yaml of the councils' workspace with some of its sources. */
export function councilsSettings(sources: readonly CouncilsSource[]): string {
  return `company: Two councils
currency: GBP
fiscalYearStart: 4
functions: functions.yaml
rates: rates/rates.csv

sources:
${sources.map((source) => SOURCES[source]).join('')}
ownership:
  costCenters: ownership/cost-centers.csv
  tags: ownership/tags.csv
`;
}

const RATES = `Date,USD,GBP,
2024-09-30,1.1200,0.8350,
2024-09-25,1.1150,0.8360,
2024-09-18,1.1120,0.8420,
2024-09-11,1.1010,0.8440,
2024-09-04,1.1050,0.8430,
2024-08-30,1.1090,0.8410,
`;
