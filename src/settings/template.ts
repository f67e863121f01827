import { isMap, parseDocument, Scalar, YAMLMap } from 'yaml';

import { SettingsError } from '../core/errors.js';
import { WORKSPACE_FILE } from './load.js';

/** A file of a new workspace; `path` is relative to its folder, with forward slashes. */
export interface TemplateFile {
  readonly path: string;
  readonly text: string;
}

export interface TemplateOptions {
  readonly company: string;
  /** ISO 4217. */
  readonly currency: string;
  /** 1 to 12; default 1. */
  readonly fiscalYearStart?: number;
}

/**
 * The commented files that `spendshift init` writes. The workspace loads as it is, with no source; the ownership files
 * hold their header alone, so that no example ever owns real money.
 */
export function workspaceTemplate(options: TemplateOptions): TemplateFile[] {
  return [
    { path: WORKSPACE_FILE, text: workspaceText(options) },
    { path: 'ownership/cost-centers.csv', text: 'cost_center,match,of,function,shares,valid_from,valid_to,note\n' },
    {
      path: 'ownership/accounts.csv',
      text: 'account,sub_account,project,card,source,function,shares,valid_from,valid_to,note\n',
    },
    { path: 'ownership/tags.csv', text: 'key,value,source,function,shares,valid_from,valid_to,note\n' },
    { path: 'ownership/people.csv', text: 'person,department,function,valid_from,valid_to,note\n' },
    {
      path: 'ownership/ledger-accounts.csv',
      text: 'ledger_account,match,function,shares,valid_from,valid_to,note\n',
    },
    { path: 'ownership/sanctioned.csv', text: 'vendor,domain,note\n' },
    {
      path: 'ownership/decisions.csv',
      text: 'line,owner,shares,valid_from,valid_to,vendor,category,spend_class,by,on,note\n',
    },
    { path: 'ownership/rules.yaml', text: RULES_TEXT },
  ];
}

const RULES_TEXT = `# Rules: all conditions under "when" must hold. The most specific rule wins, whatever the order here.
# Take the # away from one of the examples, or write your own; see what is wrong with: spendshift check
rules: []
#  - id: figma-is-marketing
#    when: { vendor: Figma }
#    then: { owner: marketing }
#    validFrom: 2024-04
#    note: Agreed with the CMO, ticket 812
#  - id: media-agency
#    when: { payee: { startsWith: OMNI MEDIA } }
#    then: { vendor: Omni Media, spendClass: advertising }
`;

function workspaceText({ company, currency, fiscalYearStart = 1 }: TemplateOptions): string {
  return `# A Spendshift workspace. Paths are relative to this folder; unknown keys are errors.
# Secrets are named (env:NAME, file:PATH), never written here. See what is wrong with: spendshift check
company: ${JSON.stringify(company)}
currency: ${currency} # the reporting currency, ISO 4217
fiscalYearStart: ${fiscalYearStart} # the month in which the fiscal year begins, 1 to 12
# functions: functions.yaml # replaces the built-in list of functions
# rates: rates/eurofxref-hist.csv # needed when a charge has another currency: the European Central Bank's file
# ledger: ledger.sqlite
# confidenceBar: 0.7 # decisions under it count as uncertain

# Where the charges come from. To have a source written from a file: spendshift init --from FILE
#
#   payables:
#     connector: csv
#     title: Accounts payable
#     kind: payment # bill, payment, expense or plan
#     files: data/payables-*.csv
#     currency: ${currency}
#     dates: [YYYY-MM-DD] # every format that occurs in the files
#     amount: { decimal: '.', group: ',', sign: spend-positive }
#     columns:
#       date: Payment Date
#       amount: Net Amount
#       payee: Supplier Name
#       costCenter: Cost Centre
#       ledgerAccount: Account
#   cloud:
#     connector: focus
#     title: Cloud bills
#     files: data/focus/*.parquet
sources: {}

# Who owns what. Take out a line for a file you do not need.
ownership:
  costCenters: ownership/cost-centers.csv
  accounts: ownership/accounts.csv
  tags: ownership/tags.csv
  people: ownership/people.csv
  ledgerAccounts: ownership/ledger-accounts.csv
  sanctioned: ownership/sanctioned.csv
  decisions: ownership/decisions.csv
  rules: ownership/rules.yaml
`;
}

/**
 * Writes a source into the text of a spendshift.yaml, comments and all the rest kept. `source` is YAML: the keys of the
 * source (connector, files …) with no indent, comments allowed.
 *
 * @throws SettingsError when either text is no sound YAML map, or a source of that id is there already.
 */
export function appendSource(yamlText: string, id: string, source: string): string {
  const document = parseDocument(yamlText);
  const block = parseDocument(source);
  const problem = document.errors[0] ?? block.errors[0];
  if (problem !== undefined || !isMap(block.contents) || !isMap(document.contents)) {
    const message = problem === undefined ? 'the file is not a map of keys' : `not valid YAML: ${problem.message}`;
    throw new SettingsError({
      place: { file: WORKSPACE_FILE },
      message,
      hint: 'Mend the file first: spendshift check.',
    });
  }
  const present: unknown = document.get('sources');
  const sources = isMap(present) ? present : new YAMLMap<unknown, unknown>();
  if (sources.has(id)) {
    const hint = 'Choose another id, or take that source out first.';
    throw new SettingsError({
      place: { file: WORKSPACE_FILE, source: id },
      message: 'a source of this id is there already',
      hint,
    });
  }
  // The empty map of a new workspace stands as `{}`; a block source cannot stand inside it.
  if (sources.items.length === 0) sources.flow = false;
  block.contents.flow = false;
  // Comments after the last key belong to the document, which stays behind.
  if (block.comment !== null) block.contents.comment = block.comment;
  sources.add({ key: new Scalar(id), value: block.contents });
  if (sources !== present) document.set('sources', sources);
  return document.toString({ lineWidth: 0, flowCollectionPadding: true });
}
