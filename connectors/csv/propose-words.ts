/**
 * The words headers use, as data: English, German, French, Spanish, Dutch and Italian, in the form `headerWords` gives
 * (lower case, no accents, words apart). In each list the earlier wins over the later; this order is the stated preference
 * where a file has several columns for one field. `*` before a word also finds it at the end of a compound.
 */

/** Fields whose column is found by its header and the kind of its values. */
export const FIELD_WORDS = {
  // Paid before bought before booked before invoiced: a charge counts in the month in which money left.
  date: [
    'payment date|date of payment|paid date|date paid|pay date|zahlungsdatum|zahldatum|zahlungstag|date de paiement|date paiement',
    'date de reglement|date reglement|fecha de pago|fecha pago|betaaldatum|betalingsdatum|data di pagamento|data pagamento',
    'transaction date|date of transaction|trans date|txn date|tran date|purchase date|umsatzdatum|kaufdatum|date de transaction',
    'date transaction|date achat|date d achat|fecha de transaccion|fecha transaccion|transactiedatum|aankoopdatum|data transazione|data acquisto',
    'posting date|posted date|date posted|post date|posted on|booking date|buchungstag|buchung|buchungsdatum|date comptable|date d operation|date operation',
    'fecha contable|fecha de operacion|fecha operacion|boekdatum|boekingsdatum|data contabile|data registrazione|data operazione|entry date|gl date|accounting date',
    'date|datum|fecha|data|day',
    'invoice date|document date|doc date|bill date|rechnungsdatum|belegdatum|date de facture|date facture|date de la facture|fecha de factura|fecha factura',
    'factuurdatum|data fattura|data documento|effective date|clearing date|settlement date|wertstellung|valutadatum|value date|date de valeur|date valeur|fecha valor',
    'rentedatum|data valuta|valuta|*datum|due date|period|month',
  ],
  // Without tax before with tax; in the currency of the account before that of the merchant.
  amount: [
    'net amount|amount net|net amt|net value|amount excl vat|amount ex vat|amount excluding vat|nettobetrag|netto|betrag netto|montant ht|montant net',
    'importe neto|base imponible|nettobedrag|bedrag excl btw|importo netto|imponibile',
    'billing amount|billed amount|billing amt|billing gross amt|billing gross amount|settlement amount|posted amount',
    'payment amount|paid amount|amount paid|line amount|invoice line amount|amount in gbp|amount in eur|amount in usd|reporting amount',
    'amount|amt|betrag|umsatz|montant|importe|bedrag|importo|*betrag|*bedrag',
    'gross amount|amount gross|gross amt|gross|gross value|bruttobetrag|brutto|montant ttc|importe bruto|brutobedrag|importo lordo',
    'transaction amount|trans amount|trans amt|txn amount|invoice amount|rechnungsbetrag|montant facture|factuurbedrag|importo fattura',
    'value|spend|spent|cost|kosten|cout|coste|costo|total|total amount|gesamtbetrag|montant total|importe total|totaalbedrag|totale|summe|sum|charge|price|preis|prix|wert|valeur|valor|valore',
    'original amount|foreign amount|local amount|merchant amount',
  ],
  debit: [
    'debit|debits|debit amount|debit amt|money out|paid out|withdrawal|withdrawals|payments|soll|sollbetrag|belastung|ausgabe|ausgaben',
    'montant debit|cargo|cargos|debe|gasto|af|debet|uitgaven|dare|addebito|addebiti|uscite|outgoing|out',
  ],
  credit: [
    'credit|credits|credit amount|credit amt|money in|paid in|deposit|deposits|receipts|haben|habenbetrag|gutschrift|einnahme|einnahmen',
    'montant credit|abono|abonos|haber|ingreso|bij|inkomsten|avere|accredito|accrediti|entrate|incoming|in',
  ],
  currency: [
    'billing currency|currency code|currency|currency iso|iso currency|ccy|curr|waehrung|wahrung|waehrungscode|wahrungscode|devise|monnaie',
    'moneda|divisa|valuta|munt|muntsoort|valutacode|*wahrung|*waehrung|*currency',
  ],
  payee: [
    'supplier name|vendor name|merchant name|payee name|beneficiary name|creditor name|name of supplier|name of payee|supplier|vendor|merchant|payee',
    'lieferantenname|name des lieferanten|lieferant|kreditorenname|kreditor|kreditor name|handler|haendler|handlername|haendlername|zahlungsempfanger|zahlungsempfaenger',
    'name zahlungsbeteiligter|beguenstigter zahlungspflichtiger|begunstigter zahlungspflichtiger|auftraggeber empfanger|auftraggeber empfaenger|beguenstigter|begunstigter|empfanger|empfaenger',
    'nom du fournisseur|nom fournisseur|fournisseur|beneficiaire|tiers|nom du commercant|commercant|marchand|nombre del proveedor|nombre proveedor|proveedor|acreedor|comercio|beneficiario',
    'naam leverancier|leverancier|leveranciersnaam|crediteur|naam tegenpartij|tegenpartij|begunstigde|winkelier|naam omschrijving|fornitore|nome fornitore|ragione sociale|ragione sociale fornitore|esercente|creditore',
    'beneficiary|creditor|counterparty|counterparty name|counterpart|paid to|pay to|company name|company|organisation|organization|provider|provider name|billing entity|bill billing entity|invoicing entity|bill invoicing entity',
    'seller name|seller|name|naam|nom|nombre|nome',
  ],
  // Who made it or sold it through a marketplace, in the words of AWS, Azure, Google and the portals of shops.
  publisher: [
    'publisher name|publisher|line item legal entity|legal entity name|legal entity|service provider name|seller of record|seller name|seller',
  ],
  // What a cloud calls what it sold; a plain "service" is a unit of a public body more often.
  service: [
    'line item product code|product product name|meter category|consumed service|service description|product name|product',
  ],
  reference: [
    'transaction no|transaction number|transaction id|transaction reference|transaction ref|trans no|txn id|payment reference|payment number|payment id|payment no',
    'invoice number|invoice no|invoice id|invoice reference|document number|document no|doc no|voucher number|voucher no|voucher|reference number|reference no|reference|ref no|ref',
    'belegnummer|beleg nr|belegnr|beleg|rechnungsnummer|rechnungsnr|rechnungs nr|buchungsnummer|buchungsnr|kundenreferenz|referenz|transaktionsnummer|transaktions id',
    'numero de facture|no facture|numero facture|n facture|numero de piece|piece|numero de factura|numero factura|factura|referencia|factuurnummer|boekstuknummer|boekstuk|referentie|kenmerk|transactienummer',
    'numero fattura|riferimento|numero documento|numero registrazione|record id|line id|entry no|id',
  ],
  costCenter: [
    'cost centre|cost center|cost centre code|cost center code|cost centre name|cost center name|cost centre description|cost center description|costcentre|costcenter|cost code',
    'kostenstelle|kostenstellennummer|kostenstellenbezeichnung|centre de cout|centre de couts|centre cout|centro de coste|centro de costes|centro de costo|centro coste|kostenplaats|centro di costo',
    'service code|service area|service label|service name|service|directorate|department|department name|dept|department code|abteilung|departement|departamento|afdeling|reparto|dipartimento',
    'division|business unit|organisational unit|organizational unit|organisation unit|org unit|body name|unit|bereich|direction|directie|direzione|section|team|profit centre|profit center|fund centre',
  ],
  // Labels before codes: a label says what was bought.
  ledgerAccount: [
    'ledger account|ledger account name|ledger label|gl account name|gl account description|gl description|gl name|nominal description|nominal name|account description|account name|subjective description|subjective',
    'cac desc|cac description|object description|cost element description|cost element name|expenditure description|expense description|expenditure type|expense type|expense head',
    'sachkontobezeichnung|kontobezeichnung|bezeichnung konto|sachkonto name|libelle compte|libelle du compte|nombre cuenta|nombre de la cuenta|grootboekomschrijving|grootboekrekening naam|descrizione conto',
    'gl account|general ledger account|general ledger|g l account|gl code|ledger code|ledger|nominal code|nominal|account code|expenditure code|expense code|subjective code|cac code|object code|cost element',
    'sachkonto|sachkontonummer|aufwandskonto|kostenart|konto|compte general|compte comptable|numero de compte|compte|cuenta contable|cuenta|grootboekrekening|grootboek|grootboeknummer|conto contabile|conto',
    'expenditure category|expense category|expense area|purpose of expenditure|spend category|procurement category|purpose|category|kategorie|categorie|categoria|account',
  ],
  merchantCategory: [
    'mcc|mcc code|merchant category code|merchant code|merchant type code|category code mcc|code mcc|haendlerkategorie code',
    'merchant category|merchant category description|merchant category name|merchant type|mcc description|mcc name|handlerkategorie|haendlerkategorie|branche|categorie de commercant|rubro',
  ],
  card: [
    'card number|card no|card nr|card|card last 4|card last four|last four|last 4|card ending|kartennummer|karte|kreditkartennummer|numero de carte|carte|numero de tarjeta|tarjeta|kaartnummer|kaart|numero carta|carta',
  ],
  person: [
    'cardholder name|cardholder|card holder name|card holder|employee name|employee|claimant|requester|requested by|user name|card member|karteninhaber|mitarbeiter|titulaire|porteur|employe|salarie|titular|empleado|kaarthouder|medewerker|titolare|dipendente',
  ],
  project: ['project|project name|project code|projekt|projektnummer|projet|code projet|proyecto|progetto'],
  description: [
    'description|transaction description|line description|invoice description|item description|details|transaction details|narrative|memo|particulars|notes|original description|purpose of payment',
    'verwendungszweck|buchungstext|beschreibung|buchungsdetails|bezeichnung|libelle|libelle operation|designation|description operation|concepto|descripcion|detalle|omschrijving|mededelingen|mededeling|descrizione|causale|motivo',
  ],
} as const satisfies Readonly<Record<string, readonly string[]>>;

