import type { Mistake } from '../core/errors.js';
import { foldText } from './fold.js';
import {
  ACCOUNT_KEYS,
  type AccountEntry,
  type BookEntries,
  type CostCenterEntry,
  type LedgerAccountEntry,
  type MappingKind,
  type MappingTable,
  type OwnershipNames,
  type PersonEntry,
  type SanctionedEntry,
  type TableRow,
  type TagEntry,
} from './entries.js';
import {
  cell,
  checkColumns,
  neededCell,
  neededOwner,
  placeOfRow,
  readChoice,
  readOwnerCells,
  readSource,
  readValidityCells,
  reportRow,
  type TableReader,
} from './mapping-row.js';
import { readDecisions } from './mapping-decisions.js';
import { reportOverlaps, reportUnknownDepartments, reportWrongAliases } from './mapping-checks.js';

const OWNER_COLUMNS = ['function', 'shares', 'valid_from', 'valid_to', 'note'];

/** The account columns as files name them. */
const ACCOUNT_COLUMNS = {
  card: 'card',
  subAccount: 'sub_account',
  project: 'project',
  account: 'account',
  source: 'source',
};

/** The columns of each ownership file, in the order of its template. */
export const MAPPING_COLUMNS: Readonly<Record<MappingKind, readonly string[]>> = {
  costCenters: ['cost_center', 'match', 'of', 'source', ...OWNER_COLUMNS],
  accounts: ['account', 'sub_account', 'project', 'card', 'source', ...OWNER_COLUMNS],
  tags: ['key', 'value', 'source', ...OWNER_COLUMNS],
  people: ['person', 'department', ...OWNER_COLUMNS],
  ledgerAccounts: ['ledger_account', 'match', ...OWNER_COLUMNS],
  sanctioned: ['vendor', 'domain', 'note'],
  decisions: [
    'line',
    'owner',
    'shares',
    'valid_from',
    'valid_to',
    'vendor',
    'category',
    'spend_class',
    'by',
    'on',
    'note',
  ],
};

/** Columns without which a file says nothing; of a group, one is enough. */
const NEEDED_COLUMNS: Readonly<Record<MappingKind, readonly (readonly string[])[]>> = {
  costCenters: [['cost_center'], ['function', 'shares']],
  accounts: [Object.values(ACCOUNT_COLUMNS), ['function', 'shares']],
  tags: [['key'], ['value'], ['function', 'shares']],
  people: [['person'], ['department', 'function', 'shares']],
  ledgerAccounts: [['ledger_account'], ['function', 'shares']],
  sanctioned: [['vendor', 'domain']],
  decisions: [['line']],
};

/** The entries that could be read, and every mistake in the rest. Entries are only to be used when there is none. */
export interface MappingsReading {
  readonly entries: BookEntries;
  readonly mistakes: readonly Mistake[];
  /** Files with rows whose function is `?`: nobody has decided yet, and the row says nothing. */
  readonly undecided: readonly { readonly file: string; readonly rowCount: number }[];
}

/** Stands in the column `function` of a row that nobody has decided yet. */
export const NOT_DECIDED = '?';

/**
 * Reads the ownership files (docs/workspace.md, Ownership files) as typed entries. Never throws: collects every mistake
 * with file, line and column. What needs the other rows is checked last: overlapping validity of two rows for the same
 * thing, aliases and departments that name nothing.
 */
export function parseMappings(
  tables: Partial<Readonly<Record<MappingKind, MappingTable>>>,
  names: OwnershipNames,
): MappingsReading {
  const mistakes: Mistake[] = [];
  const undecided: { file: string; rowCount: number }[] = [];
  const read = <Entry>(kind: MappingKind, readRow: (reader: TableReader, row: TableRow) => Entry): Entry[] => {
    const table = tables[kind];
    if (table === undefined) return [];
    const reader = { table, names, mistakes };
    if (!checkColumns(reader, MAPPING_COLUMNS[kind], NEEDED_COLUMNS[kind])) return [];
    const decided = table.rows.filter((row) => cell(row, 'function') !== NOT_DECIDED);
    if (decided.length < table.rows.length) {
      undecided.push({ file: table.file, rowCount: table.rows.length - decided.length });
    }
    return decided.map((row) => readRow(reader, row));
  };
  const entries: BookEntries = {
    costCenters: read('costCenters', readCostCenter),
    accounts: read('accounts', readAccount),
    tags: read('tags', readTag),
    people: read('people', readPerson),
    ledgerAccounts: read('ledgerAccounts', readLedgerAccount),
    sanctioned: read('sanctioned', readSanctioned),
    decisions: read('decisions', readDecisions),
  };
  reportOverlaps(entries, mistakes);
  reportWrongAliases(entries.costCenters, mistakes);
  reportUnknownDepartments(entries, names.functions, mistakes);
  return { entries, mistakes, undecided };
}

