import type { Connector } from '../src/connector/contract.js';
import awsCostExplorer from './aws-cost-explorer/index.js';
import awsDataExports from './aws-data-exports/index.js';
import azureCostExports from './azure-cost-exports/index.js';
import azureCostManagement from './azure-cost-management/index.js';
import brex from './brex/index.js';
import csv from './csv/index.js';
import directory from './directory/index.js';
import ecbRates from './ecb-rates/index.js';
import entra from './entra/index.js';
import focus from './focus/index.js';
import focusHttp from './focus-http/index.js';
import gcpBilling from './gcp-billing/index.js';
import googleWorkspace from './google-workspace/index.js';
import netsuite from './netsuite/index.js';
import okta from './okta/index.js';
import quickbooks from './quickbooks/index.js';
import ramp from './ramp/index.js';
import stripeBilling from './stripe-billing/index.js';
import stripeIssuing from './stripe-issuing/index.js';
import xero from './xero/index.js';

/** The registry: every connector that ships with Spendshift. A new one is added here and nowhere else. */
export const connectors: readonly Connector[] = [
  awsCostExplorer,
  awsDataExports,
  azureCostExports,
  azureCostManagement,
  brex,
  csv,
  directory,
  ecbRates,
  entra,
  focus,
  focusHttp,
  gcpBilling,
  googleWorkspace,
  netsuite,
  okta,
  quickbooks,
  ramp,
  stripeBilling,
  stripeIssuing,
  xero,
];
