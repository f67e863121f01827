import { describe, expect, it } from 'vitest';

import { previewProposal, proposeSource } from '../../connectors/csv/propose.js';
import { accepted, propose, required, sampleOf } from '../support/proposal.js';

describe('proposeSource', () => {
  it('understands the accounts payable of a UK council, and asks for the currency', () => {
    const proposal = propose(
      [
        'Body Name',
        'Service Area',
        'Expense Type',
        'Payment Date',
        'Invoice Date',
        'Supplier Name',
        'Supplier ID',
        'Transaction Number',
        'Net Amount',
        'Gross Amount',
      ],
      [
        ['Council', 'IT', 'Software', '17/04/2023', '01/04/2023', 'ACME LTD', '17', '5001', '1,250.00', '1,500.00'],
        ['Council', 'Legal', 'Fees', '05/05/2023', '28/04/2023', 'SMITH & CO', '18', '5002', '-80.50', '-96.60'],
        ['Council', 'IT', 'Hardware', '06/05/2023', '02/05/2023', 'BOLT', '19', '5003', '99.99', '119.99'],
        ['Council', 'IT', 'Hardware', '06/05/2023', '02/05/2023', 'BOLT', '19', '5003', '99.99', '119.99'],
      ],
    );
    expect(proposal.settings).toEqual({
      connector: 'csv',
      title: 'File',
      kind: 'payment',
      files: 'file.csv',
      dates: ['DD/MM/YYYY'],
      amount: { decimal: '.', group: ',', sign: 'spend-positive' },
      columns: {
        date: 'Payment Date',
        amount: 'Net Amount',
        payee: 'Supplier Name',
        costCenter: 'Service Area',
        ledgerAccount: 'Expense Type',
        reference: 'Transaction Number',
      },
    });
    expect(required(proposal)).toEqual(['currency']);
    expect(proposal.complete).toBe(false);
    expect(proposal.understood).toContain('amount: "Net Amount"; preferred to "Gross Amount"');
    expect(proposal.understood).toContain('date: "Payment Date"; preferred to "Invoice Date"');
    expect(proposal.understood).toContain('not used, because the same in every row: "Body Name"');
  });

  it('understands a German bank file with decimal comma', () => {
    const proposal = propose(
      [
        'Auftragskonto',
        'Buchungstag',
        'Valutadatum',
        'Buchungstext',
        'Verwendungszweck',
        'Beguenstigter/Zahlungspflichtiger',
        'Betrag',
        'Waehrung',
      ],
      [
        ['DE12', '03.01.24', '03.01.24', 'LASTSCHRIFT', 'Rechnung 1', 'Müller GmbH', '-1.234,50', 'EUR'],
        ['DE12', '17.01.24', '17.01.24', 'LASTSCHRIFT', 'Rechnung 2', 'Hetzner Online', '-12,00', 'EUR'],
        ['DE12', '18.01.24', '18.01.24', 'GUTSCHRIFT', 'Erstattung', 'Amazon', '5,00', 'EUR'],
        ['DE12', '19.01.24', '19.01.24', 'LASTSCHRIFT', 'Rechnung 3', 'Adobe', '-61,99', 'EUR'],
      ],
      { delimiter: ';', encoding: 'windows-1252' },
    );
    expect(proposal.settings).toMatchObject({
      encoding: 'windows-1252',
      delimiter: ';',
      dates: ['DD.MM.YY'],
      amount: { decimal: ',', group: '.', sign: 'spend-negative' },
      columns: {
        date: 'Buchungstag',
        amount: 'Betrag',
        currency: 'Waehrung',
        payee: 'Beguenstigter/Zahlungspflichtiger',
        description: 'Verwendungszweck',
      },
    });
    expect(proposal.complete).toBe(true);
    expect(accepted(proposal)).toBe(true);
  });

  it('understands a US card export with parentheses, and does not guess which dollar', () => {
    const proposal = propose(
      ['Transaction Date', 'Post Date', 'Description', 'Category', 'MCC', 'Amount'],
      [
        ['01/14/2024', '01/15/2024', 'FIGMA INC', 'Software', '5734', '$144.00'],
        ['01/20/2024', '01/21/2024', 'GOOGLE *ADS', 'Advertising', '7311', '$1,500.00'],
        ['02/02/2024', '02/03/2024', 'FIGMA INC', 'Software', '5734', '($12.00)'],
        ['02/03/2024', '02/04/2024', 'ZOOM.US', 'Software', '4814', '$15.99'],
      ],
    );
    expect(proposal.settings).toMatchObject({
      dates: ['MM/DD/YYYY'],
      amount: { decimal: '.', group: ',', sign: 'spend-positive' },
      columns: {
        date: 'Transaction Date',
        amount: 'Amount',
        payee: 'Description',
        merchantCategory: 'MCC',
        ledgerAccount: 'Category',
      },
    });
    expect(proposal.settings.columns).not.toHaveProperty('description');
    expect(required(proposal)).toEqual(['currency']);
    expect(proposal.open[0]?.question).toContain('USD, CAD, AUD');
  });

  it('takes a pair of debit and credit columns', () => {
    const proposal = propose(
      ['Date', 'Details', 'Debit (GBP)', 'Credit (GBP)', 'Balance'],
      [
        ['2024-01-02', 'SLACK', '10.00', '', '90.00'],
        ['2024-01-03', 'SLACK REFUND', '', '4.00', '94.00'],
        ['2024-01-04', 'ZOOM', '1,013.00', '', '81.00'],
      ],
    );
    expect(proposal.settings).toMatchObject({
      currency: 'GBP',
      amount: { decimal: '.', group: ',', sign: 'spend-positive' },
      columns: { debit: 'Debit (GBP)', credit: 'Credit (GBP)', payee: 'Details' },
    });
    expect(accepted(proposal)).toBe(true);
    const { rows } = previewProposal(
      proposal,
      sampleOf(
        ['Date', 'Details', 'Debit (GBP)', 'Credit (GBP)', 'Balance'],
        [['2024-01-03', 'SLACK REFUND', '', '4.00', '94.00']],
      ),
    );
    expect(rows).toEqual([
      { line: 2, date: '2024-01-03', amount: '-4.00', currency: 'GBP', payee: 'SLACK REFUND', others: {} },
    ]);
  });

  it('leaves totals and repeated headers out, and never a supplier called Total', () => {
    const proposal = propose(
      ['Date', 'Vendor', 'Amount'],
      [
        ['2024-01-30', 'Total Energies', '10.00'],
        ['2024-01-31', 'Acme', '11.00'],
        ['Date', 'Vendor', 'Amount'],
        ['2024-02-01', 'Acme', '12.00'],
        ['', 'Total', '33.00'],
      ],
    );
    expect(proposal.settings.skip).toEqual([
      { column: 'Date', equals: 'Date' },
      { column: 'Vendor', equals: 'Total' },
    ]);
    const same = propose(
      ['Date', 'Vendor', 'Amount'],
      [
        ['2024-01-30', 'Total', '10.00'],
        ['2024-01-31', 'Acme', '11.00'],
        ['', 'Total', '21.00'],
      ],
    );
    expect(same.settings).not.toHaveProperty('skip');
    expect(same.open.map(({ key }) => key)).toContain('rejectedShareMax');
    const summed = propose(
      ['Date', 'Vendor', 'Amount'],
      [
        ['2024-01-30', 'A', '1.00'],
        ['2024-01-31', 'A', '1.00'],
        ['Total: 2 rows', '', '1.00'],
      ],
    );
    expect(summed.settings.skip).toEqual([{ column: 'Date', startsWith: 'Total:' }]);
  });

  it.each([
    [
      ['Date de paiement', 'Fournisseur', 'Montant HT', 'Devise', 'Centre de coûts', 'N° facture'],
      ['Date de paiement', 'Montant HT', 'Devise', 'Fournisseur', 'Centre de coûts', 'N° facture'],
    ],
    [
      ['Fecha de pago', 'Proveedor', 'Importe', 'Moneda', 'Centro de coste', 'Factura'],
      ['Fecha de pago', 'Importe', 'Moneda', 'Proveedor', 'Centro de coste', 'Factura'],
    ],
    [
      ['Boekdatum', 'Leverancier', 'Bedrag', 'Munt', 'Kostenplaats', 'Factuurnummer'],
      ['Boekdatum', 'Bedrag', 'Munt', 'Leverancier', 'Kostenplaats', 'Factuurnummer'],
    ],
    [
      ['Data pagamento', 'Fornitore', 'Importo', 'Divisa', 'Centro di costo', 'Numero fattura'],
      ['Data pagamento', 'Importo', 'Divisa', 'Fornitore', 'Centro di costo', 'Numero fattura'],
    ],
    [
      ['Rechnungsdatum', 'Lieferant', 'Nettobetrag', 'Währung', 'Kostenstelle', 'Beleg-Nr.'],
      ['Rechnungsdatum', 'Nettobetrag', 'Währung', 'Lieferant', 'Kostenstelle', 'Beleg-Nr.'],
    ],
  ])('knows headers such as %j', (header, [date, amount, currency, payee, costCenter, reference]) => {
    const proposal = propose(header, [
      ['31.01.2024', 'Acme', '1,50', 'EUR', 'IT', 'R-1'],
      ['30.01.2024', 'Bolt', '2,50', 'EUR', 'HR', 'R-2'],
    ]);
    expect(proposal.settings.columns).toEqual({ date, amount, currency, payee, costCenter, reference });
    expect(proposal.complete).toBe(true);
    expect(accepted(proposal)).toBe(true);
  });

  it('finds date and amount by their values where no header names them', () => {
    const proposal = propose(
      ['A', 'B', 'Vendor'],
      [
        ['2024-01-31', '12.50', 'Acme'],
        ['2024-01-30', '3.99', 'Bolt'],
      ],
    );
    expect(proposal.settings.columns).toEqual({ date: 'A', amount: 'B', payee: 'Vendor' });
  });

  it('does not put whole card numbers into a ledger', () => {
    const header = ['Date', 'Vendor', 'Amount', 'Card Number'];
    const whole = propose(header, [['2024-01-31', 'A', '1.50', '4111 1111 1111 1111']]);
    expect(whole.settings.columns).not.toHaveProperty('card');
    expect(whole.open.map(({ key }) => key)).toContain('columns.card');
    expect(propose(header, [['2024-01-31', 'A', '1.50', '*1111']]).settings.columns).toHaveProperty('card');
  });

  it('says what it cannot name: headers that stand twice or not at all', () => {
    const proposal = propose(['Date', 'Vendor', 'Amount', 'Amount', ''], [['2024-01-31', 'A', '1.50', '2.50', 'x']]);
    expect(proposal.settings.columns).toEqual({ date: 'Date', payee: 'Vendor' });
    expect(required(proposal)).toEqual(['columns.amount', 'currency']);
    expect(proposal.open.filter(({ key }) => key === 'columns')).toHaveLength(2);
  });

  it('leaves all open for a single column of words', () => {
    const proposal = propose(['Notes'], [['a b'], ['c d']]);
    expect(required(proposal)).toEqual(['columns.date', 'columns.amount', 'currency', 'columns.payee']);
    expect(proposal.complete).toBe(false);
  });

  it('takes claims of employees for expenses', () => {
    const header = ['Employee Name', 'Expense Date', 'Expense Type', 'Vendor', 'Amount', 'Currency'];
    const { settings } = propose(header, [['Jane', '2024-01-31', 'Software', 'Figma', '1.50', 'EUR']]);
    expect(settings).toMatchObject({ kind: 'expense', columns: { person: 'Employee Name', payee: 'Vendor' } });
  });

  it('sends FOCUS files to their own connector', () => {
    const proposal = propose(['BilledCost', 'BillingCurrency', 'ChargePeriodStart', 'ChargeCategory'], []);
    expect(proposal.settings).toEqual({ connector: 'focus', title: 'File', kind: 'bill', files: 'file.csv' });
    expect(proposal.complete).toBe(true);
  });

  it('writes the tab by its name, and the header row where it is not the first', () => {
    const rows = [['2024-01-31', 'A', '1.50']];
    const proposal = propose(['Date', 'Vendor', 'Amount'], rows, {
      delimiter: '\t',
      headerRow: 4,
      fileName: 'x/ap_2024-01.tsv',
    });
    expect(proposal.settings).toMatchObject({ title: 'Ap', files: 'x/ap_2024-01.tsv', delimiter: 'tab', headerRow: 4 });
    const sheet = propose(['Date', 'Vendor', 'Amount'], rows, { fileName: 'ap.xlsx' });
    expect(sheet.settings).not.toHaveProperty('delimiter');
  });
});

describe('previewProposal', () => {
  it('shows the first rows with spend positive, and what will be rejected', () => {
    const header = ['Buchungstag', 'Empfänger', 'Betrag', 'Währung'];
    const rows = [
      ['31.01.2024', 'Acme', '-1.234,50', 'EUR'],
      ['30.01.2024', 'Bolt', '-2,50', 'EUR'],
      ['morgen', 'Cult', '-3,5,0', 'EUR'],
      ['29.01.2024', 'Dose'],
    ];
    const sample = sampleOf(header, rows, { headerRow: 3, lines: [4, 6, 7, 8] });
    const preview = previewProposal(proposeSource(sample), sample, 1);
    expect(preview).toEqual({
      rows: [{ line: 4, date: '2024-01-31', amount: '1234.50', currency: 'EUR', payee: 'Acme', others: {} }],
      rejected: [
        {
          line: 7,
          reasons: [
            'Buchungstag "morgen" is no day in any of the formats DD.MM.YYYY',
            'Betrag "-3,5,0" is no amount with decimal mark "," and group mark "."',
          ],
        },
        { line: 8, reasons: ['2 cells where the header has 4'] },
      ],
      rejectedCount: 2,
      skippedCount: 0,
    });
  });
});
