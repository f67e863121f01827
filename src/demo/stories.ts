import type { DemoStory } from './types.js';

/** A story without its money. */
export type StoryLine = Pick<DemoStory, 'id' | 'sentence' | 'level' | 'from' | 'to'>;

type Movement = readonly [
  id: string,
  level: 'line' | 'vendor' | 'category',
  from: string,
  to: string,
  sentence: string,
];

const MOVEMENTS: readonly Movement[] = [
  [
    'analytics-platform',
    'line',
    'it',
    'marketing',
    'The analytics platform Amplitude went from IT to marketing in July 2025 with its contract.',
  ],
  [
    'digital-reorganised',
    'line',
    'it',
    'marketing',
    'The cost centre Digital went from IT to marketing in the reorganisation of April 2025.',
  ],
  [
    'person-moves',
    'line',
    'it',
    'marketing',
    'A cardholder moved from IT to marketing in April 2025 and took two subscriptions along.',
  ],
  [
    'hosting-back-to-it',
    'line',
    'marketing',
    'it',
    'IT took over the hosting account of the website from marketing in July 2025.',
  ],
  [
    'hubspot-buyer',
    'vendor',
    'it',
    'marketing',
    'IT ended its HubSpot contract in March 2025; marketing pays HubSpot by card since.',
  ],
  ['help-desk-buyer', 'vendor', 'it', 'support', 'Customer support buys Zendesk itself since April 2025.'],
  [
    'personio-buyer',
    'vendor',
    'it',
    'finance',
    'In Germany the administration, not IT, pays for Personio since April 2025.',
  ],
  [
    'survey-tool',
    'category',
    'it',
    'marketing',
    'IT let Qualtrics end; marketing bought SurveyMonkey and Typeform instead.',
  ],
  ['work-management', 'category', 'it', 'operations', 'IT let Asana end; operations bought monday.com instead.'],
];

type Other = readonly [id: string, level: 'new' | 'cut' | 'timing' | 'beside' | 'unassigned', sentence: string];

const OTHERS: readonly Other[] = [
  ['shadow-ai', 'new', 'Business functions began to buy AI tools on cards; IT has none of them on its list.'],
  ['hosting-ended', 'cut', 'IT ended its managed hosting at Rackspace in June 2025.'],
  ['zoom-cut', 'cut', 'IT cut its Zoom licences to a third in May 2025.'],
  ['renewed-early', 'timing', 'Workday was renewed two months early: the second year holds two annual invoices.'],
  [
    'salesforce-shared',
    'timing',
    'Salesforce is paid a year ahead in February and shared by sales and marketing, 70 to 30.',
  ],
  ['resellers', 'timing', 'Softcat, Insight and Bytes sell licences of Microsoft, Adobe, CrowdStrike and Mimecast.'],
  ['refunds', 'timing', 'Tools bought by card were refunded.'],
  ['advertising', 'beside', 'Advertising on Google, Meta, LinkedIn and through a media agency is no technology.'],
  ['unmapped-account', 'unassigned', 'A cloud account for connected devices grows and nobody has said whose it is.'],
  ['virtual-card', 'unassigned', 'A virtual card without holder or cost centre pays for Notion and Intercom.'],
  ['suspense', 'unassigned', 'Tableau is booked on the suspense cost centre.'],
  ['unknown-payee', 'unassigned', 'Payees whose name tells nothing: KLX, MDX Group, Tribeka Services.'],
];

/** What really happens in the demo company. */
export const STORIES: readonly StoryLine[] = [
  ...MOVEMENTS.map(([id, level, from, to, sentence]) => ({ id, level, from, to, sentence })),
  ...OTHERS.map(([id, level, sentence]) => ({ id, level, sentence, from: undefined, to: undefined })),
];
