import type { Share } from '../core/decision.js';
import { whole } from './organisation.js';

/** A service that an account uses: names as FOCUS has them, then money in whole US dollars a month. */
export interface CloudService {
  readonly name: string;
  readonly category: string;
  readonly subcategory: string;
  /** At the start, and 24 months later; between them in a straight line. */
  readonly dollarsFirst: number;
  readonly dollarsLast: number;
  readonly resources: number;
  /** Value of the tag `team`, where the resources carry one. */
  readonly team?: string;
}

/** A publisher's product bought through the marketplace. */
export interface MarketplaceProduct {
  readonly publisher: string;
  readonly product: string;
  readonly category: string;
  readonly subcategory: string;
  readonly vendor: string;
  readonly vendorCategory: string;
  readonly dollarsFirst: number;
  readonly dollarsLast: number;
}

/** A linked account: who owns it in a month, and what it uses. */
export interface CloudAccount {
  readonly id: string;
  readonly name: string;
  readonly owners: (month: number) => Share[];
  readonly story: string;
  readonly services: readonly CloudService[];
  readonly products: readonly MarketplaceProduct[];
}

/** Month from which IT owns the website's hosting account (2025-07). */
export const HOSTING_TO_IT = 15;
export const PAYER_ACCOUNT = '310000000100';
export const DATA_PLATFORM_SHARES: readonly Share[] = [
  { functionId: 'engineering', perMillion: 800_000 },
  { functionId: 'finance', perMillion: 200_000 },
];

/** Values of the tag `team` and the function each belongs to; other values are not mapped. */
export const TEAMS: readonly (readonly [team: string, functionId: string])[] = [
  ['telemetry', 'engineering'],
  ['firmware-ci', 'engineering'],
  ['growth', 'marketing'],
  ['support-tools', 'support'],
];

type ServiceRow = [
  name: string,
  category: string,
  subcategory: string,
  first: number,
  last: number,
  resources: number,
  team?: string,
];

function services(rows: readonly ServiceRow[]): CloudService[] {
  return rows.map(([name, category, subcategory, dollarsFirst, dollarsLast, resources, team]) => ({
    name,
    category,
    subcategory,
    dollarsFirst,
    dollarsLast,
    resources,
    ...(team === undefined ? {} : { team }),
  }));
}

const EC2 = 'Amazon Elastic Compute Cloud';
const S3 = 'Amazon Simple Storage Service';
const RDS = 'Amazon Relational Database Service';
const VM = 'Virtual Machines';
const OBJECTS = 'Object Storage';

export const CLOUD_ACCOUNTS: readonly CloudAccount[] = [
  {
    id: '310000000101',
    name: 'larkfield-shared-services',
    owners: () => whole('it'),
    story: '',
    services: services([
      [EC2, 'Compute', VM, 9_800, 8_100, 4],
      [S3, 'Storage', OBJECTS, 2_300, 2_600, 2],
      [RDS, 'Databases', 'Relational Databases', 4_100, 3_900, 2],
      ['AWS Directory Service', 'Identity', 'Identity and Access Management', 640, 640, 1],
      ['Amazon WorkSpaces', 'Compute', VM, 5_900, 4_200, 3],
      ['AWS Backup', 'Storage', 'Backup Storage', 1_150, 1_400, 1],
      ['AmazonCloudWatch', 'Management and Governance', 'Observability', 900, 1_050, 2],
    ]),
    products: [],
  },
  {
    id: '310000000102',
    name: 'larkfield-production',
    owners: () => whole('engineering'),
    story: '',
    services: services([
      [EC2, 'Compute', VM, 21_000, 24_500, 4, 'telemetry'],
      ['Amazon Elastic Kubernetes Service', 'Compute', 'Containers', 6_200, 8_800, 2, 'telemetry'],
      [RDS, 'Databases', 'Relational Databases', 9_400, 10_900, 2],
      [S3, 'Storage', OBJECTS, 3_800, 5_600, 2],
      ['AWS Lambda', 'Compute', 'Serverless Compute', 1_300, 2_100, 2, 'telemetry'],
      ['Amazon Simple Queue Service', 'Integration', 'Messaging', 420, 610, 1],
      ['Elastic Load Balancing', 'Networking', 'Application Networking', 1_050, 1_200, 2],
    ]),
    products: [
      {
        publisher: 'Datadog, Inc.',
        product: 'Datadog Pro',
        category: 'Management and Governance',
        subcategory: 'Observability',
        vendor: 'Datadog',
        vendorCategory: 'it-management',
        dollarsFirst: 6_900,
        dollarsLast: 9_300,
      },
      {
        publisher: 'MongoDB, Inc.',
        product: 'MongoDB Atlas (pay-as-you-go)',
        category: 'Databases',
        subcategory: 'NoSQL Databases',
        vendor: 'MongoDB',
        vendorCategory: 'data-analytics',
        dollarsFirst: 3_100,
        dollarsLast: 3_900,
      },
    ],
  },
  {
    id: '310000000103',
    name: 'larkfield-data-platform',
    owners: () => [...DATA_PLATFORM_SHARES],
    story: '',
    services: services([
      [S3, 'Storage', OBJECTS, 2_900, 4_700, 3],
      ['AWS Glue', 'Analytics', 'Data Processing', 1_800, 2_400, 2],
      ['Amazon Athena', 'Analytics', 'Analytics Platforms', 700, 1_300, 1],
      ['Amazon Bedrock', 'AI and Machine Learning', 'Generative AI', 0, 5_800, 1],
    ]),
    products: [
      {
        publisher: 'Snowflake Inc.',
        product: 'Snowflake AI Data Cloud',
        category: 'Databases',
        subcategory: 'Data Warehouses',
        vendor: 'Snowflake',
        vendorCategory: 'data-analytics',
        dollarsFirst: 8_200,
        dollarsLast: 17_400,
      },
    ],
  },
  {
    id: '310000000104',
    name: 'larkfield-marketing-web',
    owners: (month) => whole(month < HOSTING_TO_IT ? 'marketing' : 'it'),
    story: 'hosting-back-to-it',
    services: services([
      ['Amazon CloudFront', 'Networking', 'Content Delivery', 3_900, 4_200, 2],
      [EC2, 'Compute', VM, 2_700, 2_700, 3],
      [S3, 'Storage', OBJECTS, 880, 960, 2],
      ['AWS WAF', 'Security', 'Threat Detection and Response', 420, 460, 1],
    ]),
    products: [],
  },
  {
    id: '310000000105',
    name: 'larkfield-sandbox',
    owners: () => whole('it'),
    story: '',
    services: services([
      [EC2, 'Compute', VM, 1_700, 1_500, 3, 'firmware-ci'],
      ['Amazon SageMaker', 'AI and Machine Learning', 'AI Platforms', 600, 2_300, 1, 'growth'],
      ['Amazon Connect', 'Business Applications', 'Productivity and Collaboration', 900, 1_700, 1, 'support-tools'],
      [S3, 'Storage', OBJECTS, 260, 310, 2],
    ]),
    products: [],
  },
  {
    id: '310000000106',
    name: 'larkfield-connected-devices',
    owners: () => [], // in no mapping: nobody has said yet whose it is
    story: 'unmapped-account',
    services: services([
      ['AWS IoT Core', 'Internet of Things', 'IoT Platforms', 350, 4_100, 2],
      ['Amazon Kinesis', 'Analytics', 'Streaming Analytics', 200, 1_900, 1],
      ['Amazon DynamoDB', 'Databases', 'NoSQL Databases', 150, 1_300, 2],
    ]),
    products: [],
  },
];
