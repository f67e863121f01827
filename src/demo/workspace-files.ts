import { SETTLEMENT } from './cards.js';
import { FUNCTIONS } from './organisation.js';
import { SKIPPED_SUPPLIERS } from './payables-ordinary.js';
import type { DemoFile } from './types.js';

/** Name of the demo company. It is invented. */
export const DEMO_COMPANY = 'Larkfield Instruments';

/** Settings, functions and the page that explains the workspace. */
export function workspaceFiles(): DemoFile[] {
  const functions = FUNCTIONS.map(([id, name, group]) => `  - { id: ${id}, name: ${name}, group: ${group} }\n`).join(
    '',
  );
  return [
    { path: 'spendshift.yaml', content: SETTINGS },
    { path: 'functions.yaml', content: `functions:\n${functions}` },
    { path: 'README.md', content: README },
  ];
}

const skippedSuppliers = SKIPPED_SUPPLIERS.map(
  ([supplier]) => `      - { column: Supplier, startsWith: ${supplier} }\n`,
).join('');

const SETTINGS = `# The workspace of an invented company; README.md says what is in it.
company: ${DEMO_COMPANY}
currency: GBP
fiscalYearStart: 4
functions: functions.yaml
rates: rates/eurofxref-hist.csv

sources:
  cloud:
    connector: focus
    title: Cloud bill
    kind: bill
    files: data/cloud/focus-*.csv
    tags: [team, cost_center]

  cards:
    connector: csv
    title: Company cards
    kind: payment
    files: data/cards/cards-*.csv
    dates: [DD/MM/YYYY]
    amount: { decimal: '.', group: ',', sign: spend-positive }
    columns:
      date: [Transaction Date, Trans. Date] # the bank renamed three headers in October 2024
      amount: [Amount, Billing Amount]
      currency: Currency
      payee: Merchant Name
      merchantCategory: MCC
      person: Cardholder
      card: Card Number
      costCenter: [Cost Centre, Cost Center]
    skip: # pays the charges of the month; no spend of its own
      - { column: Merchant Name, startsWith: ${SETTLEMENT} }

  payables:
    connector: csv
    title: Accounts payable, United Kingdom
    kind: payment
    files: data/payables/payables-*.csv
    dates: [YYYY-MM-DD]
    amount: { decimal: '.', group: ',', sign: spend-positive }
    columns:
      date: Invoice Date
      amount: Net Amount
      currency: Currency
      payee: Supplier
      reference: Invoice Number
      description: Description
      costCenter: Cost Centre
      ledgerAccount: Ledger Account
    lineDescription: true # a reseller's product stands only there
    key: [Document]
    skip: # itemised by the cloud bill and the card export
${skippedSuppliers}
  payables-de:
    connector: csv
    title: Accounts payable, Germany
    kind: payment
    files: data/payables-de/kreditoren-*.csv
    encoding: windows-1252
    delimiter: ';'
    currency: EUR
    dates: [DD.MM.YYYY]
    amount: { decimal: ',', group: '.', sign: spend-positive }
    columns:
      date: Belegdatum
      amount: Betrag
      payee: Kreditor
      reference: Rechnungsnummer
      description: Buchungstext
      costCenter: Kostenstelle
      ledgerAccount: Sachkonto
    lineDescription: true
    rejectedShareMax: 0.05 # quarterly files of some sixty rows

ownership:
  costCenters: ownership/cost-centers.csv
  accounts: ownership/accounts.csv
  tags: ownership/tags.csv
  people: ownership/people.csv
  ledgerAccounts: ownership/ledger-accounts.csv
  sanctioned: ownership/sanctioned.csv
  rules: ownership/rules.yaml
`;

const README = `# ${DEMO_COMPANY}

An invented company of 800 people that makes measuring instruments in Yorkshire, with a subsidiary in Germany. Its files
are what such a company has; every name of a person, every amount and every exchange rate is made up. The vendors are
real products at plausible prices, which say nothing about what anybody pays.

| what | where |
| --- | --- |
| cloud bill, FOCUS 1.2, US dollars, six linked accounts | data/cloud/ |
| company cards, pounds, dollars and euros | data/cards/ |
| accounts payable, United Kingdom | data/payables/ |
| accounts payable, Germany: semicolons, decimal commas, Windows-1252 | data/payables-de/ |
| who owns what, with dates, and rules | ownership/ |
| exchange rates in the ECB's layout; invented, not the ECB's | rates/ |

There are 24 months, April 2024 to March 2026: two fiscal years. Things happened between them. IT handed its analytics
platform to marketing, a reorganisation moved the cost centre Digital, marketing and support began to buy what IT had
bought, tools were replaced by others, IT took over the hosting of the website, business functions bought AI tools that
IT does not know, and Workday was renewed early. Some rows cannot be read, and some spend has no owner.

## Try

\`\`\`sh
spendshift check
spendshift pull
spendshift statement --fiscal-year 2026
spendshift sources --rejected
spendshift statement --fiscal-year 2026 --as-today
spendshift lines --unassigned
spendshift lines --shadow
\`\`\`

Then change something: give the account 310000000106 an owner in ownership/accounts.csv, or take the rules about
Amplitude out of ownership/rules.yaml, and print the statement again.
`;
