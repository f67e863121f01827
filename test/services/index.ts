import awsCostExplorer from './aws-cost-explorer.js';
import awsDataExports from './aws-data-exports.js';
import azureCostExports from './azure-cost-exports.js';
import azureCostManagement from './azure-cost-management.js';
import brex from './brex.js';
import directory from './directory.js';
import ecbRates from './ecb-rates.js';
import entra from './entra.js';
import focusHttp from './focus-http.js';
import gcpBilling from './gcp-billing.js';
import googleWorkspace from './google-workspace.js';
import netsuite from './netsuite.js';
import okta from './okta.js';
import quickbooks from './quickbooks.js';
import ramp from './ramp.js';
import type { RunningChargeStandin, Standin } from './standin.js';
import stripeBilling from './stripe-billing.js';
import stripeIssuing from './stripe-issuing.js';
import xero from './xero.js';

/** The stand-ins of connectors that give charges. Every such connector has one. */
export const chargeStandins: readonly Standin<RunningChargeStandin>[] = [
  awsCostExplorer,
  awsDataExports,
  azureCostExports,
  azureCostManagement,
  brex,
  focusHttp,
  gcpBilling,
  netsuite,
  quickbooks,
  ramp,
  stripeBilling,
  stripeIssuing,
  xero,
];
/** The stand-ins of connectors that give rates, people or applications. */
export const referenceStandins: readonly Standin[] = [directory, ecbRates, entra, googleWorkspace, okta];
