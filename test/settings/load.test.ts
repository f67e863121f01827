import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

import { afterEach, describe, expect, it } from 'vitest';
import { z } from 'zod';

import { SettingsError } from '../../src/core/errors.js';
import type { BusinessFunction } from '../../src/core/decision.js';
import { loadWorkspace } from '../../src/settings/load.js';
import { appendSource, workspaceTemplate } from '../../src/settings/template.js';
import type { ConnectorDeclaration, Workspace } from '../../src/settings/types.js';

const connectors: readonly ConnectorDeclaration[] = [
  {
    id: 'csv',
    title: 'CSV',
    kind: 'payment',
    feed: 'files',
    settings: z.strictObject({
      files: z.union([z.string(), z.array(z.string())]),
      amount: z.strictObject({ decimal: z.enum(['.', ',']) }).optional(),
      currency: z.string().optional(),
    }),
  },
  { id: 'focus', title: 'FOCUS', kind: 'bill', feed: 'files', settings: z.strictObject({ files: z.string() }) },
];

const builtInFunctions: readonly BusinessFunction[] = [
  { id: 'it', name: 'IT', group: 'it' },
  { id: 'marketing', name: 'Marketing', group: 'business' },
  { id: 'sales', name: 'Sales', group: 'business' },
];

type Files = Readonly<Record<string, string>>;
const folders: string[] = [];

afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true });
});

function makeFolder(files: Files): string {
  const folder = mkdtempSync(join(tmpdir(), 'spendshift-settings-'));
  folders.push(folder);
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  return folder;
}

function load(files: Files): Workspace {
  return loadWorkspace(makeFolder(files), { connectors, builtInFunctions });
}

function messageOf(files: Files): string {
  const folder = makeFolder(files);
  try {
    loadWorkspace(folder, { connectors, builtInFunctions });
  } catch (error) {
    if (error instanceof SettingsError) return error.message.replaceAll(folder, 'FOLDER');
    throw error;
  }
  return 'no mistake';
}

const HEAD = 'company: Acme\ncurrency: EUR\n';
const yaml = (rest: string): Files => ({ 'spendshift.yaml': HEAD + rest });
const owned = (key: string, file: string, text: string): Files => ({
  'spendshift.yaml': `${HEAD}ownership:\n  ${key}: ${file}\n`,
  [file]: text,
});
const costCenters = (rows: string): Files => owned('costCenters', 'cc.csv', rows);
const rules = (text: string): Files => owned('rules', 'rules.yaml', text);

