import type { SpendClass } from '../core/charge.js';
import { EVERY_MONTH, monthly, quarterly, SECOND_YEAR, yearly } from './calendar.js';

/** A company card. An empty cost centre code: the export leaves the column empty, the holder's department decides. */
export interface Card {
  readonly last4: string;
  readonly person: string;
  readonly costCenter: string;
}

/** The card that belongs to nobody in particular: what it pays has no owner. */
export const VIRTUAL_CARD = '4599';

export const CARDS: readonly Card[] = [
  { last4: '4402', person: 'Imogen Ashdown', costCenter: '' },
  { last4: '4410', person: 'Callum Fairweather', costCenter: '4010' },
  { last4: '4417', person: 'Priya Raman', costCenter: '4030' },
  { last4: '4425', person: 'Dominic Sturgess', costCenter: '3010' },
  { last4: '4433', person: 'Hannah Whitfield', costCenter: '' },
  { last4: '4441', person: 'Tomasz Zielinski', costCenter: '3020' },
  { last4: '4458', person: 'Olivia Marchetti', costCenter: '5010' },
  { last4: '4466', person: 'Gareth Pendry', costCenter: '5010' },
  { last4: '4474', person: 'Saskia Lindqvist', costCenter: '5020' },
  { last4: '4482', person: 'Marcus Oyelaran', costCenter: '5230' },
  { last4: '4490', person: 'Bethany Croft', costCenter: '5210' },
  { last4: '4508', person: 'Rory McIlvenny', costCenter: '5220' },
  { last4: '4516', person: 'Leila Haddad', costCenter: '5300' },
  { last4: '4524', person: 'Edwin Tolliver', costCenter: '6010' },
  { last4: '4532', person: 'Charlotte Nkemelu', costCenter: '6100' },
  { last4: '4540', person: 'Fergus Abernathy', costCenter: '6200' },
  { last4: '4557', person: 'Nadia Petrova', costCenter: '7010' },
  { last4: '4565', person: 'Wilfred Hollis', costCenter: '' },
  { last4: '4573', person: 'Jasmine Thackray', costCenter: '4300' },
  { last4: '4581', person: 'Aidan Kirkbride', costCenter: '4300' },
  { last4: VIRTUAL_CARD, person: 'VIRTUAL CARD 99', costCenter: '' },
];

/** Something charged to one card again and again. */
export interface CardPurchase {
  /** The descriptor; `#` becomes a digit and `@` a letter or digit, new with every charge. */
  readonly payee: string;
  readonly vendor: string;
  readonly category: string;
  readonly merchantCategory: string;
  readonly last4: string;
  /** Hundredths of the currency. */
  readonly amount: number;
  readonly months: readonly number[];
  readonly currency?: string;
  readonly spendClass?: SpendClass;
  readonly story?: string;
  readonly obscure?: boolean;
  /** Hundredths more with every month after the first. */
  readonly growth?: number;
  /** Charges a month. */
  readonly times?: number;
}

type Options = Partial<Pick<CardPurchase, 'currency' | 'spendClass' | 'story' | 'obscure' | 'growth' | 'times'>>;

function buys(
  payee: string,
  vendor: string,
  category: string,
  merchantCategory: string,
  last4: string,
  amount: number,
  months: readonly number[] = EVERY_MONTH,
  options: Options = {},
): CardPurchase {
  return { payee, vendor, category, merchantCategory, last4, amount, months, ...options };
}

const SOFTWARE = '5734';
const PROGRAMMING = '7372';
const NETWORK = '4816';
const DIGITAL = '5817';
const ADVERTISING = '7311';
const later = (from: number): number[] => monthly(from);
const shadow = (growth: number, currency = 'GBP'): Options => ({ story: 'shadow-ai', growth, currency });
const advertises = (times: number, growth: number): Options => ({
  spendClass: 'advertising',
  times,
  growth,
  story: 'advertising',
});

