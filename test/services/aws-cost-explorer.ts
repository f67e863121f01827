import type { IsoDate } from '../../src/core/date.js';
import { groupBy } from '../../src/core/group.js';
import { divideRounded } from '../../src/core/money.js';
import { addMonths, firstDay, monthOf, monthsOf, type Month } from '../../src/core/period.js';
import { AMOUNT_DIGITS, entriesOf, type Entry } from './aws-cost-explorer-data.js';
import { organizationsReply } from './aws-cost-explorer-organization.js';
import { getCostAndUsage } from './aws-cost-explorer-query.js';
import { awsRefusal, checkSignature, JSON_TYPE, type AwsKeys } from './aws-cost-explorer-signature.js';
import { StrictServer, type FaultReplies, type ServiceReply, type ServiceRequest } from './server.js';
import type { RunningChargeStandin, Standin, TrueTotal, World } from './standin.js';

const KEYS: AwsKeys = { accessKeyId: 'STANDINKEYID00000001', secretAccessKey: 'stand-in/secret+access+key/0123456789' };
/** Keys of a session, which need its token. */
export const SESSION_KEYS: AwsKeys = {
  accessKeyId: 'STANDINSESSION000001',
  secretAccessKey: 'stand-in/session+secret/0123456789',
  sessionToken: 'stand-in-session-token//0123456789==',
};

const COST_TARGET = 'AWSInsightsIndexService.';
const ORGANIZATIONS_TARGET = 'AWSOrganizationsV20161128.';
/** Months before the start of the world in which there were charges. */
const PAST_MONTHS = 40;
/** Months before the current one that are kept day by day. */
const DAILY_MONTHS = 13;
const USAGE = new Set(['Usage', 'DiscountedUsage', 'SavingsPlanCoveredUsage', 'SavingsPlanNegation']);
const MARKETPLACE_APART = new Set(['Tax', 'Credit', 'Refund']);
const MICRO_DIGITS = 6;

/** How charges are cut, where it is not as in the settings of the stand-in. */
export interface Cut {
  readonly granularity?: 'daily' | 'monthly';
  /** What money is split by: the tag `team`, the cost category `Domain`, or nothing. */
  readonly owner?: 'team' | 'domain' | 'none';
  readonly leaveOut?: readonly string[];
  readonly isGross?: boolean;
}

/** Cost Explorer and Organizations of an invented company. */
export interface RunningAws extends RunningChargeStandin {
  /** What a month comes to when charges are cut otherwise: each group of money is rounded by itself. */
  truthOf(month: Month, cut: Cut): TrueTotal;
  /** The lines of the bill of a month that are shown now. */
  entries(month: Month): readonly Entry[];
  /** Takes a permission away: `organizations:ListRoots`. */
  deny(action: string): void;
  /** Gives no net metrics from now on. */
  refuseNet(): void;
  /** Switches multi-year data on. */
  keepMonths(months: number): void;
  /** Leaves lines out of all groups, but not out of the total. */
  hide(hides: (entry: Entry) => boolean): void;
}

const FAULTS: FaultReplies = {
  throttled: fault(400, 'LimitExceededException', 'Rate exceeded'),
  'server-error': fault(500, 'InternalServerException', 'An internal error has occurred'),
  expired: fault(400, 'ExpiredTokenException', 'The security token included in the request is expired'),
  forbidden: fault(400, 'AccessDeniedException', deniedText('ce:GetCostAndUsage')),
};

function fault(status: number, type: string, message: string): ServiceReply {
  return { status, headers: JSON_TYPE, body: { __type: `com.amazonaws.standin#${type}`, message } };
}

function deniedText(action: string): string {
  return `User: arn:aws:iam::100000000001:user/spendshift is not authorized to perform: ${action} on resource: * because no identity-based policy allows the action`;
}

/** The bill as it stands at the clock of the world. */
class Bill {
  readonly #world: World;
  readonly #first: Month;
  readonly #corrections = new Map<Month, number>();
  readonly #months = new Map<Month, readonly Entry[]>();
  readonly #shown = new Map<Month, { on: IsoDate; days: ReadonlyMap<string, readonly Entry[]> }>();

  constructor(world: World) {
    this.#world = world;
    this.#first = addMonths(monthOf(this.today), -PAST_MONTHS);
  }

  get today(): IsoDate {
    return this.#world.now().toISOString().slice(0, 10) as IsoDate;
  }

