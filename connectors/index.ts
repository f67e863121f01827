import type { Connector } from '../src/connector/contract.js';
import csv from './csv/index.js';
import focus from './focus/index.js';

/** The registry: every connector that ships with Spendshift. A new one is added here and nowhere else. */
export const connectors: readonly Connector[] = [csv, focus];
