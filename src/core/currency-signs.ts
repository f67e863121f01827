/**
 * The currencies whose amounts are written with a sign, by sign. A sign that is not here belongs to no currency, so that
 * an amount that carries it is refused rather than taken for one of another currency.
 */
const SIGNS: Readonly<Record<string, string>> = {
  '€': 'EUR',
  '£': 'GBP EGP FKP GIP LBP SDG SHP SSP SYP',
  $:
    'USD USN ARS AUD BBD BMD BND BRL BSD BZD CAD CLP COP CUC CUP CVE DOP FJD GYD HKD JMD KYD LRD MOP MXN NAD NIO NZD PHP ' +
    'SBD SGD SRD TOP TTD TWD UYU WST XCD ZWL',
  '¥': 'JPY CNY',
  '₹': 'INR',
  '₨': 'INR LKR MUR NPR PKR SCR',
  '₩': 'KRW KPW',
  '₪': 'ILS',
  '₫': 'VND',
  '₦': 'NGN',
  '₱': 'PHP CUP',
  '₴': 'UAH',
  '₺': 'TRY',
  '₽': 'RUB',
  '₸': 'KZT',
  '₼': 'AZN',
  '₾': 'GEL',
  '₭': 'LAK',
  '₮': 'MNT',
  '₡': 'CRC SVC',
  '₲': 'PYG',
  '₵': 'GHS',
  '฿': 'THB',
  '៛': 'KHR',
  '৳': 'BDT',
  '؋': 'AFN',
  '֏': 'AMD',
  '﷼': 'IRR OMR QAR SAR YER',
};

const CODES: ReadonlyMap<string, readonly string[]> = new Map(
  Object.entries(SIGNS).map(([sign, codes]) => [sign, codes.split(' ')]),
);
// As East Asian systems write them.
const FULL_WIDTH: Readonly<Record<string, string>> = { '＄': '$', '￡': '£', '￥': '¥', '￦': '₩' };

/** The codes of ISO 4217 whose amounts may carry a sign; empty for a sign that no listed currency has. */
export function currenciesOfSign(sign: string): readonly string[] {
  return CODES.get(FULL_WIDTH[sign] ?? sign) ?? [];
}

/** The first currency sign in a text, whatever its currency. */
export function signIn(text: string): string | undefined {
  return /\p{Sc}/u.exec(text)?.[0];
}

/** All listed signs, full-width forms too, each with its currencies. */
export function currencySigns(): (readonly [sign: string, codes: readonly string[]])[] {
  return [...CODES.keys(), ...Object.keys(FULL_WIDTH)].map((sign) => [sign, currenciesOfSign(sign)]);
}