const CASES: readonly [name: string, files: Files, message: string][] = [
  [
    'no spendshift.yaml',
    { 'other.txt': '' },
    'FOLDER is no workspace: it has no spendshift.yaml\n  → Make a workspace there: spendshift init FOLDER',
  ],
  [
    'an empty file',
    { 'spendshift.yaml': '# nothing\n' },
    'spendshift.yaml: the file is empty\n  → Write at least company: and currency:, or take the commented file that spendshift init makes.',
  ],
  [
    'a syntax error',
    yaml('sources: [a\nrates: x\n'),
    'spendshift.yaml:4: not valid YAML: Flow sequence in block collection must be sufficiently indented and end with a ]\n  → Mend the line, or the one before it: a missing quote, colon or indent.',
  ],
  [
    'a tab',
    { 'spendshift.yaml': 'company:\n\tname: x\n' },
    'spendshift.yaml:2: a tab indents this line\n  → YAML is indented by spaces: write two spaces per level.',
  ],
  [
    'missing keys',
    { 'spendshift.yaml': 'sources: {}\n' },
    'spendshift.yaml:1: company: is missing\nspendshift.yaml:1: currency: is missing: write the ISO 4217 code of the reporting currency, for example EUR',
  ],
  [
    'an unknown key',
    yaml('fiscalYearsStart: 4\n'),
    'spendshift.yaml:3: fiscalYearsStart: unknown key "fiscalYearsStart"\n  → Did you mean "fiscalYearStart"? Keys: company, currency, fiscalYearStart, functions, vendors, rates, ledger, confidenceBar, connectors, archive, agent, sources, ownership.',
  ],
  [
    'a wrong type',
    yaml('fiscalYearStart: april\n'),
    'spendshift.yaml:3: fiscalYearStart: expected a month number 1 to 12, found "april"',
  ],
  [
    'a currency that is none',
    { 'spendshift.yaml': 'company: A\ncurrency: EURO\n' },
    'spendshift.yaml:2: currency: expected a currency code of ISO 4217 such as EUR, found "EURO"',
  ],
  [
    'a currency in small letters',
    { 'spendshift.yaml': 'company: A\ncurrency: gbp\n' },
    'spendshift.yaml:2: currency: expected a currency code of ISO 4217 such as EUR, found "gbp"; write GBP',
  ],
  [
    'a confidence in per cent',
    yaml('confidenceBar: 70\n'),
    'spendshift.yaml:3: confidenceBar: expected a number from 0 to 1, found 70',
  ],
  [
    'two sources of one id',
    yaml('sources:\n  pay: { connector: csv, files: a }\n  pay: { connector: csv, files: b }\n'),
    'spendshift.yaml:5: source pay: two sources have the id "pay"; the first stands on line 4\n  → Give one of them another id.',
  ],
  [
    'a key that stands twice',
    yaml('company: B\n'),
    'spendshift.yaml:3: company: the key "company" stands twice; the first stands on line 1\n  → Take one of the two out.',
  ],
  [
    'an unknown connector',
    yaml('sources:\n  pay: { connector: cvs, files: a }\n'),
    'spendshift.yaml:4: source pay: connector: unknown connector "cvs"\n  → Did you mean "csv"? Connectors: csv, focus.',
  ],
  [
    'a source without connector',
    yaml('sources:\n  pay: { files: a }\n'),
    'spendshift.yaml:4: source pay: connector: is missing',
  ],
  [
    'an unknown kind',
    yaml('sources:\n  pay: { connector: csv, kind: cards, files: a }\n'),
    'spendshift.yaml:4: source pay: kind: expected one of bill, payment, expense, plan, found "cards"',
  ],
  [
    'an unknown key of a source',
    yaml('sources:\n  pay:\n    connector: csv\n    file: a\n    files: a\n'),
    'spendshift.yaml:6: source pay: file: unknown key "file"\n  → Did you mean "files"? Keys: files, amount, currency.',
  ],
  [
    'a missing key of a source',
    yaml('sources:\n  pay:\n    connector: focus\n'),
    'spendshift.yaml:4: source pay: files: is missing\n  → Add it to the source; the README of the connector focus says what it is.',
  ],
  [
    'a wrong value inside a source',
    yaml('sources:\n  pay:\n    connector: csv\n    files: a\n    amount:\n      decimal: x\n'),
    'spendshift.yaml:8: source pay: amount.decimal: expected one of ., ,, found "x"',
  ],
  [
    'neither of two shapes',
    yaml('sources:\n  pay: { connector: csv, files: 3 }\n'),
    'spendshift.yaml:4: source pay: files: expected a text or a list, found 3',
  ],
  [
    'an id that cannot be one',
    yaml('sources:\n  my pay: { connector: csv, files: a }\n'),
    'spendshift.yaml:4: source my pay: "my pay" cannot be the id of a source\n  → Use letters, digits, - and _, beginning with a letter or digit, 64 at most.',
  ],
  [
    'a missing ownership file',
    yaml('ownership:\n  people: people.csv\n'),
    'spendshift.yaml:4: ownership.people: there is no file people.csv\n  → Make the file, or take the key people out.',
  ],
  [
    'a missing rates file',
    yaml('rates: rates.csv\n'),
    "spendshift.yaml:3: rates: there is no file rates.csv\n  → Save the European Central Bank's eurofxref-hist.csv there, or take the key rates out.",
  ],
  [
    'a missing ledger folder',
    yaml('ledger: data/l.sqlite\n'),
    'spendshift.yaml:3: ledger: there is no folder for the ledger data/l.sqlite\n  → Make the folder, or name another place.',
  ],
  [
    'functions twice and none of IT',
    {
      ...yaml('functions: f.yaml\n'),
      'f.yaml': 'functions:\n  - { id: a, name: A, group: business }\n  - { id: a, name: B, group: business }\n',
    },
    'f.yaml:1: functions: no function belongs to the group it\n  → Write group: it at the function that runs IT.\nf.yaml:3: functions.a: two functions have the id "a"; the first stands on line 2\n  → Give one of them another id.',
  ],
  [
    'an unknown kind of ownership file, and a mistake in a known one, in the order of lines',
    {
      ...yaml('ownership:\n  budgets: b.csv\n  costCenters: c.csv\ncolour: red\n'),
      'c.csv': 'cost_center,function\nA,nobody\n',
    },
    'spendshift.yaml:4: ownership.budgets: unknown key "budgets"\n  → Keys: costCenters, accounts, tags, people, ledgerAccounts, sanctioned, decisions, rules.\nspendshift.yaml:6: colour: unknown key "colour"\n  → Keys: company, currency, fiscalYearStart, functions, vendors, rates, ledger, confidenceBar, connectors, archive, agent, sources, ownership.\nc.csv:2: function: unknown function "nobody"\n  → Functions: it, marketing, sales.',
  ],
  [
    'a wrong group',
    { ...yaml('functions: f.yaml\n'), 'f.yaml': 'functions:\n  - { id: it, name: IT, group: tech }\n' },
    'f.yaml:2: functions.it.group: expected it or business, found "tech"',
  ],
  [
    'an empty mapping',
    costCenters(''),
    'cc.csv: the file is empty\n  → Begin it with a line of column names: cost_center,match,of,source,function,shares,valid_from,valid_to,note',
  ],
  [
    'an unknown column',
    costCenters('cost_center,fuction,function\nA,it,it\n'),
    'cc.csv:1: fuction: unknown column "fuction"\n  → Did you mean "function"? Columns: cost_center, match, of, source, function, shares, valid_from, valid_to, note.',
  ],
  [
    'a missing column',
    costCenters('cost_centre,function\nA,it\n'),
    'cc.csv:1: cost_centre: unknown column "cost_centre"\n  → Did you mean "cost_center"? Columns: cost_center, match, of, source, function, shares, valid_from, valid_to, note.\ncc.csv:1: cost_center: the column cost_center is missing\n  → Columns: cost_center, match, of, source, function, shares, valid_from, valid_to, note.',
  ],
  [
    'semicolons',
    costCenters('cost_center;function\nA;it\n'),
    'cc.csv:1: the columns are not separated by commas: "cost_center;function"\n  → Write cost_center,match,of,source,function,shares,valid_from,valid_to,note',
  ],
  [
    'a comma without quotes',
    costCenters('cost_center,shares\nA,marketing 70, it 30\n'),
    'cc.csv:2: the row has 3 cells, the header 2 columns\n  → Put a text with a comma in it in double quotes: "marketing 70, it 30".',
  ],
  [
    'an open quote',
    costCenters('cost_center,function\n"A,it\n'),
    'cc.csv:2: a double quote is opened and never closed\n  → Put the whole cell in double quotes and write a quote inside it twice: "a ""b"" c".',
  ],
  [
    'an unknown function',
    costCenters('cost_center,function\nA,Marketing\n'),
    'cc.csv:2: function: unknown function "Marketing"\n  → Did you mean "marketing"? Functions: it, marketing, sales.',
  ],
  [
    'unassigned given',
    costCenters('cost_center,function\nA,unassigned\n'),
    'cc.csv:2: function: "unassigned" cannot be given to anything\n  → Leave it out: unassigned is what nothing decides.',
  ],
  [
    'shares that do not sum',
    costCenters('cost_center,shares\nA,"marketing 70, it 20"\n'),
    'cc.csv:2: shares: the shares sum to 90, not 100\n  → Write functions with percentages that sum to 100, for example: marketing 70, it 30.',
  ],
  [
    'function and shares',
    costCenters('cost_center,function,shares\nA,it,it 100\n'),
    'cc.csv:2: shares: function and shares are both filled in\n  → Leave one of the two empty.',
  ],
  [
    'neither function nor shares',
    costCenters('cost_center,function\nA,\n'),
    'cc.csv:2: function: neither function nor shares is filled in\n  → Write the id of a function, or shares such as: marketing 70, it 30.',
  ],
  [
    'a day inside a month',
    costCenters('cost_center,function,valid_from,valid_to\nA,it,2024-04-15,2025-03-30\n'),
    'cc.csv:2: valid_from: valid_from "2024-04-15" is not the first day of a month\n  → Ownership changes at the turn of a month: write 2024-04 or 2024-04-01.\ncc.csv:2: valid_to: valid_to "2025-03-30" is not the last day of a month\n  → Ownership changes at the turn of a month: write 2025-03 or 2025-03-31.',
  ],
  [
    'a date of another form',
    costCenters('cost_center,function,valid_from\nA,it,01/04/2024\n'),
    'cc.csv:2: valid_from: cannot read valid_from "01/04/2024"\n  → Write the first month it holds, for example 2024-04.',
  ],
  [
    'an end before the beginning',
    costCenters('cost_center,function,valid_from,valid_to\nA,it,2024-04,2024-03\n'),
    'cc.csv:2: valid_to: valid_to 2024-03 is before valid_from 2024-04\n  → Swap the two, or mend one.',
  ],
  [
    'overlapping validity',
    costCenters('cost_center,function,valid_from,valid_to\nA,it,,2024-03\n a ,marketing,2024-03,\n'),
    'cc.csv:3: lines 2 and 3 both speak about cost centre "a", and their months overlap\n  → Take one of the rows out, or end the earlier one with valid_to before the later one begins.',
  ],
  [
    'an alias of nothing',
    costCenters('cost_center,match,of,function\nITD,exact,,it\nOld,alias,IDT,\n'),
    'cc.csv:3: of: alias of an unknown cost centre "IDT"\n  → Did you mean "ITD"? Name a cost centre that has a row with match exact.',
  ],
  [
    'an unknown source',
    costCenters('cost_center,function,source\nA,it,cards\n'),
    'cc.csv:2: source: unknown source "cards"\n  → Sources: none.',
  ],
  [
    'an unknown department',
    owned('people', 'p.csv', 'person,department\nAnna,Marketng\n'),
    'p.csv:2: department: the department "Marketng" is neither a cost centre nor a function\n  → Did you mean "marketing"? Add it to the cost centres, or write the function instead.',
  ],
  [
    'a date in the sanctioned list',
    owned('sanctioned', 's.csv', 'vendor,valid_to\nZoom,2024-03\n'),
    's.csv:1: valid_to: unknown column "valid_to"\n  → Columns: vendor, domain, note.',
  ],
  [
    'no id of a line',
    owned('decisions', 'd.csv', 'line,owner\n17,it\n'),
    'd.csv:2: line: "17" is not the id of a line\n  → Copy the id from spendshift lines: L and 12 letters or digits.',
  ],
  [
    'an unknown spend class',
    owned('decisions', 'd.csv', 'line,spend_class\nL0123456789ab,tech\n'),
    'd.csv:2: spend_class: unknown spend class "tech"\n  → Spend classes: technology, advertising, other, unknown.',
  ],
  [
    'an unknown field',
    rules('rules:\n  - id: a\n    when: { vendr: X }\n    then: { owner: it }\n'),
    'rules.yaml:3: rules.a.when.vendr: unknown field "vendr"\n  → Did you mean "vendor"? Fields: payee, vendor, card, subAccount, project, costCenter, account, person, service, publisher, ledgerAccount, merchantCategory, description, category, spendClass, source, amount, tag.KEY.',
  ],
  [
    'an unknown operator',
    rules('rules:\n  - id: a\n    when: { payee: { startWith: X } }\n    then: { owner: it }\n'),
    'rules.yaml:3: rules.a.when.payee.startWith: unknown operator "startWith"\n  → Did you mean "startsWith"? Operators of a text: equals, in, startsWith, endsWith, pattern, contains, matches, is.',
  ],
  [
    'an unknown effect',
    rules('rules:\n  - id: a\n    when: { payee: X }\n    then: { ownr: it }\n'),
    'rules.yaml:4: rules.a.then.ownr: unknown effect "ownr"\n  → Did you mean "owner"? Effects: vendor, category, spendClass, owner, shares.',
  ],
  [
    'a rule without conditions',
    rules('rules:\n  - id: a\n    then: { owner: it }\n'),
    'rules.yaml:2: rules.a.when: a rule needs at least one condition\n  → Write, for example, when: { vendor: Figma }',
  ],
  [
    'an amount that is none',
    rules('rules:\n  - id: a\n    when: { amount: { between: [100, x] } }\n    then: { owner: it }\n'),
    'rules.yaml:3: rules.a.when.amount.between: cannot read "x" as an amount\n  → For example: amount: { between: [100, 500] }',
  ],
  [
    'a broken regular expression',
    rules("rules:\n  - id: a\n    when: { payee: { matches: '(a' } }\n    then: { owner: it }\n"),
    'rules.yaml:3: rules.a.when.payee.matches: cannot use "(a" with matches: not a regular expression: /(a/iu: Unterminated group\n  → For example: payee: { matches: \'^google ?\\*? ?ads\' }',
  ],
  [
    'a dangerous regular expression',
    rules("rules:\n  - id: a\n    when: { payee: { matches: '(a+)+' } }\n    then: { owner: it }\n"),
    'rules.yaml:3: rules.a.when.payee.matches: cannot use "(a+)+" with matches: a repeated group that repeats inside, as in (a+)+, can run for hours; take one of the two repetitions away\n  → For example: payee: { matches: \'^google ?\\*? ?ads\' }',
  ],
  [
    'two rules of one id',
    rules(
      'rules:\n  - id: a\n    when: { payee: X }\n    then: { owner: it }\n  - id: a\n    when: { payee: Y }\n    then: { owner: it }\n',
    ),
    'rules.yaml:5: a: two rules have the id "a"; the first stands on line 2\n  → Give one of them another id.',
  ],
  [
    'a dated rule without owner',
    rules('rules:\n  - id: a\n    when: { payee: X }\n    then: { vendor: Y }\n    validFrom: 2024-04\n'),
    'rules.yaml:2: rules.a: validFrom and validTo date an owner, and the rule sets none\n  → Take them out: vendor, category and spendClass hold for all months.',
  ],
  [
    'a rule that defeats itself',
    rules('rules:\n  - id: a\n    when: { vendor: X }\n    then: { vendor: Y, owner: it }\n'),
    'rules.yaml:2: rules.a: the rule sets an owner, and the vendor that its own condition reads\n  → Split it: one rule sets the vendor, another sets the owner where the vendor is the new one.',
  ],
];

