import { describe, expect, it } from 'vitest';

import { previewProposal } from '../../connectors/csv/propose.js';
import { accepted, propose, required, sampleOf } from '../support/proposal.js';

describe('proposeSource: how days, amounts and currencies are written', () => {
  it('asks when debits are negative, because a pair of columns cannot say so', () => {
    const proposal = propose(
      ['Date', 'Name', 'Money Out', 'Money In'],
      [
        ['2024-01-02', 'SLACK', '-10.00', ''],
        ['2024-01-03', 'ZOOM', '', '4.00'],
      ],
    );
    expect(required(proposal)).toContain('amount.sign');
  });

  it('never takes a column of credits alone for the amount', () => {
    const rows = [
      ['2024-01-02', 'SLACK', 'n/a', '10.00'],
      ['2024-01-03', 'ZOOM', '4.00', '12.00'],
    ];
    const proposal = propose(['Date', 'Name', 'Debit', 'Credit'], rows);
    expect(proposal.settings.columns).toEqual({ date: 'Date', payee: 'Name' });
    expect(required(proposal)).toEqual(['columns.amount', 'currency']);
  });

  it('is not led astray by one wrong year', () => {
    const rows = ['01.01.99', '13.01.24', '14.01.24'].map((text) => [text, 'ACME', '1.00']);
    expect(propose(['Date', 'Vendor', 'Amount'], rows).settings.dates).toEqual(['DD.MM.YY']);
  });

  it('does not choose between day and month without evidence', () => {
    const rows = Array.from({ length: 12 }, (_, index) => [
      `0${(index % 9) + 1}/0${(index % 5) + 1}/2024`,
      'ACME',
      '1.50',
    ]);
    const proposal = propose(['Date', 'Vendor', 'Amount EUR'], rows);
    expect(proposal.settings).not.toHaveProperty('dates');
    expect(proposal.settings).toMatchObject({ currency: 'EUR', columns: { date: 'Date' } });
    expect(proposal.open).toEqual([
      {
        key: 'dates',
        question:
          '12 values of "Date" fit both DD/MM/YYYY and MM/DD/YYYY and none fits only one; write the right one, for example `dates: [DD/MM/YYYY]`',
        required: true,
      },
    ]);
    expect(previewProposal(proposal, sampleOf(['Date', 'Vendor', 'Amount EUR'], rows)).rows[0]).toMatchObject({
      date: '',
      amount: '1.50',
    });
  });

  it('asks about a file that mixes both orders, and lists several formats where they cannot be confused', () => {
    const mixed = propose(
      ['Date', 'Vendor', 'Amount'],
      ['1', '2'].flatMap((digit) => [
        [`1${digit}/05/2024`, 'A', '1.00'],
        [`2${digit}/05/2024`, 'A', '1.00'],
        [`05/2${digit}/2024`, 'B', '2.00'],
      ]),
    );
    expect(mixed.settings).not.toHaveProperty('dates');
    expect(mixed.open[0]?.question).toContain('mixes them');
    const several = propose(
      ['Date', 'Vendor', 'Amount'],
      [
        ['2024-01-31', 'A', '1.00'],
        ['31/01/2024', 'A', '1.00'],
        ['2024-02-01', 'A', '1.00'],
      ],
    );
    expect(several.settings.dates).toEqual(['YYYY-MM-DD', 'DD/MM/YYYY']);
  });

  it.each([
    [['3-Jan-24', '13-Feb-24'], 'D-MMM-YY'],
    [['03 Jan 2024', '13 Feb 2024'], 'DD MMM YYYY'],
    [['3 January 2024', '13 February 2024'], 'D MMMM YYYY'],
    [['Jan 3, 2024', 'Feb 13, 2024'], 'MMM D, YYYY'],
    [['20240103', '20240213'], 'YYYYMMDD'],
    [['3.1.2024', '13.12.2024'], 'D.M.YYYY'],
    [['2024/01/03', '2024/02/13'], 'YYYY/MM/DD'],
    [['2024-01-03T10:11:12Z', '2024-01-13 10:11'], 'YYYY-MM-DD'],
    [['1/3/2024 9:05 PM', '12/31/2024 10:00 AM'], 'M/D/YYYY'],
    [['24-01-03', '24-01-25', '24-12-31'], 'YY-MM-DD'],
  ])('reads days such as %j', (texts, format) => {
    const rows = texts.map((text) => [text, 'ACME', '1.00']);
    const { settings } = propose(['Date', 'Vendor', 'Amount'], rows);
    expect(settings.dates).toEqual([format]);
  });

  it('does not choose between a thousand and a fraction without evidence', () => {
    const rows = [
      ['2024-01-31', 'A', '1,234'],
      ['2024-01-31', 'B', '5,678'],
      ['2024-01-31', 'C', '500'],
    ];
    const proposal = propose(['Date', 'Vendor', 'Amount (KWD)'], rows);
    expect(proposal.settings.amount).toEqual({ sign: 'spend-positive' });
    expect(required(proposal)).toEqual(['amount', 'currency']);
    expect(proposal.open[0]?.question).toContain("amount: { decimal: '.', group: ',' }");
    expect(proposal.open[0]?.question).toContain("amount: { decimal: ',', group: '' }");
    const decided = propose(['Date', 'Vendor', 'Amount'], [...rows, ['2024-01-31', 'D', '0,500']]);
    expect(decided.settings.amount).toEqual({ decimal: ',', group: '', sign: 'spend-positive' });
  });

  it.each([
    [['12,34,567.00', '1,234.50', '99.00'], { decimal: '.', group: ',' }],
    [["1'234.50", '99.00'], { decimal: '.', group: "'" }],
    [['1 234,50', '99,00'], { decimal: ',', group: ' ' }],
    [['100', '2500'], { decimal: '.', group: '' }],
    [['12.50', '2500.00'], { decimal: '.', group: '' }],
    [['12,50-', '2500,00'], { decimal: ',', group: '' }],
  ])('reads numbers such as %j', (texts, format) => {
    const rows = texts.map((text) => ['2024-01-31', 'ACME', text]);
    expect(propose(['Date', 'Vendor', 'Amount'], [...rows, ...rows.slice(-1)]).settings.amount).toMatchObject(format);
  });

  it.each([
    [['£10.00', '£5.00'], 'GBP'],
    [['10.00 €', '5.00 €'], 'EUR'],
    [['USD 10.00', 'USD 5.00'], 'USD'],
    [['10.00CHF', '5.00CHF'], 'CHF'],
  ])('takes the currency from amounts such as %j', (texts, currency) => {
    const proposal = propose(
      ['Date', 'Vendor', 'Amount'],
      texts.map((text) => ['2024-01-31', 'ACME', text]),
    );
    expect(proposal.settings).toMatchObject({ currency });
    expect(accepted(proposal)).toBe(true);
  });

  it('keeps a currency column with its own amount', () => {
    const proposal = propose(
      ['Date', 'Merchant', 'Original Amount', 'Original Currency', 'Billing Amount', 'Billing Currency'],
      [
        ['2024-01-31', 'A', '10.00', 'USD', '8.00', 'GBP'],
        ['2024-01-31', 'B', '11.00', 'EUR', '9.00', 'GBP'],
      ],
    );
    expect(proposal.settings.columns).toMatchObject({ amount: 'Billing Amount', currency: 'Billing Currency' });
    const foreign = propose(['Date', 'Merchant', 'Amount', 'Original Currency'], [['2024-01-31', 'A', '10.00', 'USD']]);
    expect(foreign.settings.columns).not.toHaveProperty('currency');
    expect(required(foreign)).toEqual(['currency']);
  });

  it('asks for the sign where it is even, or where a word tells it', () => {
    const even = propose(
      ['Date', 'Vendor', 'Amount'],
      [
        ['2024-01-31', 'A', '10.00'],
        ['2024-01-31', 'B', '-11.00'],
      ],
    );
    expect(required(even)).toEqual(['amount.sign', 'currency']);
    const words = propose(
      ['Datum', 'Naam', 'Af Bij', 'Bedrag (EUR)'],
      [
        ['20240131', 'A', 'Af', '10,00'],
        ['20240131', 'B', 'Bij', '11,00'],
      ],
    );
    expect(required(words)).toEqual(['amount.sign']);
    expect(words.open[0]?.question).toContain('"Af Bij"');
  });

  it('takes one code that stands in every row of columns that share a header', () => {
    const header = ['Buchung', 'Empfänger', 'Saldo', 'Währung', 'Betrag', 'Währung'];
    const rows = [['31.01.2024', 'Acme', '9,00', 'EUR', '-1,50', 'EUR']];
    expect(propose(header, rows)).toMatchObject({ complete: true, settings: { currency: 'EUR' } });
    const two = [...rows, ['31.01.2024', 'Acme', '9,00', 'EUR', '-1,50', 'USD']];
    expect(required(propose(header, two))).toEqual(['currency']);
  });
});
