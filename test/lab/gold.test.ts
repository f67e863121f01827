import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { SourceError } from '../../src/core/errors.js';
import { parseGold } from '../../src/lab/gold.js';

const HEADER = 'id,text,mcc_text,ledger_label,n,amount,technology,vendor,domain,category,typical_function';

describe('parseGold', () => {
  it('reads labels, weights and what is left empty', () => {
    const text = `${HEADER}\n1,ADOBE,,Subs,3,-12.60,tech,Adobe,adobe.com,design-content,any\n2,"A, B",,,,,unclear,,,,\n`;
    expect(parseGold(text, 'gold.csv')).toEqual([
      {
        id: '1',
        text: 'ADOBE',
        merchantCategory: '',
        ledgerLabel: 'Subs',
        count: 3,
        amount: 13,
        spendClass: 'technology',
        vendor: 'Adobe',
        domain: 'adobe.com',
        category: 'design-content',
        usualFunction: '',
      },
      {
        id: '2',
        text: 'A, B',
        merchantCategory: '',
        ledgerLabel: '',
        count: 1,
        amount: 1,
        spendClass: 'unknown',
        vendor: '',
        domain: '',
        category: '',
        usualFunction: '',
      },
    ]);
  });

  it('needs no more than id, text and label', () => {
    expect(parseGold('id,text,technology\n1,ADOBE,no\n', 'gold.csv')[0]?.spendClass).toBe('other');
  });

  it.each([
    ['id,text\n1,ADOBE\n', 'gold.csv: there is no column technology'],
    ['', 'gold.csv: there is no column id, text, technology'],
    ['id,text,technology\n1,ADOBE,perhaps\n', 'gold.csv:2: technology: "perhaps" is no label'],
    ['id,text,technology\n1,ADOBE,tech\n2,"B\nC",no\n3,D,\n', 'gold.csv:5: technology: "" is no label'],
    ['id,text,technology\n1,"ADOBE,tech\n', 'gold.csv: '],
  ])('refuses %j', (text, message) => {
    const parse = (): unknown => parseGold(text, 'gold.csv');
    expect(parse).toThrow(SourceError);
    expect(parse).toThrow(message);
  });

  it('keeps every row, whatever stands in the cells', () => {
    const cell = fc.string({ unit: 'grapheme' }).map((text) => text.replaceAll(/[\r\n]/g, ' '));
    fc.assert(
      fc.property(fc.array(cell, { minLength: 1 }), (texts) => {
        const rows = texts.map((text, at) => `${at},"${text.replaceAll('"', '""')}",tech`);
        expect(parseGold(`id,text,technology\n${rows.join('\n')}\n`, 'gold.csv').map(({ text }) => text)).toEqual(
          texts,
        );
      }),
    );
  });
});