export type Field = keyof typeof FIELD_WORDS;

/** Words that make a header something else than the field it names. */
export const FIELD_NOT: Readonly<Partial<Record<Field, string>>> = {
  date: 'time|number|no|type|due',
  amount:
    'vat|tax|taxes|mwst|ust|umsatzsteuer|steuer|tva|iva|btw|balance|saldo|solde|quantity|qty|menge|rate|exchange|kurs|limit|unit|discount|count|number|no|percent|currency|type|debit|credit|soll|haben|debet|id|code',
  debit: 'credit|haben|type|date|card|balance',
  credit: 'debit|soll|type|date|card|limit|balance',
  currency: 'rate|original|foreign|merchant|local',
  payee:
    'id|no|number|nr|nummer|numero|code|type|category|ref|reference|account|iban|bic|address|postcode|country|city|vat|card|project|cost|user|file|first|last|url|status|date|employee|cardholder|holder|claimant|requester|approver|user|department|directorate|division|centre|center|unit|service|body|bank|product|item|expense',
  publisher: 'type|id|code|date|number|country|city',
  service: 'type|id|date|number|family|region',
  reference: 'type|date|category|order',
  costCenter: 'type|date|id|charge|provider',
  ledgerAccount: 'holder|date|iban|bank|balance|merchant|card',
  card: 'holder|type|member|name|status|expiry',
  person: 'id|number|no',
  description: 'code|id|type',
};

