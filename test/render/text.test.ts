import { describe, expect, it } from 'vitest';

import { renderTable, textWidth } from '../../src/render/table.js';
import { renderText } from '../../src/render/text.js';
import { madeStatement, ORDINARY, type MadeInput } from '../support/made-statement.js';

const LARGE: MadeInput = {
  ...ORDINARY,
  functions: ORDINARY.functions.map((entry) => ({
    ...entry,
    name: `${entry.name} of the whole company and its subsidiaries`,
    baseline: entry.baseline * 150,
  })),
};

describe('renderText', () => {
  it.each([
    [100, ORDINARY],
    [80, ORDINARY],
    [100, LARGE],
    [80, LARGE],
  ])('fits %s columns and leaves no trailing spaces', (columns, made) => {
    const lines = renderText(madeStatement(made), { columns, color: false }).split('\n');
    for (const line of lines) {
      expect(line).toBe(line.trimEnd());
      // A command is kept in one piece, to be copied.
      if (!line.startsWith('  spendshift')) expect(textWidth(line)).toBeLessThanOrEqual(columns);
    }
  });

  it('shows every part', () => {
    const text = renderText(madeStatement(ORDINARY), { columns: 100, color: false });
    expect(text).toContain('£514k moved from IT to other functions');
    expect(text).toMatch(/^IT +4,224,000 +3,736,000 +−488,000 +69.5 +59.7 +−9.8 +58.5–60.9$/m);
    expect(text).toMatch(/^IT +−98,000 +−136,000 +−93,000 +−149,000 +· +· +−12,000 +−488,000$/m);
    expect(text).toMatch(/^ *84,000 +IT +Marketing +same line +Adobe Experience Cloud +L0ab12cd34ef5$/m);
    expect(text).toMatch(/^Shadow +611,000 +645,000/m);
    expect(text).toMatch(/^Advertising \(media space\) +310,000/m);
    expect(text).toMatch(/^cost centre +6,254,000 +100.0 % +190$/m);
    expect(text).toContain('Accounts payable: 3 rows could not be read');
    expect(text).toContain("Accounts payable: the source's own total is 12.00 GBP more than the ledger holds.");
    expect(text).toContain('Purchase cards: no charges in 2023-04..2023-06.');
    expect(text).toContain('Counted: technology by the built-in categories.');
    expect(text).toContain('spendshift explain L0ab12cd34ef5');
  });

  it('writes colours only when asked, and the same words with them', () => {
    const statement = madeStatement(ORDINARY);
    const plain = renderText(statement, { columns: 100, color: false });
    const painted = renderText(statement, { columns: 100, color: true });
    expect(plain).not.toContain('\u001b');
    expect(painted).toContain('\u001b[1m');
    expect(painted.replace(/\u001b\[\d+m/g, '')).toBe(plain);
  });

  it('lets no payee steer the terminal', () => {
    const parts: MadeInput['parts'] = [['line', 'L1', '\u001b]0;owned\u0007A\u202eB', 'it', 'sales', 5]];
    const text = renderText(madeStatement({ ...ORDINARY, parts }), { columns: 100, color: false });
    expect(text).not.toMatch(/[\u001b\u0007\u202e]/);
  });

  it('shows a statement without technology', () => {
    const text = renderText(madeStatement({ functions: [], parts: [], unmatched: [] }), { columns: 100, color: false });
    expect(text).not.toContain('Largest movements');
    expect(text).toContain('Beside it');
  });
});

describe('renderTable', () => {
  it('aligns, cuts and keeps wide letters in their columns', () => {
    const columns = [
      { header: 'Payee', widthMin: 6 },
      { header: 'GBP', align: 'right' as const },
    ];
    const rows = [
      ['株式会社テスト', '1,200'],
      ['A very long payee', '5'],
    ];
    expect(renderTable(columns, rows, { columns: 16, color: false }).split('\n')).toEqual([
      'Payee        GBP',
      '────────────────',
      '株式会社…  1,200',
      'A very l…      5',
    ]);
  });

  it('leaves out an optional column when the table does not fit', () => {
    const columns = [{ header: 'Id' }, { header: 'Remark', optional: true }];
    expect(renderTable(columns, [['L1', 'long remark']], { columns: 8, color: false })).toBe('Id\n──\nL1');
  });
});
