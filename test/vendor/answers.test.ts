import { describe, expect, it } from 'vitest';

import { RESOLVER_VERSION } from '../../src/app/config-texts.js';
import type { VendorTexts } from '../../src/core/decision.js';
import { fingerprint } from '../../src/core/ids.js';
import { CONFIDENCE } from '../../src/ownership/confidence.js';
import { createVendorResolver } from '../../src/vendor/resolve.js';
import { lineTexts, shippedCatalogue } from './load-catalogue.js';

const PAYEES = `Figma|FIGMA MONTHLY RENEWAL|PAYPAL *SURVEYMONKEY|paypal internation|survey monkey|adobe  creative cloud
care.citrixonline.com|www.heartinternet.co.u|dropbox8vzh6wkbtzqr|trinity mirror publish|the rocket science gro
GOOGLE *ADS1234567|GOOGLE *GSUITE_acme.com|GOOGLE CLOUD EMEA LIMITED|AMZN Mktp UK*2A4BC1|AMAZON* 026-1234567
Amazon Fulfilment|Amazon Web Services|ESRI (UK) LTD|EON T/A NPOWER|SAP Deutschland SE & Co. KG|bt bill payment 1
Box Hill School|Orange Tree Cafe|Three Horseshoes|Dell Quay Sailing|Dell|Sage Gateshead|Slack & Sons Builders|Slack
GUSTO DIRECT LTD|GLOBAL TOURISM SOLUTIONS (UK) LTD|CLOSE BROTHERS LTD|DAI Europe Ltd|MICROSOFT*365|Zoom.us 888-799-9666
SumUp  *Cafe|SQ *COFFEE|Atlassian B.V.|OPENAI *CHATGPT SUBSCR|Netflix.com|TESCO STORES 3210|FACEBK *ABC123|Müller GmbH
东京商店|x||***|12345|https://github.com|GITHUB, INC.`
  .split(/[|\n]/)
  .map((payee) => ({ payee }));

const OTHERS: readonly Partial<VendorTexts>[] = [
  { payee: 'Reseller Ltd', publisher: 'Datadog' },
  { payee: 'AWS', publisher: 'AWS', service: 'Amazon EC2', serviceCategory: 'Compute' },
  { payee: 'Unknown Cloud', serviceCategory: 'Databases' },
  { payee: 'Nobody Ltd', merchantCategory: '7311' },
  { payee: 'Nobody Ltd', merchantCategory: '5734 computer software stores' },
  { payee: 'Nobody Ltd', ledgerAccount: 'Computer software licences' },
  { payee: 'Nobody Ltd', ledgerAccount: 'Computer software', merchantCategory: '5812' },
  { payee: 'Nobody Ltd', description: 'Annual software licence' },
  { payee: 'Amazon', ledgerAccount: 'Stationery' },
  { payee: 'Blue Software Consultants' },
];

/** Digest of all answers, with the version that stands for them in the ledger. A change of config/ alone needs the digest only. */
const PINNED = { version: '3', digest: 'c606ef6c777acf689c6c31efca36efcb7f6de01a652bd31d282e0c923f6fc5ba' };

describe('the answers of the resolver', () => {
  it('change only together with RESOLVER_VERSION, so that ledgers are decided anew', () => {
    const resolve = createVendorResolver(shippedCatalogue());
    const answers = [...PAYEES, ...OTHERS].map((texts) => JSON.stringify(resolve(lineTexts(texts))));
    const digest = fingerprint([...answers, JSON.stringify(CONFIDENCE)]);
    const message =
      'answers or confidences changed: raise RESOLVER_VERSION in src/app/config-texts.ts, then pin both here';
    expect({ version: RESOLVER_VERSION, digest }, message).toEqual(PINNED);
  });
});