  shown(month: Month): readonly Entry[] {
    return [...this.#days(month).values()].flat();
  }

  /** Lines of days in one month. */
  between(from: IsoDate, to: IsoDate): readonly Entry[] {
    return [...this.#days(monthOf(from))].filter(([day]) => day >= from && day < to).flatMap(([, entries]) => entries);
  }

  /** The lines that are shown today by their day; made anew when the day or the bill changes. */
  #days(month: Month): ReadonlyMap<string, readonly Entry[]> {
    if (month < this.#first) return new Map();
    const { today } = this;
    const known = this.#shown.get(month);
    if (known?.on === today) return known.days;
    const entries = this.#months.get(month) ?? entriesOf(this.#world.seed, month, this.#corrections.get(month) ?? 0);
    this.#months.set(month, entries);
    const days = groupBy(
      entries.filter(({ shownFrom }) => shownFrom <= today),
      ({ day }) => day,
    );
    this.#shown.set(month, { on: today, days });
    return days;
  }

  correct(month: Month): void {
    this.#corrections.set(month, (this.#corrections.get(month) ?? 0) + 1);
    this.#months.delete(month);
    this.#shown.delete(month);
  }

  /** Months with charges that Cost Explorer still keeps by day. */
  kept(): Month[] {
    const current = monthOf(this.today);
    const months = monthsOf({ from: addMonths(current, -DAILY_MONTHS), to: addMonths(current, 1) });
    return months.filter((month) => this.shown(month).length > 0);
  }

  truth(month: Month, { granularity = 'daily', owner = 'none', leaveOut = [], isGross = false }: Cut): TrueTotal {
    const sums = new Map<string, { cash: bigint; accrual: bigint }>();
    for (const entry of this.shown(month)) {
      const { day, account, service, recordType, isMarketplace } = entry;
      if (leaveOut.includes(recordType)) continue;
      const what = isMarketplace
        ? [service, MARKETPLACE_APART.has(recordType) ? recordType : '']
        : [USAGE.has(recordType) ? service : '', USAGE.has(recordType) ? '' : recordType];
      const period = granularity === 'daily' ? day : firstDay(month);
      const name = JSON.stringify([period, account, isMarketplace, what, owner === 'none' ? '' : entry[owner]]);
      const sum = sums.get(name) ?? { cash: 0n, accrual: 0n };
      sum.cash += entry.unblended;
      sum.accrual += isGross ? entry.amortized : entry.netAmortized;
      sums.set(name, sum);
    }
    const micros = (amount: bigint): bigint => divideRounded(amount, 10n ** BigInt(AMOUNT_DIGITS - MICRO_DIGITS));
    let [cashMicros, accrualMicros] = [0n, 0n];
    for (const { cash, accrual } of sums.values()) {
      cashMicros += micros(cash);
      accrualMicros += micros(accrual);
    }
    return { cashMicros, accrualMicros };
  }
}

async function start(world: World): Promise<RunningAws> {
  const bill = new Bill(world);
  const denied = new Set<string>();
  let refusesNet = false;
  let monthlyMonths = DAILY_MONTHS;
  let hides: ((entry: Entry) => boolean) | undefined;
  const answer = (operation: string, request: Readonly<Record<string, unknown>>): unknown => {
    if (operation !== 'GetCostAndUsage') return organizationsReply(operation, request);
    const { today } = bill;
    const entries = (from: IsoDate, to: IsoDate): readonly Entry[] => bill.between(from, to);
    return getCostAndUsage(request, { today, dailyMonths: DAILY_MONTHS, monthlyMonths, refusesNet, entries, hides });
  };
  const server = await StrictServer.start((request) => reply(request, denied, answer), FAULTS);
  return {
    server,
    settings: {
      accessKeyId: 'env:AWS_STANDIN_ACCESS_KEY_ID',
      secretAccessKey: 'env:AWS_STANDIN_SECRET_ACCESS_KEY',
      endpoint: server.url,
      organizationsEndpoint: server.url,
    },
    secrets: {
      AWS_STANDIN_ACCESS_KEY_ID: KEYS.accessKeyId,
      AWS_STANDIN_SECRET_ACCESS_KEY: KEYS.secretAccessKey,
      AWS_STANDIN_SESSION_KEY_ID: SESSION_KEYS.accessKeyId,
      AWS_STANDIN_SESSION_SECRET: SESSION_KEYS.secretAccessKey,
      AWS_STANDIN_SESSION_TOKEN: SESSION_KEYS.sessionToken ?? '',
    },
    months: () => bill.kept(),
    truth: (month) => (bill.shown(month).length === 0 ? new Map() : new Map([['USD', bill.truth(month, {})]])),
    truthOf: (month, cut) => bill.truth(month, cut),
    entries: (month) => bill.shown(month),
    restate: (month) => {
      bill.correct(month);
    },
    deny: (action) => denied.add(action),
    refuseNet: () => {
      refusesNet = true;
    },
    keepMonths: (months) => {
      monthlyMonths = months;
    },
    hide: (hidden) => {
      hides = hidden;
    },
  };
}

function reply(
  request: ServiceRequest,
  denied: ReadonlySet<string>,
  answer: (operation: string, request: Readonly<Record<string, unknown>>) => unknown,
): ServiceReply {
  const target = request.headers['x-amz-target'] ?? '';
  const isCost = target === `${COST_TARGET}GetCostAndUsage`;
  const isJson = request.headers['content-type'] === JSON_TYPE['content-type'];
  if (
    request.method !== 'POST' ||
    request.path !== '/' ||
    !isJson ||
    !(isCost || target.startsWith(ORGANIZATIONS_TARGET))
  ) {
    throw awsRefusal('UnknownOperationException', `${request.method} ${request.path} ${target}`);
  }
  const operation = target.slice(target.indexOf('.') + 1);
  const service = isCost ? 'ce' : 'organizations';
  checkSignature(request, service, [KEYS, SESSION_KEYS]);
  const action = `${service}:${operation}`;
  if (denied.has(action)) throw awsRefusal('AccessDeniedException', deniedText(action));
  const body = answer(operation, JSON.parse(request.body) as Readonly<Record<string, unknown>>);
  if (body === undefined) throw awsRefusal('UnknownOperationException', operation);
  return { headers: JSON_TYPE, body };
}

export default { connector: 'aws-cost-explorer', start } satisfies Standin<RunningAws>;