export const CARD_PURCHASES: readonly CardPurchase[] = [
  buys('HUBSPOT INC.', 'HubSpot', 'marketing', SOFTWARE, '4458', 512_000, later(SECOND_YEAR), {
    story: 'hubspot-buyer',
  }),
  buys('SURVEYMONKEY.CO.UK', 'SurveyMonkey', 'research-survey', SOFTWARE, '4466', 290_000, later(13), {
    story: 'survey-tool',
  }),
  buys('TYPEFORM PRO', 'Typeform', 'research-survey', SOFTWARE, '4466', 84_000, later(14), { story: 'survey-tool' }),
  buys('MIRO.COM', 'Miro', 'collaboration', SOFTWARE, '4402', 31_000, EVERY_MONTH, { story: 'person-moves' }),
  buys('AIRTABLE.COM/BILL', 'Airtable', 'collaboration', SOFTWARE, '4402', 18_000, EVERY_MONTH, {
    story: 'person-moves',
  }),
  buys('OPENAI *CHATGPT SUBSCR', 'OpenAI', 'ai', PROGRAMMING, '4482', 24_000, later(8), shadow(6_000)),
  buys('OPENAI *CHATGPT SUBSCR', 'OpenAI', 'ai', PROGRAMMING, '4532', 12_000, later(11), shadow(3_500)),
  buys('JASPER.AI', 'Jasper', 'ai', DIGITAL, '4474', 39_000, later(10), shadow(2_000)),
  buys('MIDJOURNEY INC.', 'Midjourney', 'ai', DIGITAL, '4474', 9_600, later(12), shadow(900, 'USD')),
  buys('ELEVENLABS.IO', 'ElevenLabs', 'ai', DIGITAL, '4466', 7_900, later(13), shadow(1_400, 'USD')),
  buys('PERPLEXITY AI', 'Perplexity', 'ai', DIGITAL, '4490', 16_000, later(14), shadow(2_500, 'USD')),
  buys('CURSOR, AI POWERED IDE', 'Cursor', 'ai', PROGRAMMING, '4425', 48_000, later(13), shadow(9_000, 'USD')),
  buys('ANTHROPIC* CLAUDE TEAM', 'Anthropic', 'ai', PROGRAMMING, '4540', 27_000, later(15), shadow(3_000)),
  buys('GRAMMARLY CO@@@@@@', 'Grammarly', 'ai', DIGITAL, '4516', 14_500, later(12), shadow(1_000)),
  buys('PAYPAL *CANVA', 'Canva', 'design-content', DIGITAL, '4474', 36_000, EVERY_MONTH, { growth: 1_500 }),
  buys('CANVA* I0#####-########', 'Canva', 'design-content', DIGITAL, '4532', 1_099),
  buys('MAILCHIMP  *MISC', 'Mailchimp', 'marketing', DIGITAL, '4466', 42_500, EVERY_MONTH, {
    currency: 'USD',
    growth: 1_200,
  }),
  buys('HOOTSUITE MEDIA INC', 'Hootsuite', 'marketing', DIGITAL, '4474', 21_900),
  buys('SEMRUSH 8005851###', 'Semrush', 'marketing', DIGITAL, '4458', 44_995, EVERY_MONTH, { currency: 'USD' }),
  buys('ADOBE *CREATIVE CLOUD', 'Adobe', 'design-content', SOFTWARE, '4474', 158_400, EVERY_MONTH, { growth: 2_600 }),
  buys('SHUTTERSTOCK IRELAND', 'Shutterstock', 'design-content', DIGITAL, '4474', 19_900, EVERY_MONTH, {
    currency: 'EUR',
  }),
  buys('FIGMA MONTHLY RENEWAL', 'Figma', 'design-content', SOFTWARE, '4425', 67_500, EVERY_MONTH, { currency: 'USD' }),
  buys('ZAPIER.COM/CHARGE', 'Zapier', 'other-software', DIGITAL, '4458', 58_800, later(5), {
    currency: 'USD',
    growth: 1_100,
  }),
  buys('HOTJAR LTD MALTA', 'Hotjar', 'marketing', DIGITAL, '4573', 23_900, EVERY_MONTH, {
    story: 'digital-reorganised',
  }),
  buys('OPTIMIZELY NORTH AMER', 'Optimizely', 'marketing', SOFTWARE, '4573', 265_000, EVERY_MONTH, {
    story: 'digital-reorganised',
  }),
  buys('WWW.VERCEL.COM', 'Vercel', 'cloud-infrastructure', NETWORK, '4581', 48_000, EVERY_MONTH, {
    story: 'digital-reorganised',
  }),
  buys('ZOOMINFO TECHNOLOGIES', 'ZoomInfo', 'sales-crm', SOFTWARE, '4482', 1_840_000, yearly(6), { currency: 'USD' }),
  buys('GONG.IO INC', 'Gong', 'sales-crm', SOFTWARE, '4482', 410_000, quarterly(12), { currency: 'USD' }),
  buys('APOLLO.IO 415-###-####', 'Apollo.io', 'sales-crm', SOFTWARE, '4490', 39_600, later(7), { currency: 'USD' }),
  buys('CALENDLY', 'Calendly', 'collaboration', DIGITAL, '4508', 7_200),
  buys('LOOM SUBSCRIPTION', 'Loom', 'collaboration', DIGITAL, '4516', 15_000, monthly(0, 17)),
  buys('ZOOM.US 888-799-9666', 'Zoom', 'collaboration', NETWORK, '4417', 189_000, monthly(0, 13), {
    story: 'zoom-cut',
  }),
  buys('ZOOM.US 888-799-9666', 'Zoom', 'collaboration', NETWORK, '4417', 61_000, later(13), { story: 'zoom-cut' }),
  buys('DROPBOX*@@@@@@@@@@@@', 'Dropbox', 'collaboration', DIGITAL, '4565', 9_600),
  buys('1PASSWORD', '1Password', 'security-identity', SOFTWARE, '4410', 59_800),
  buys('GITHUB, INC.', 'GitHub', 'developer-tools', PROGRAMMING, '4433', 168_000, EVERY_MONTH, {
    currency: 'USD',
    growth: 2_100,
  }),
  buys('JETBRAINS AMERICAS INC', 'JetBrains', 'developer-tools', SOFTWARE, '4441', 894_000, yearly(5), {
    currency: 'EUR',
  }),
  buys('TWILIO INC', 'Twilio', 'developer-tools', NETWORK, '4425', 38_000, EVERY_MONTH, {
    currency: 'USD',
    growth: 900,
  }),
  buys('GODADDY.COM EUROPE', 'GoDaddy', 'cloud-infrastructure', NETWORK, '4581', 12_640, quarterly(1), {
    story: 'digital-reorganised',
  }),
  buys('XERO UK LTD', 'Xero', 'finance-erp', SOFTWARE, '4524', 5_900),
  buys('EXPENSIFY', 'Expensify', 'finance-erp', SOFTWARE, '4524', 88_000),
  buys('UDEMY: ONLINE COURSES', 'Udemy', 'learning', '8299', '4532', 44_000),
  buys('LINKEDIN SALES NAV ###', 'LinkedIn Sales Navigator', 'sales-crm', DIGITAL, '4490', 132_000),
  buys('AUTODESK SUBSCRIPTION', 'Autodesk', 'design-content', SOFTWARE, '4557', 214_000, quarterly(0)),
  buys('NOTION LABS, INC.', 'Notion', 'collaboration', SOFTWARE, VIRTUAL_CARD, 62_000, later(6), {
    story: 'virtual-card',
  }),
  buys('INTERCOM R&D UNLIMITED', 'Intercom', 'customer-support', SOFTWARE, VIRTUAL_CARD, 118_000, EVERY_MONTH, {
    story: 'virtual-card',
  }),
  buys('GOOGLE *ADS##########', 'Google Ads', '', ADVERTISING, '4466', 240_000, EVERY_MONTH, advertises(4, 4_000)),
  buys('FACEBK *@@@@@@@@@@', 'Meta Ads', '', ADVERTISING, '4466', 150_000, EVERY_MONTH, advertises(3, 2_500)),
  buys('LINKEDIN ADS #######', 'LinkedIn Ads', '', ADVERTISING, '4458', 310_000, EVERY_MONTH, advertises(2, -3_000)),
  buys('KLX LTD', 'KLX', 'other-software', '7399', '4557', 42_000, EVERY_MONTH, {
    story: 'unknown-payee',
    obscure: true,
  }),
  buys('MDX GROUP 02079#####', 'MDX Group', '', '7399', '4490', 18_500, EVERY_MONTH, {
    spendClass: 'other',
    story: 'unknown-payee',
    obscure: true,
  }),
  buys('TRIBEKA', 'Tribeka', 'it-services', '7399', '4508', 96_000, quarterly(2), {
    story: 'unknown-payee',
    obscure: true,
  }),
];

