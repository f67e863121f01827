import { closest } from '../core/closest.js';
import type { Mistake } from '../core/errors.js';
import { fingerprint } from '../core/ids.js';
import { canonicalJson } from './canonical.js';
import { checkSchema } from './schema-mistakes.js';
import { SCHEDULE_DEFAULT, TIME_ZONE_DEFAULT, type AgentSettings } from './schema-agent.js';
import { sourceSchema } from './schema.js';
import type { ConnectorDeclaration, SourceSettings } from './types.js';
import type { YamlFile } from './yaml-file.js';

const SOURCE_ID = /^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$/;

/** What sources are read against. */
interface SourcesContext {
  readonly yaml: YamlFile;
  readonly connectors: readonly ConnectorDeclaration[];
  readonly agent: AgentSettings | undefined;
}

/** Reads the sources of a workspace, each against the schema of its connector. Collects mistakes. */
export function readSources(
  sources: Readonly<Record<string, unknown>>,
  context: SourcesContext,
  mistakes: Mistake[],
): SourceSettings[] {
  const read = Object.entries(sources).flatMap(([id, value]) => {
    const source = readSource(id, value, context, mistakes);
    return source === undefined ? [] : [source];
  });
  mistakes.push(...twins(read));
  return read;
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}

/** Sources that read the very same charges. Rates, people and applications that come twice do no harm. */
function twins(sources: readonly SourceSettings[]): Mistake[] {
  return sources.flatMap(({ kind, settings, fingerprint: own, place }, index) => {
    // Without settings nothing is known of what is read.
    if (kind === 'reference' || !isObject(settings) || Object.keys(settings).length === 0) return [];
    const first = sources.slice(0, index).find((other) => other.fingerprint === own);
    if (first === undefined) return [];
    const message = `has the same settings as the source ${first.id}: each charge would count twice`;
    return [{ place, message, hint: 'Take one of the two out, or let them read different things.' }];
  });
}

function readSource(
  id: string,
  value: unknown,
  { yaml, connectors, agent }: SourcesContext,
  mistakes: Mistake[],
): SourceSettings | undefined {
  const path = ['sources', id];
  const place = yaml.placeOf(path);
  if (!SOURCE_ID.test(id)) {
    const hint = 'Use letters, digits, - and _, beginning with a letter or digit, 64 at most.';
    mistakes.push({ place, message: `"${id}" cannot be the id of a source`, hint });
  }
  const common = checkSchema(sourceSchema, value, path, yaml.placeOf);
  if ('mistakes' in common) {
    mistakes.push(...common.mistakes);
    return undefined;
  }
  const { connector: connectorId, title, kind, schedule, timeZone, since, ceiling, ...own } = common.value;
  const connector = connectors.find((entry) => entry.id === connectorId);
  if (connector === undefined) {
    const ids = connectors.map((entry) => entry.id).sort();
    const near = closest(connectorId, ids);
    const hint = `${near === undefined ? '' : `Did you mean "${near}"? `}Connectors: ${ids.join(', ')}.`;
    mistakes.push({ place: yaml.placeOf([...path, 'connector']), message: `unknown connector "${connectorId}"`, hint });
    return undefined;
  }
  mistakes.push(...misplaced(connector, { kind, since, ceiling }, (key) => yaml.placeOf([...path, key])));
  const checked = checkSchema(connector.settings, own, path, yaml.placeOf);
  if ('mistakes' in checked) {
    mistakes.push(...checked.mistakes.map((mistake) => withMeaning(mistake, connector.id)));
    return undefined;
  }
  const settings = checked.value;
  const sourceKind = kind ?? connector.kind;
  return {
    id,
    connector: connector.id,
    title: title ?? id,
    kind: sourceKind,
    settings,
    fingerprint: fingerprint([canonicalJson({ connector: connector.id, kind: sourceKind, settings })]),
    place,
    schedule: schedule ?? agent?.schedule ?? SCHEDULE_DEFAULT,
    timeZone: timeZone ?? agent?.timeZone ?? TIME_ZONE_DEFAULT,
    since,
    ceilings: { runMicros: ceiling?.run, monthMicros: ceiling?.month },
  };
}

/** Of a setting that is missing says where it is explained. */
function withMeaning(mistake: Mistake, connector: string): Mistake {
  if (mistake.message !== 'is missing' || mistake.hint !== undefined) return mistake;
  return { ...mistake, hint: `Add it to the source; the README of the connector ${connector} says what it is.` };
}

/** Keys that every source may have, and that mean nothing for this connector. */
function misplaced(
  connector: ConnectorDeclaration,
  keys: Readonly<Record<'kind' | 'since' | 'ceiling', unknown>>,
  placeOf: (key: string) => Mistake['place'],
): Mistake[] {
  const found: Mistake[] = [];
  const refuse = (key: string, message: string): void => {
    found.push({ place: placeOf(key), message, hint: `Take the key ${key} out.` });
  };
  const isOwnKind = connector.kind === 'reference' || connector.kind === 'chargeback';
  if (keys.kind !== undefined && isOwnKind) refuse('kind', `the connector ${connector.id} gives no spend`);
  if (connector.feed !== 'files') return found;
  for (const key of ['since', 'ceiling'] as const) {
    if (keys[key] !== undefined) refuse(key, `the connector ${connector.id} reads files, all of them and for nothing`);
  }
  return found;
}
