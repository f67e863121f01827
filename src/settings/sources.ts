import { closest } from '../core/closest.js';
import type { Mistake } from '../core/errors.js';
import { fingerprint } from '../core/ids.js';
import { canonicalJson } from './canonical.js';
import { checkSchema } from './schema-mistakes.js';
import { sourceSchema } from './schema.js';
import type { ConnectorDeclaration, SourceSettings } from './types.js';
import type { YamlFile } from './yaml-file.js';

const SOURCE_ID = /^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$/;

/** Reads the sources of a workspace, each against the schema of its connector. Collects mistakes. */
export function readSources(
  sources: Readonly<Record<string, unknown>>,
  yaml: YamlFile,
  connectors: readonly ConnectorDeclaration[],
  mistakes: Mistake[],
): SourceSettings[] {
  return Object.entries(sources).flatMap(([id, value]) => {
    const source = readSource(id, value, yaml, connectors, mistakes);
    return source === undefined ? [] : [source];
  });
}

function readSource(
  id: string,
  value: unknown,
  yaml: YamlFile,
  connectors: readonly ConnectorDeclaration[],
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
  const { connector: connectorId, title, kind, ...own } = common.value;
  const connector = connectors.find((entry) => entry.id === connectorId);
  if (connector === undefined) {
    const ids = connectors.map((entry) => entry.id).sort();
    const near = closest(connectorId, ids);
    const hint = `${near === undefined ? '' : `Did you mean "${near}"? `}Connectors: ${ids.join(', ')}.`;
    mistakes.push({ place: yaml.placeOf([...path, 'connector']), message: `unknown connector "${connectorId}"`, hint });
    return undefined;
  }
  const checked = checkSchema(connector.settings, own, path, yaml.placeOf);
  if ('mistakes' in checked) {
    mistakes.push(...checked.mistakes);
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
  };
}
