import { SPEND_CLASSES, type SpendClass } from '../core/charge.js';
import { hintAmong } from '../core/closest.js';
import { parseIsoDate } from '../core/date.js';
import type { DecisionEntry, TableRow } from './entries.js';
import {
  cell,
  neededCell,
  placeOfRow,
  readOwnerCells,
  readValidityCells,
  reportRow,
  type TableReader,
} from './mapping-row.js';

/** A line id as `lineId` of core/ids makes it. */
const LINE_ID = /^L[0-9a-hjkmnp-tv-z]{12}$/;

/** Reads a row of the decisions: a person's tag on one line. */
export function readDecisions(reader: TableReader, row: TableRow): DecisionEntry {
  const line = neededCell(reader, row, 'line');
  if (line !== '' && !LINE_ID.test(line)) {
    reportRow(
      reader,
      row,
      'line',
      `"${line}" is not the id of a line`,
      'Copy the id from spendshift lines: L and 12 letters or digits.',
    );
  }
  const shares = readOwnerCells(reader, row, 'owner');
  const validity = readValidityCells(reader, row);
  const effect = readEffect(reader, row);
  const speaksOfOwner = cell(row, 'owner') !== '' || cell(row, 'shares') !== '';
  if (!speaksOfOwner && (validity.from !== undefined || validity.to !== undefined)) {
    const column = validity.from === undefined ? 'valid_to' : 'valid_from';
    reportRow(
      reader,
      row,
      column,
      `${column} dates an owner, and the row names none`,
      'Leave it empty: vendor, category and spend class hold for all months.',
    );
  }
  if (!speaksOfOwner && cell(row, 'vendor') + cell(row, 'category') + cell(row, 'spend_class') === '') {
    reportRow(
      reader,
      row,
      'owner',
      'the row decides nothing',
      'Fill in owner, shares, vendor, category or spend_class, or take the row out.',
    );
  }
  const on = cell(row, 'on');
  if (on !== '' && parseIsoDate(on) === undefined) {
    reportRow(reader, row, 'on', `cannot read the day "${on}"`, 'Write the day of the decision as YYYY-MM-DD.');
  }
  return {
    line,
    shares,
    ...validity,
    effect,
    by: cell(row, 'by'),
    on,
    note: cell(row, 'note'),
    place: placeOfRow(row),
  };
}

function readEffect(reader: TableReader, row: TableRow): DecisionEntry['effect'] {
  const effect: { vendor?: string; category?: string; spendClass?: SpendClass } = {};
  const vendor = cell(row, 'vendor');
  if (vendor !== '') effect.vendor = vendor;
  const category = cell(row, 'category');
  const known = reader.names.categories;
  if (category !== '' && known !== undefined && !known.has(category)) {
    reportRow(
      reader,
      row,
      'category',
      `unknown category "${category}"`,
      hintAmong(category, [...known].sort(), 'Categories'),
    );
  } else if (category !== '') effect.category = category;
  const text = cell(row, 'spend_class');
  const spendClass = SPEND_CLASSES.find((word) => word === text);
  if (spendClass !== undefined) effect.spendClass = spendClass;
  else if (text !== '') {
    reportRow(
      reader,
      row,
      'spend_class',
      `unknown spend class "${text}"`,
      hintAmong(text, SPEND_CLASSES, 'Spend classes'),
    );
  }
  return effect;
}