/** What stands at the start of a line that sums up others. */
export const TOTAL_WORDS =
  /^(?:(?:grand|sub|overall|report|page)[ -]?)?(?:total(?:e|s|en|es)?|totaal|summe|zwischensumme|gesamt(?:summe|betrag)?|endsumme|sous[ -]total|somme|suma|subtotal|subtotale|somma|saldo|endsaldo|anfangssaldo|kontostand|sum|balance|opening balance|closing balance|end of (?:report|file)|number of records|record count)\b/iu;

/** Texts of a column that says whether a row is a debit or a credit, by pair: the second means money back. */
export const DIRECTION_PAIRS: readonly (readonly [debit: string, credit: string])[] = [
  ['d', 'c'],
  ['dr', 'cr'],
  ['debit', 'credit'],
  ['s', 'h'],
  ['soll', 'haben'],
  ['af', 'bij'],
  ['debet', 'credit'],
  ['debit', 'crédit'],
  ['dare', 'avere'],
  ['debe', 'haber'],
  ['-', '+'],
  ['out', 'in'],
  ['d', 'k'],
  ['purchase', 'refund'],
];

/** Currency signs that stand for one currency in practice; `$`, `¥` and `kr` stand for many and are left out. */
export const SIGN_CURRENCIES: Readonly<Record<string, string>> = {
  '€': 'EUR',
  '£': 'GBP',
  '₹': 'INR',
  '₺': 'TRY',
  '₩': 'KRW',
  '₪': 'ILS',
  '₫': 'VND',
  '₴': 'UAH',
  '₦': 'NGN',
  '฿': 'THB',
  '₱': 'PHP',
};

/** Signs of many currencies, with the codes to choose from. */
export const SIGN_CHOICES: Readonly<Record<string, string>> = {
  $: 'USD, CAD, AUD or another dollar',
  '¥': 'JPY or CNY',
};

/** Codes that are taken for a currency at the end of a header (`Amount EUR`), where other codes may be plain words. */
export const HEADER_CURRENCIES =
  'EUR USD GBP CHF CAD AUD NZD SEK NOK DKK PLN CZK HUF RON JPY CNY INR SGD HKD ZAR BRL MXN AED SAR ILS THB';

/** Columns that only a file in the FOCUS format has together. */
export const FOCUS_COLUMNS = ['BilledCost', 'BillingCurrency', 'ChargePeriodStart', 'ChargeCategory'] as const;
