import awsCostExplorer from './aws-cost-explorer.js';
import azureCostManagement from './azure-cost-management.js';
import type { RunningChargeStandin, Standin } from './standin.js';

/** The stand-ins of connectors that give charges. Every such connector has one. */
export const chargeStandins: readonly Standin<RunningChargeStandin>[] = [awsCostExplorer, azureCostManagement];
/** The stand-ins of connectors that give rates, people or applications. */
export const referenceStandins: readonly Standin[] = [];
