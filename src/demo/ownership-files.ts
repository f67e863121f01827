import { addMonths } from '../core/period.js';
import { HOSTING_TO_IT, TEAMS } from './cloud-data.js';
import { monthAt, SECOND_YEAR } from './calendar.js';
import { COST_CENTERS, employments, type CostCenter } from './organisation.js';
import { csvFile } from './table.js';
import type { DemoFile } from './types.js';

/** The ownership files of the workspace. */
export function ownershipFiles(seed: number): DemoFile[] {
  return [
    costCenterFile(),
    accountFile(),
    tagFile(),
    peopleFile(seed),
    ledgerAccountFile(),
    sanctionedFile(),
    rulesFile(),
  ];
}

const LAST_OF_FIRST_YEAR = monthAt(SECOND_YEAR - 1);
const FIRST_OF_SECOND_YEAR = monthAt(SECOND_YEAR);

function costCenterFile(): DemoFile {
  const header = ['cost_center', 'match', 'of', 'source', 'function', 'valid_from', 'valid_to', 'note'];
  const rows = COST_CENTERS.filter(({ byPattern }) => byPattern !== true).flatMap(costCenterRows);
  const pattern = ['52*', 'pattern', '', '', 'sales', '', '', 'all field sales teams'];
  return csvFile('ownership/cost-centers.csv', header, [...rows, pattern]);
}

function costCenterRows(costCenter: CostCenter): string[][] {
  const { text, functionId, laterFunctionId, laterText, german } = costCenter;
  const source = german === true ? 'payables-de' : '';
  if (laterFunctionId !== undefined) {
    return [
      [text, 'exact', '', source, functionId, '', LAST_OF_FIRST_YEAR, ''],
      [text, 'exact', '', source, laterFunctionId, FIRST_OF_SECOND_YEAR, '', 'reorganisation of April 2025'],
    ];
  }
  const rows = [[text, 'exact', '', source, functionId, '', '', '']];
  if (laterText !== undefined) rows.push([laterText, 'alias', text, source, '', '', '', 'spelling since April 2025']);
  return rows;
}

function accountFile(): DemoFile {
  const header = ['source', 'sub_account', 'function', 'shares', 'valid_from', 'valid_to', 'note'];
  const hosting = '310000000104';
  return csvFile('ownership/accounts.csv', header, [
    ['cloud', '310000000101', 'it', '', '', '', 'larkfield-shared-services'],
    ['cloud', '310000000102', 'engineering', '', '', '', 'larkfield-production'],
    ['cloud', '310000000103', '', 'engineering 80, finance 20', '', '', 'larkfield-data-platform, agreed key'],
    ['cloud', hosting, 'marketing', '', '', addMonths(monthAt(HOSTING_TO_IT), -1), 'larkfield-marketing-web'],
    ['cloud', hosting, 'it', '', monthAt(HOSTING_TO_IT), '', 'larkfield-marketing-web, taken over by IT'],
    ['cloud', '310000000105', 'it', '', '', '', 'larkfield-sandbox, where no team is tagged'],
  ]);
}

function tagFile(): DemoFile {
  const rows = TEAMS.map(([team, functionId]) => ['team', team, 'cloud', functionId]);
  return csvFile('ownership/tags.csv', ['key', 'value', 'source', 'function'], rows);
}

function peopleFile(seed: number): DemoFile {
  const rows = employments(seed).map(({ person, department, from, until }) => [
    person,
    department,
    from === undefined ? '' : monthAt(from),
    until === undefined ? '' : monthAt(until),
  ]);
  return csvFile('ownership/people.csv', ['person', 'department', 'valid_from', 'valid_to'], rows);
}

function ledgerAccountFile(): DemoFile {
  return csvFile(
    'ownership/ledger-accounts.csv',
    ['ledger_account', 'match', 'function', 'note'],
    [
      ['7620 IT equipment', 'exact', 'it', 'bought centrally'],
      ['7640 Telecommunications', 'exact', 'it', 'bought centrally'],
      ['0650 Büromaschinen und EDV', 'exact', 'it', 'Germany'],
      ['62*', 'pattern', 'marketing', 'advertising, print and events'],
    ],
  );
}

/** Vendors on IT's list. The AI tools that business functions bought on cards are not. */
const SANCTIONED = (
  'Amazon Web Services|Amplitude|Atlassian|Autodesk|BT|Bechtle|Capgemini|Cisco|Cognizant|Contentful|CrowdStrike|Datadog|Dell|' +
  'Deutsche Telekom|DocuSign|GitHub|Hetzner|HubSpot|JetBrains|Microsoft|Microsoft 365|Mimecast|MongoDB|Okta|Personio|Qualtrics|' +
  'Rackspace|SAP|Salesforce|ServiceNow|Slack|Snowflake|Veeam|Vodafone|Workday|Zendesk|Zoom|1Password'
).split('|');

function sanctionedFile(): DemoFile {
  const rows = SANCTIONED.map((vendor) => [vendor, '', 'IT service catalogue']);
  return csvFile(
    'ownership/sanctioned.csv',
    ['vendor', 'domain', 'note'],
    [...rows, ['', 'adobe.com', 'single sign-on']],
  );
}

function rulesFile(): DemoFile {
  return { path: 'ownership/rules.yaml', content: RULES };
}

const RULES = `# Rules speak before every mapping. The order of this file never matters; see docs/workspace.md.
rules:
  - id: analytics-platform-in-it
    when: { payee: { startsWith: AMPLITUDE } }
    then: { owner: it }
    validTo: 2025-06
    note: bought and run by IT Applications
  - id: analytics-platform-in-marketing
    when: { payee: { startsWith: AMPLITUDE } }
    then: { owner: marketing }
    validFrom: 2025-07
    note: handed over with its contract, minutes of 24 June 2025
  - id: salesforce-shared
    when: { payee: { startsWith: SALESFORCE } }
    then: { shares: { sales: 70, marketing: 30 } }
    note: by users, agreed yearly
  - id: softcat-microsoft
    when: { payee: { startsWith: SOFTCAT }, description: { contains: Microsoft 365 } }
    then: { vendor: Microsoft, category: collaboration, spendClass: technology }
  - id: softcat-adobe
    when: { payee: { startsWith: SOFTCAT }, description: { contains: Adobe } }
    then: { vendor: Adobe, category: design-content, spendClass: technology }
  - id: insight-crowdstrike
    when: { payee: { startsWith: INSIGHT DIRECT }, description: { contains: CrowdStrike } }
    then: { vendor: CrowdStrike, category: security-identity, spendClass: technology }
  - id: media-agency
    when: { payee: { startsWith: BRIGHTWATER MEDIA } }
    then: { vendor: Brightwater Media, spendClass: advertising }
    note: buys media space for us; its fee is inside
  - id: contract-developers
    when: { payee: { startsWith: HARTWELL DIGITAL }, ledgerAccount: { contains: IT consultancy } }
    then: { category: it-services, spendClass: technology }
`;
