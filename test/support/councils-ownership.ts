/** Who owns what in two councils, made up for tests: the units are theirs, what stands for a function is our choice. */

const FUNCTIONS: readonly (readonly [id: string, name: string, group: 'it' | 'business'])[] = [
  ['it', 'IT', 'it'],
  ['finance', 'Finance', 'business'],
  ['hr', 'HR', 'business'],
  ['legal', 'Legal and licensing', 'business'],
  ['marketing', 'Marketing and sales', 'business'],
  ['customer-services', 'Customer services', 'business'],
  ['corporate', 'Corporate and democratic services', 'business'],
  ['facilities', 'Property and facilities', 'business'],
  ['housing', 'Housing', 'business'],
  ['environment', 'Environment and streets', 'business'],
  ['planning', 'Planning and economy', 'business'],
  ['leisure-culture', 'Leisure and culture', 'business'],
  ['communities', 'Communities', 'business'],
  ['children-education', 'Children and education', 'business'],
  ['adult-care', 'Adult social care', 'business'],
];

/** The functions.yaml of the councils' workspace. */
export const COUNCILS_FUNCTIONS = `functions:\n${FUNCTIONS.map(
  ([id, name, group]) => `  - { id: ${id}, name: ${name}, group: ${group} }\n`,
).join('')}`;

/** Units of Harrogate by function, in the spelling of the file; a `*` makes a pattern. */
const HARROGATE_UNITS: Readonly<Record<string, readonly string[]>> = {
  it: ['IT'],
  finance: ['Accountancy', 'Internal Audit', 'Balance Sheet', 'Benefits', 'Domestic Revenues', 'NNDR', 'RW&CS*'],
  hr: ['Human Resources'],
  legal: ['Legal Services', 'Land Charges', 'Licensing'],
  marketing: ['Communications & Marketing', 'Sales & Marketing', 'Place Marketing'],
  'customer-services': ['Customer Services Unit*'],
  corporate: [
    'Chief Executive',
    'Committee Administration',
    'Elections',
    'Mayoralty',
    'Improvement & Development*',
    'Partnerships*',
    'Civil Contingencies',
    'TMRA',
  ],
  facilities: [
    'Facilities Management',
    'Building Management Client',
    'Building Cleaning Operations',
    'Estates Management',
    'M&E Services',
    'Property Services (DCS)',
    'Property (Gen Mgmt)',
    'Technical',
    'Other Services',
  ],
  housing: ['Housing *', 'Homelessness', 'Private Sector Housing', 'Wardens Service'],
  environment: [
    'Arboriculture',
    'Bereavement Services',
    'Car Parking',
    'Central Transport',
    'Drainage & Street Furniture',
    'Environmental *',
    'Footway Lighting',
    'Highways',
    'Neighbourhood Services',
    'Parks*',
    'Public Conveniences',
    'Waste *',
  ],
  planning: [
    'Building Control',
    'Development Control',
    'Economic Development',
    'Forward Planning',
    'Planning Overheads',
    'Strategic Development',
  ],
  'leisure-culture': [
    'Arts',
    'Box Office Ticket Sales',
    'Commercial (HIC*',
    'HIC Capital',
    'Holiday Tourism*',
    'Museums',
    'Operations',
    'Public Halls',
    'Sport & Leisure',
    'Tourist Information*',
  ],
  communities: ['Business Development', 'Commercial Services', 'Community Safety'],
};

/** Other names of a unit: an abbreviation, a slip of the pen, and the notes that a change leaves in a name. */
const HARROGATE_ALIASES: readonly (readonly [name: string, of: string])[] = [
  ['ITD', 'IT'],
  ['Sales (Sales & Marketing to 31/3/22)', 'Sales & Marketing'],
  ['Arts (to 31/3/22)', 'Arts'],
  ['Museums (to 31/3/22)', 'Museums'],
  ['Enviromental Protection', 'Neighbourhood Services'],
];

const BIRMINGHAM_UNITS: Readonly<Record<string, readonly string[]>> = {
  corporate: ['Corporate Resources', 'Corporate Procurement'],
  planning: ['Development'],
  communities: ['Local Services'],
  'children-education': ['CYP&F'],
  'adult-care': ['Adults & Communities', 'Adult*'],
};

const BIRMINGHAM_ALIASES: readonly (readonly [name: string, of: string])[] = [
  ['CYO&F', 'CYP&F'],
  ['Adults & Comms', 'Adults & Communities'],
];

/** Rows of the mapping of cost centres for some of the sources, without its header; in any order they mean the same. */
export function councilsCostCenterRows(sources: readonly string[]): string[] {
  return [
    ...(sources.includes('harrogate') ? unitRows('harrogate', HARROGATE_UNITS) : []),
    ...(sources.includes('harrogate') ? aliasRows('harrogate', HARROGATE_ALIASES) : []),
    ...(sources.includes('birmingham') ? unitRows('birmingham', BIRMINGHAM_UNITS) : []),
    ...(sources.includes('birmingham') ? aliasRows('birmingham', BIRMINGHAM_ALIASES) : []),
  ];
}

/** Header of the mapping of cost centres. */
export const COST_CENTER_HEADER = 'cost_center,match,of,source,function,valid_from,valid_to,note';

function unitRows(source: string, units: Readonly<Record<string, readonly string[]>>): string[] {
  return Object.entries(units).flatMap(([functionId, names]) =>
    names.map((name) => {
      const match = name.includes('*') ? 'pattern' : 'exact';
      return `${name},${match},,${source},${functionId},,,`;
    }),
  );
}

function aliasRows(source: string, aliases: readonly (readonly [name: string, of: string])[]): string[] {
  return aliases.map(([name, of]) => `${name},alias,${of},${source},,,,`);
}