describe('a workspace with mistakes', () => {
  it.each(CASES)('%s', (_name, files, message) => {
    expect(messageOf(files)).toBe(message);
  });

  it('tells all mistakes of all files at once', () => {
    const message = messageOf({
      'spendshift.yaml': 'company: Acme\ncurrency: eur\nownership: { costCenters: cc.csv, rules: rules.yaml }\n',
      'cc.csv': 'cost_center,function\nA,itt\n',
      'rules.yaml': 'rules:\n  - id: a\n    when: { vendor: X }\n    then: { owner: nobody }\n',
    });
    expect(message).toContain('spendshift.yaml:2: currency');
    expect(message).toContain('cc.csv:2: function');
    expect(message).toContain('rules.yaml:4: rules.a.then.owner');
  });

  it('says when the folder is not there', () => {
    expect(() => loadWorkspace('/nowhere/at-all', { connectors, builtInFunctions })).toThrow(
      'there is no folder /nowhere/at-all\n  → Make a workspace there: spendshift init /nowhere/at-all',
    );
  });
});

describe('a sound workspace', () => {
  it('has its defaults', () => {
    const workspace = load(yaml('sources:\n  pay:\n    connector: csv\n    files: a.csv\n'));
    expect(workspace).toMatchObject({
      fiscalYearStart: 1,
      confidenceBar: 700_000,
      ratesFile: undefined,
      company: 'Acme',
    });
    expect(workspace.ledgerFile).toBe(join(workspace.folder, 'ledger.sqlite'));
    expect(workspace.functions.at(-1)?.id).toBe('unassigned');
    expect(workspace.sources[0]).toMatchObject({
      id: 'pay',
      title: 'pay',
      kind: 'payment',
      settings: { files: 'a.csv' },
    });
  });

  it('fingerprints what a source reads, not its title or the order of keys', () => {
    const source = (text: string): string => load(yaml(`sources:\n  pay: ${text}\n`)).sources[0]?.fingerprint ?? '';
    const first = source('{ connector: csv, files: a.csv, currency: EUR }');
    expect(source('{ currency: EUR, title: Payments, files: a.csv, connector: csv }')).toBe(first);
    expect(source('{ connector: csv, files: b.csv, currency: EUR }')).not.toBe(first);
    expect(source('{ connector: csv, files: a.csv, currency: EUR, kind: bill }')).not.toBe(first);
  });

  it('keeps leading zeros of a YAML list and of rules', () => {
    const workspace = load({
      'spendshift.yaml': `${HEAD}ownership: { costCenters: cc.yaml, rules: rules.yaml }\n`,
      'cc.yaml': '- { cost_center: 0420, function: it }\n',
      'rules.yaml':
        'rules:\n  - id: a\n    when: { ledgerAccount: 0042, amount: { atLeast: 99.50 } }\n    then: { owner: it }\n',
    });
    expect(workspace.ownership.entries.costCenters[0]?.costCenter).toBe('0420');
    const values = workspace.ownership.rules[0]?.conditions.map((condition) => condition.values);
    expect(values).toEqual([['0042'], ['99.50']]);
  });

  it('loads the template as it is, and with a source written into it', () => {
    const files = Object.fromEntries(
      workspaceTemplate({ company: 'Acme: "One"', currency: 'GBP', fiscalYearStart: 4 }).map(({ path, text }) => [
        path,
        text,
      ]),
    );
    const workspace = load(files);
    expect(workspace).toMatchObject({ company: 'Acme: "One"', currency: 'GBP', fiscalYearStart: 4, sources: [] });
    const before = files['spendshift.yaml'] ?? '';
    const once = appendSource(before, 'pay', '# as found in a.csv\nconnector: csv\nfiles: a.csv # one file\n');
    const twice = appendSource(once, 'cloud', 'connector: focus\nfiles: b.csv\n');
    expect(load({ ...files, 'spendshift.yaml': twice }).sources.map((source) => source.id)).toEqual(['pay', 'cloud']);
    for (const comment of before.match(/#.*/g) ?? []) expect(twice).toContain(comment);
    expect(twice).toContain('# one file');
    expect(() => appendSource(twice, 'pay', 'connector: csv\n')).toThrow(
      'source pay: a source of this id is there already',
    );
  });
});
