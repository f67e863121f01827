import { EVERY_MONTH, monthly, quarterly, yearly } from './calendar.js';
import { ordinary, technology, type Order } from './orders.js';
import { whole } from './organisation.js';

const SOFTWARE = '4964 Software-Lizenzen';
const HOSTING = '4965 Rechenzentrum und Hosting';
const EQUIPMENT = '0650 Büromaschinen und EDV';
const TELEPHONE = '4920 Telefon';
const MATERIALS = '3400 Wareneingang';
const EDV = 'DE-100';

/** What the German subsidiary orders, in hundredths of a euro. */
export const GERMAN_ORDERS: readonly Order[] = [
  technology(
    ['SAP Deutschland SE & Co. KG', 'Wartung', 'SAP', 'finance-erp'],
    [EDV, SOFTWARE],
    1_640_000,
    quarterly(0),
  ),
  technology(['Bechtle GmbH', 'Arbeitsplatzrechner', 'Bechtle', 'reseller'], [EDV, EQUIPMENT], 486_000, EVERY_MONTH, {
    swing: 300,
  }),
  technology(
    ['Deutsche Telekom Geschäftskunden GmbH', 'Anschlüsse', 'Deutsche Telekom', 'telecom'],
    [EDV, TELEPHONE],
    214_500,
    EVERY_MONTH,
  ),
  technology(
    ['Hetzner Online GmbH', 'Server', 'Hetzner', 'cloud-infrastructure'],
    ['DE-400', HOSTING],
    89_240,
    EVERY_MONTH,
    { uplift: 1200 },
  ),
  technology(['IONOS SE', 'Webseiten', 'IONOS', 'cloud-infrastructure'], ['DE-200', HOSTING], 12_990, EVERY_MONTH),
  technology(
    ['Personio SE & Co. KG', 'Personalverwaltung', 'Personio', 'hr-payroll'],
    [EDV, SOFTWARE],
    118_000,
    monthly(0, 12),
    {
      story: 'personio-buyer',
    },
  ),
  technology(
    ['Personio SE & Co. KG', 'Personalverwaltung', 'Personio', 'hr-payroll'],
    ['DE-500', SOFTWARE],
    124_000,
    monthly(12),
    {
      story: 'personio-buyer',
    },
  ),
  technology(
    ['Adobe Systems Software Ireland Ltd', 'Creative Cloud', 'Adobe', 'design-content'],
    ['DE-200', SOFTWARE],
    71_400,
    EVERY_MONTH,
  ),
  technology(
    ['Autodesk Ireland Operations', 'Inventor', 'Autodesk', 'design-content'],
    ['DE-400', SOFTWARE],
    1_284_000,
    yearly(3),
  ),
  technology(
    ['Mühlbauer EDV-Beratung', 'Betreuung', 'Mühlbauer EDV-Beratung', 'it-services'],
    ['', EQUIPMENT],
    98_000,
    quarterly(1),
    {
      owners: () => whole('it'), // no cost centre: the ledger account says whose it is
    },
  ),
  ordinary('other', 'Stadtwerke Göttingen AG', 'Strom', ['DE-600', '4240 Strom, Gas, Wasser'], 412_000, EVERY_MONTH, {
    swing: 200,
  }),
  ordinary('other', 'Hausverwaltung Schröder', 'Miete', ['DE-500', '4210 Miete'], 1_850_000, EVERY_MONTH),
  ordinary('other', 'Müller Büromaterial', 'Büromaterial', ['DE-500', '4930 Bürobedarf'], 18_700, EVERY_MONTH, {
    swing: 400,
  }),
  ordinary('other', 'Bäckerei Köster', 'Bewirtung', ['DE-300', '4650 Bewirtung'], 9_400, EVERY_MONTH, { swing: 500 }),
  ordinary('other', 'Größmann Drehteile KG', 'Drehteile', ['DE-600', MATERIALS], 2_360_000, EVERY_MONTH, {
    swing: 300,
  }),
  ordinary('other', 'Weiß Optik GmbH', 'Linsen', ['DE-600', MATERIALS], 3_120_000, EVERY_MONTH, { swing: 250 }),
  ordinary('other', 'Spedition Jürgens', 'Fracht', ['DE-600', '4730 Ausgangsfrachten'], 286_000, EVERY_MONTH, {
    swing: 300,
  }),
  ordinary(
    'advertising',
    'Verlag Hüthig – Anzeigen',
    'Anzeigen',
    ['DE-200', '4610 Werbekosten'],
    164_000,
    quarterly(2),
    {
      story: 'advertising',
    },
  ),
];
