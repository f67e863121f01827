/**
 * Currencies of ISO 4217 (list one, with amendments to 2026) and the digits of their minor unit. Kept here and not taken
 * from `Intl`, whose digits follow custom, not the standard, for some currencies.
 */
const TWO_DIGITS =
  'AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BGN BMD BND BOB BOV BRL BSD BTN BWP BYN BZD CAD CDF CHE CHF CHW CNY COP ' +
  'COU CRC CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD HKD HNL HTG HUF IDR ILS INR IRR ' +
  'JMD KES KGS KHR KPW KYD KZT LAK LBP LKR LRD LSL MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MXV MYR MZN NAD NGN NIO ' +
  'NOK NPR NZD PAB PEN PGK PHP PKR PLN QAR RON RSD RUB SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS ' +
  'TMT TOP TRY TTD TWD TZS UAH USD USN UYU UZS VED VES WST XAD XCD XCG YER ZAR ZMW ZWG ' +
  // Withdrawn, and still in old ledgers.
  'ANG HRK LTL LVL EEK SKK CUC SLL STD MRO VEF ZWL';
const NO_DIGITS = 'BIF BYR CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF';
const THREE_DIGITS = 'BHD IQD JOD KWD LYD OMR TND';
const FOUR_DIGITS = 'CLF UYW';

const MINOR_DIGITS: ReadonlyMap<string, number> = new Map(
  [NO_DIGITS, '', TWO_DIGITS, THREE_DIGITS, FOUR_DIGITS].flatMap((codes, index) =>
    codes
      .split(' ')
      .filter((code) => code !== '')
      .map((code) => [code, index] as const),
  ),
);

/** True for a code of ISO 4217 (upper case). */
export function isCurrency(code: string): boolean {
  return MINOR_DIGITS.has(code);
}

/** Digits of the minor unit: 2 for EUR, 0 for JPY, 3 for KWD; 2 for a code that is not in ISO 4217. */
export function minorDigits(code: string): number {
  return MINOR_DIGITS.get(code) ?? 2;
}

/** All codes, sorted. */
export function currencyCodes(): string[] {
  return [...MINOR_DIGITS.keys()].sort();
}