/** Everyday merchants that sell no technology: descriptor, merchant category, least and most in hundredths, currency. */
export const EVERYDAY: readonly (readonly [
  payee: string,
  mcc: string,
  least: number,
  most: number,
  currency: string,
])[] = [
  ['TRAINLINE', '4112', 1_450, 21_900, 'GBP'],
  ['LNER.CO.UK', '4112', 3_200, 18_800, 'GBP'],
  ['GWR TICKETS', '4112', 2_200, 14_200, 'GBP'],
  ['TFL TRAVEL CH', '4111', 280, 1_640, 'GBP'],
  ['UBER   *TRIP', '4121', 640, 4_900, 'GBP'],
  ['SUMUP *CITY CABS', '4121', 700, 3_800, 'GBP'],
  ['BRITISH A 125##########', '3005', 9_900, 148_000, 'GBP'],
  ['EASYJET 000@@@@@@@', '3246', 4_200, 31_000, 'GBP'],
  ['LUFTHANSA 220##########', '3008', 12_400, 98_000, 'EUR'],
  ['PREMIER INN 4402####', '7011', 6_100, 29_400, 'GBP'],
  ['TRAVELODGE WEBSITE', '7011', 4_900, 18_700, 'GBP'],
  ['MOTEL ONE MUENCHEN', '7011', 9_900, 31_600, 'EUR'],
  ['MARRIOTT BOSTON COPLEY', '7011', 21_900, 142_300, 'USD'],
  ['HERTZ UK RENTAL', '7512', 7_400, 38_000, 'GBP'],
  ['BP KIRKSTALL SF', '5541', 2_900, 9_800, 'GBP'],
  ['SHELL LEEDS', '5541', 3_100, 9_400, 'GBP'],
  ['NCP CAR PARKS', '7523', 450, 3_200, 'GBP'],
  ['PRET A MANGER', '5814', 390, 2_850, 'GBP'],
  ['GREGGS PLC', '5814', 210, 1_940, 'GBP'],
  ['SQ *THE COPPER KETTLE', '5812', 840, 6_400, 'GBP'],
  ['ZETTLE_*CORNER BAKERY', '5812', 620, 5_200, 'GBP'],
  ['DISHOOM', '5812', 4_200, 38_900, 'GBP'],
  ['WAGAMAMA', '5812', 2_400, 16_800, 'GBP'],
  ['TESCO STORES ####', '5411', 480, 9_700, 'GBP'],
  ['SAINSBURYS S/MKTS', '5411', 520, 8_100, 'GBP'],
  ['ROYAL MAIL GROUP', '9402', 680, 24_000, 'GBP'],
  ['POST OFFICE COUNTER', '9402', 320, 7_800, 'GBP'],
  ['DHL EXPRESS UK', '4215', 2_400, 41_000, 'GBP'],
  ['VIKING DIRECT', '5943', 1_900, 28_000, 'GBP'],
  ['RYMAN STATIONERY', '5943', 390, 6_400, 'GBP'],
  ['TIMPSON LTD', '7251', 600, 4_500, 'GBP'],
  ['SCREWFIX DIR LTD', '5251', 890, 21_000, 'GBP'],
  ['TOOLSTATION', '5251', 640, 14_800, 'GBP'],
  ['INTERFLORA', '5992', 2_900, 8_900, 'GBP'],
  ['MOONPIG COM', '5947', 390, 4_200, 'GBP'],
  ['HALFORDS', '5533', 990, 12_000, 'GBP'],
];

/** General shops: what was bought there cannot be told from the row. */
export const GENERAL_SHOPS: readonly (readonly [payee: string, mcc: string, least: number, most: number])[] = [
  ['AMZN MKTP UK*@@@@@@@@@', '5942', 890, 38_000],
  ['AMAZON.CO.UK*@@@@@@@@@', '5942', 640, 21_000],
  ['PAYPAL *EBAY UK', '5999', 1_100, 26_000],
  ['ARGOS RETAIL GROUP', '5311', 990, 18_000],
];
