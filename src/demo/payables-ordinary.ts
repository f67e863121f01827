import { EVERY_MONTH, quarterly } from './calendar.js';
import { ordinary, type Order, type OrderOptions } from './orders.js';

const MATERIALS = '4000 Production materials';
const PROPERTY = '7100 Rent and rates';
const UTILITIES = '7110 Utilities';
const AGENCIES = '6200 Advertising and media';
const FREIGHT = '4200 Freight';
const PROFESSIONAL = '7700 Professional fees';
const STAFF = '7300 Staff welfare and training';
const media: OrderOptions = { story: 'advertising', swing: 180, uplift: 1100 };

/** Everything else that the British company orders. */
export const ORDINARY_ORDERS: readonly Order[] = [
  ordinary(
    'advertising',
    'GOOGLE IRELAND LIMITED - ADS',
    'Google Ads, month',
    ['5010', AGENCIES],
    2_980_000,
    EVERY_MONTH,
    media,
  ),
  ordinary('advertising', 'BRIGHTWATER MEDIA LTD', 'Media buying', ['5020', AGENCIES], 4_150_000, EVERY_MONTH, media),
  ordinary('other', 'CALDERDALE ESTATES LLP', 'Rent', ['7030', PROPERTY], 18_750_000, quarterly(2)),
  ordinary('other', 'YORKSHIRE WATER', 'Water', ['7030', UTILITIES], 384_000, quarterly(1), { swing: 90 }),
  ordinary('other', 'NPOWER BUSINESS', 'Electricity', ['7030', UTILITIES], 3_640_000, EVERY_MONTH, { swing: 220 }),
  ordinary('other', 'PENNINE CATERING CO', 'Canteen', ['7030', STAFF], 1_420_000, EVERY_MONTH, { swing: 80 }),
  ordinary('other', 'AIREDALE CLEANING SERVICES', 'Cleaning', ['7030', PROPERTY], 690_000, EVERY_MONTH),
  ordinary('other', 'HOLROYD PRECISION CASTINGS', 'Castings', ['7010', MATERIALS], 9_800_000, EVERY_MONTH, {
    swing: 250,
  }),
  ordinary('other', 'ELLAND FASTENERS LTD', 'Fasteners', ['7010', MATERIALS], 1_240_000, EVERY_MONTH, { swing: 300 }),
  ordinary('other', 'NORTHERN OPTICS LTD', 'Lens assemblies', ['7010', MATERIALS], 6_700_000, EVERY_MONTH, {
    swing: 250,
  }),
  ordinary('other', 'WHARFE PACKAGING', 'Cartons and foam', ['7020', MATERIALS], 810_000, EVERY_MONTH, { swing: 180 }),
  ordinary('other', 'BRADWELL CALIBRATION LTD', 'Calibration', ['7010', MATERIALS], 460_000, EVERY_MONTH, {
    swing: 120,
  }),
  ordinary('other', 'KUEHNE AND NAGEL LTD', 'Freight', ['7020', FREIGHT], 2_310_000, EVERY_MONTH, { swing: 260 }),
  ordinary('other', 'ASHCOMBE LEGAL LLP', 'Legal advice', ['6200', PROFESSIONAL], 1_180_000, EVERY_MONTH, {
    swing: 400,
  }),
  ordinary('other', 'MERRION AUDIT LLP', 'Audit', ['6010', PROFESSIONAL], 6_200_000, quarterly(0)),
  ordinary('other', 'KESTREL RECRUITMENT', 'Placement fees', ['6100', PROFESSIONAL], 940_000, EVERY_MONTH, {
    swing: 500,
  }),
];

/** Small suppliers of materials and services; many of them give the export its length. */
export const SMALL_SUPPLIERS: readonly (readonly [
  supplier: string,
  description: string,
  costCenter: string,
  ledgerAccount: string,
])[] = [
  ['AIRE VALLEY TOOLING', 'Tooling', '7010', MATERIALS],
  ['BARNOLDSWICK SPRINGS', 'Springs', '7010', MATERIALS],
  ['CLECKHEATON COATINGS', 'Coating', '7010', MATERIALS],
  ['DENBY GASKETS', 'Gaskets', '7010', MATERIALS],
  ['EMLEY GLASSWORKS', 'Sight glasses', '7010', MATERIALS],
  ['FERRYBRIDGE PALLETS', 'Pallets', '7020', FREIGHT],
  ['GOOLE HAULAGE', 'Haulage', '7020', FREIGHT],
  ['HEBDEN PRINTERS', 'Brochures', '5020', '6220 Print'],
  ['ILKLEY EXHIBITION STANDS', 'Stand hire', '5020', '6230 Events'],
  ['KEIGHLEY WORKWEAR', 'Workwear', '7010', STAFF],
  ['MIRFIELD FIRE SAFETY', 'Extinguisher service', '7030', PROPERTY],
  ['OTLEY FIRST AID TRAINING', 'First aid course', '6100', STAFF],
];

/** Rows the settings skip: what is paid here has its own, itemised source. */
export const SKIPPED_SUPPLIERS: readonly (readonly [supplier: string, description: string, amount: number])[] = [
  ['AMAZON WEB SERVICES EMEA SARL', 'Cloud bill', 9_120_000],
  ['BARCLAYCARD COMMERCIAL', 'Card settlement', 6_480_000],
];