function readCostCenter(reader: TableReader, row: TableRow): CostCenterEntry {
  const match = readChoice(reader, row, 'match', ['exact', 'alias', 'pattern']);
  const costCenter = neededCell(reader, row, 'cost_center');
  const of = cell(row, 'of');
  if (match === 'alias') {
    if (of === '')
      reportRow(
        reader,
        row,
        'of',
        'an alias needs the cost centre it is another name of',
        'Write that cost centre in the column of.',
      );
    if (cell(row, 'function') !== '' || cell(row, 'shares') !== '') {
      reportRow(
        reader,
        row,
        'function',
        'an alias takes the function of the cost centre in the column of',
        'Leave function and shares empty.',
      );
    }
  } else if (of !== '') {
    reportRow(
      reader,
      row,
      'of',
      'only an alias names another cost centre',
      'Write alias in the column match, or leave of empty.',
    );
  }
  if (match === 'pattern') checkPattern(reader, row, 'cost_center', costCenter);
  const shares = match === 'alias' ? [] : neededOwner(reader, row);
  return {
    ...common(reader, row),
    costCenter,
    match,
    of: match === 'alias' ? of : '',
    source: readSource(reader, row),
    shares,
  };
}

function readAccount(reader: TableReader, row: TableRow): AccountEntry {
  const texts = Object.fromEntries(ACCOUNT_KEYS.map((key) => [key, cell(row, ACCOUNT_COLUMNS[key])] as const));
  if (Object.values(texts).every((text) => text === '')) {
    reportRow(
      reader,
      row,
      'account',
      'the row names no account, sub-account, project, card or source',
      'Fill in at least one of them.',
    );
  }
  readSource(reader, row);
  const { card = '', subAccount = '', project = '', account = '', source = '' } = texts;
  return { ...common(reader, row), card, subAccount, project, account, source, shares: neededOwner(reader, row) };
}

function readTag(reader: TableReader, row: TableRow): TagEntry {
  return {
    ...common(reader, row),
    key: neededCell(reader, row, 'key'),
    value: neededCell(reader, row, 'value'),
    source: readSource(reader, row),
    shares: neededOwner(reader, row),
  };
}

function readPerson(reader: TableReader, row: TableRow): PersonEntry {
  const department = cell(row, 'department');
  const shares = readOwnerCells(reader, row, 'function');
  const named = cell(row, 'function') !== '' || cell(row, 'shares') !== '';
  if (department === '' && !named) {
    reportRow(
      reader,
      row,
      'department',
      'neither department nor function is filled in',
      'Fill in one of them, or take the row out.',
    );
  }
  // A function written beside the department is the more exact of the two: it decides.
  return {
    ...common(reader, row),
    person: neededCell(reader, row, 'person'),
    department: named ? '' : department,
    shares,
  };
}

function readLedgerAccount(reader: TableReader, row: TableRow): LedgerAccountEntry {
  const match = readChoice(reader, row, 'match', ['exact', 'pattern']);
  const ledgerAccount = neededCell(reader, row, 'ledger_account');
  if (match === 'pattern') checkPattern(reader, row, 'ledger_account', ledgerAccount);
  return { ...common(reader, row), ledgerAccount, match, shares: neededOwner(reader, row) };
}

function readSanctioned(reader: TableReader, row: TableRow): SanctionedEntry {
  const vendor = cell(row, 'vendor');
  const domain = cell(row, 'domain');
  if (vendor === '' && domain === '') {
    reportRow(
      reader,
      row,
      'vendor',
      'neither vendor nor domain is filled in',
      'Fill in one of them, or take the row out.',
    );
  }
  return { vendor, domain, note: cell(row, 'note'), place: placeOfRow(row) };
}

function common(reader: TableReader, row: TableRow): Pick<CostCenterEntry, 'from' | 'to' | 'note' | 'place'> {
  return { ...readValidityCells(reader, row), note: cell(row, 'note'), place: placeOfRow(row) };
}

function checkPattern(reader: TableReader, row: TableRow, column: string, pattern: string): void {
  if (pattern === '' || /[^*]/.test(foldText(pattern))) return;
  reportRow(
    reader,
    row,
    column,
    `the pattern "${pattern}" matches everything`,
    'Add letters or digits beside the stars.',
  );
}
