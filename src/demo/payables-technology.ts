import type { Share } from '../core/decision.js';
import { EVERY_MONTH, monthly, quarterly, SECOND_YEAR, yearly } from './calendar.js';
import { technology, type Order, type OrderOptions, type Place } from './orders.js';
import { whole } from './organisation.js';

/** Month from which marketing answers for the analytics platform (2025-07), by a dated rule. */
export const ANALYTICS_TO_MARKETING = 15;
const SALESFORCE_SHARES: readonly Share[] = [
  { functionId: 'sales', perMillion: 700_000 },
  { functionId: 'marketing', perMillion: 300_000 },
];

const SOFTWARE = '7600 Software licences';
const HOSTING = '7610 Cloud and hosting';
const EQUIPMENT = '7620 IT equipment';
const CONSULTANCY = '7630 IT consultancy';
const TELECOM = '7640 Telecommunications';
const APPLICATIONS: Place = ['4010', SOFTWARE];
const INFRASTRUCTURE: Place = ['4020', SOFTWARE];
const DIGITAL: Place = ['4300', SOFTWARE];
const digital: OrderOptions = { story: 'digital-reorganised' };

/** Technology that the British company orders. */
export const TECHNOLOGY_ORDERS: readonly Order[] = [
  technology(
    ['AMPLITUDE INC', 'Product analytics, quarter', 'Amplitude', 'data-analytics'],
    APPLICATIONS,
    2_250_000,
    quarterly(0),
    {
      story: 'analytics-platform',
      uplift: 1080,
      owners: (month) => whole(month < ANALYTICS_TO_MARKETING ? 'it' : 'marketing'),
    },
  ),
  technology(
    ['HUBSPOT IRELAND LIMITED', 'Marketing Hub, month', 'HubSpot', 'marketing'],
    APPLICATIONS,
    465_000,
    monthly(0, SECOND_YEAR),
    {
      story: 'hubspot-buyer',
    },
  ),
  technology(
    ['QUALTRICS LLC', 'Experience platform, year', 'Qualtrics', 'research-survey'],
    APPLICATIONS,
    6_400_000,
    [2],
    {
      story: 'survey-tool',
    },
  ),
  technology(
    ['ZENDESK INC', 'Support Suite, month', 'Zendesk', 'customer-support'],
    APPLICATIONS,
    398_000,
    monthly(0, SECOND_YEAR),
    {
      story: 'help-desk-buyer',
    },
  ),
  technology(
    ['ZENDESK INC', 'Support Suite, month', 'Zendesk', 'customer-support'],
    ['5300', SOFTWARE],
    431_000,
    monthly(SECOND_YEAR),
    {
      story: 'help-desk-buyer',
    },
  ),
  technology(['ASANA INC', 'Business plan, year', 'Asana', 'collaboration'], APPLICATIONS, 3_840_000, [5], {
    story: 'work-management',
  }),
  technology(
    ['MONDAY.COM LTD', 'Enterprise, quarter', 'monday.com', 'collaboration'],
    ['7020', SOFTWARE],
    1_120_000,
    quarterly(14),
    {
      story: 'work-management',
    },
  ),
  technology(
    ['CONTENTFUL GMBH', 'Content platform, month', 'Contentful', 'design-content'],
    DIGITAL,
    540_000,
    EVERY_MONTH,
    digital,
  ),
  technology(
    ['HOTJAR LTD', 'Experience analytics, quarter', 'Hotjar', 'marketing'],
    DIGITAL,
    910_000,
    quarterly(1),
    digital,
  ),
  technology(
    ['CAPGEMINI UK PLC', 'Web delivery team, month', 'Capgemini', 'it-services'],
    ['4300', CONSULTANCY],
    1_180_000,
    EVERY_MONTH,
    digital,
  ),
  technology(
    ['SALESFORCE.COM EMEA LIMITED', 'Sales Cloud, year', 'Salesforce', 'sales-crm'],
    ['5230', SOFTWARE],
    24_600_000,
    yearly(10),
    {
      uplift: 1065,
      story: 'salesforce-shared',
      owners: () => [...SALESFORCE_SHARES],
    },
  ),
  technology(
    ['WORKDAY LIMITED', 'HCM subscription, year', 'Workday', 'hr-payroll'],
    ['6100', SOFTWARE],
    11_800_000,
    [1, 13, 23],
    {
      story: 'renewed-early',
    },
  ),
  technology(['SERVICENOW UK LTD', 'ITSM, year', 'ServiceNow', 'it-management'], APPLICATIONS, 14_900_000, yearly(8), {
    uplift: 1040,
  }),
  technology(
    ['SAP (UK) LIMITED', 'S/4HANA Cloud, quarter', 'SAP', 'finance-erp'],
    APPLICATIONS,
    10_450_000,
    quarterly(0),
    { uplift: 1035 },
  ),
  technology(
    ['OKTA INC', 'Workforce identity, year', 'Okta', 'security-identity'],
    INFRASTRUCTURE,
    5_720_000,
    yearly(4),
    { uplift: 1030 },
  ),
  technology(
    ['ATLASSIAN PTY LTD', 'Jira and Confluence, year', 'Atlassian', 'developer-tools'],
    ['3010', SOFTWARE],
    6_680_000,
    yearly(7),
  ),
  technology(
    ['SLACK TECHNOLOGIES LTD', 'Business+, quarter', 'Slack', 'collaboration'],
    APPLICATIONS,
    1_940_000,
    quarterly(2),
  ),
  technology(
    ['RACKSPACE LIMITED', 'Managed hosting, month', 'Rackspace', 'cloud-infrastructure'],
    ['4020', HOSTING],
    920_000,
    monthly(0, 15),
    {
      story: 'hosting-ended',
    },
  ),
  technology(
    ['BRITISH TELECOMMUNICATIONS PLC', 'Leased lines', 'BT', 'telecom'],
    ['4020', TELECOM],
    834_000,
    EVERY_MONTH,
    { swing: 15 },
  ),
  technology(['VODAFONE LIMITED', 'Mobile airtime', 'Vodafone', 'telecom'], ['4030', TELECOM], 612_000, EVERY_MONTH, {
    swing: 60,
  }),
  technology(
    ['DELL CORPORATION LTD', 'Laptops and docks', 'Dell', 'hardware'],
    ['4030', EQUIPMENT],
    1_960_000,
    EVERY_MONTH,
    { swing: 350 },
  ),
  technology(
    ['CISCO INTERNATIONAL LTD', 'Switch refresh', 'Cisco', 'hardware'],
    ['4020', EQUIPMENT],
    4_300_000,
    [3, 9, 16],
  ),
  technology(
    ['COGNIZANT WORLDWIDE LTD', 'Application support', 'Cognizant', 'it-services'],
    ['4010', CONSULTANCY],
    3_150_000,
    EVERY_MONTH,
    {
      uplift: 880,
      swing: 40,
    },
  ),
  technology(
    ['HARTWELL DIGITAL LTD', 'Contract developers', 'Hartwell Digital', 'it-services'],
    ['3010', CONSULTANCY],
    1_870_000,
    EVERY_MONTH,
    {
      swing: 120,
    },
  ),
  technology(
    ['SOFTCAT PLC', 'Microsoft 365 E3, year', 'Microsoft', 'collaboration'],
    APPLICATIONS,
    27_400_000,
    yearly(6),
    {
      uplift: 1050,
      story: 'resellers',
    },
  ),
  technology(
    ['SOFTCAT PLC', 'Adobe Creative Cloud team licences', 'Adobe', 'design-content'],
    ['5020', SOFTWARE],
    3_860_000,
    yearly(9),
    {
      story: 'resellers',
    },
  ),
  technology(['SOFTCAT PLC', 'As per quote', 'Softcat', 'reseller'], INFRASTRUCTURE, 418_000, EVERY_MONTH, {
    swing: 300,
    story: 'resellers',
  }),
  technology(
    ['INSIGHT DIRECT (UK) LTD', 'CrowdStrike Falcon, year', 'CrowdStrike', 'security-identity'],
    INFRASTRUCTURE,
    7_450_000,
    yearly(5),
    {
      story: 'resellers',
    },
  ),
  technology(
    ['BYTES SOFTWARE SERVICES LTD', 'Mimecast email security', 'Mimecast', 'security-identity'],
    INFRASTRUCTURE,
    287_000,
    EVERY_MONTH,
    {
      story: 'resellers',
    },
  ),
  technology(
    ['DOCUSIGN INTERNATIONAL', 'eSignature, year', 'DocuSign', 'legal-compliance'],
    ['6200', SOFTWARE],
    1_920_000,
    yearly(11),
  ),
  technology(
    ['GREENHOUSE SOFTWARE INC', 'Recruiting, year', 'Greenhouse Software', 'hr-payroll'],
    ['6100', SOFTWARE],
    2_240_000,
    yearly(12),
  ),
  technology(
    ['TABLEAU SOFTWARE UK', 'Creator licences', 'Tableau', 'data-analytics'],
    ['9999', SOFTWARE],
    1_460_000,
    yearly(3),
    {
      story: 'suspense',
    },
  ),
  technology(
    ['VEEAM SOFTWARE UK LTD', 'Backup, year', 'Veeam', 'it-management'],
    ['', EQUIPMENT],
    1_790_000,
    yearly(1),
    {
      owners: () => whole('it'),
    },
  ),
];
