import type { YAMLSeq } from 'yaml';
import { isMap, isSeq, parseDocument, YAMLMap, type Document } from 'yaml';

import { SettingsError } from '../core/errors.js';

/** What a vendors.yaml begins with. */
const HEADER = `# What this company says of vendors, beside the catalogue. \`spendshift vendors\` writes it; edit it by hand as you like.
# Every entry can be taken back: spendshift vendors split ID, or take the line out.
`;

/** A change of a vendors.yaml. */
export type VendorEdit =
  | { readonly kind: 'merge'; readonly from: readonly string[]; readonly into: string }
  | { readonly kind: 'split'; readonly id: string }
  | { readonly kind: 'rename'; readonly id: string; readonly name: string }
  | { readonly kind: 'alias'; readonly id: string; readonly aliases: readonly string[] };

/**
 * The text of a vendors.yaml with a change made; comments and all else are kept. An empty text begins a new file. A change
 * that is there already changes nothing.
 *
 * @throws SettingsError when the text is no sound YAML map.
 */
export function editVendors(text: string, file: string, edit: VendorEdit): string {
  const document = parseDocument(text === '' ? `${HEADER}vendors: {}\n` : text);
  const [problem] = document.errors;
  if (problem !== undefined || (document.contents !== null && !isMap(document.contents))) {
    const message = problem === undefined ? 'the file is not a map of keys' : `not valid YAML: ${problem.message}`;
    throw new SettingsError({ place: { file }, message, hint: 'Mend the file first: spendshift check.' });
  }
  const before = document.toString({ lineWidth: 0 });
  if (edit.kind === 'merge') merge(document, edit.from, edit.into);
  else if (edit.kind === 'split') split(document, edit.id);
  else if (edit.kind === 'rename') vendorOf(document, edit.id).set('name', edit.name);
  else for (const alias of edit.aliases) addTo(listOf(vendorOf(document, edit.id), 'aliases', document), alias);
  const after = document.toString({ lineWidth: 0 });
  return text !== '' && after === before ? text : after;
}

/** A vendor stands at one place only, so it leaves where it was merged before, and its spelling no longer decides. */
function merge(document: Document, from: readonly string[], into: string): void {
  for (const id of from) {
    takeOut(document, id);
    addTo(listOf(vendorOf(document, into), 'merged', document), id);
  }
}

/** Undoes a person's merge; where there is none, the vendor is kept apart from whatever it is a spelling of. */
function split(document: Document, id: string): void {
  if (!takeOut(document, id)) addTo(listOf(rootOf(document), 'apart', document), id);
}

/** Takes an id out of every list of merged vendors; true when it stood in one. */
function takeOut(document: Document, id: string): boolean {
  const vendors: unknown = rootOf(document).get('vendors');
  if (!isMap(vendors)) return false;
  let found = false;
  for (const { value } of vendors.items) {
    const list: unknown = isMap(value) ? value.get('merged') : undefined;
    if (!isSeq(list)) continue;
    const at = textsOf(list).indexOf(id);
    if (at < 0) continue;
    list.delete(at);
    if (list.items.length === 0 && isMap(value)) value.delete('merged');
    found = true;
  }
  return found;
}

function rootOf(document: Document): YAMLMap {
  if (!isMap(document.contents)) document.contents = new YAMLMap();
  return document.contents as YAMLMap;
}

function vendorOf(document: Document, id: string): YAMLMap {
  const root = rootOf(document);
  const present: unknown = root.get('vendors');
  const vendors = isMap(present) ? present : new YAMLMap();
  if (vendors !== present) root.set('vendors', vendors);
  vendors.flow = false;
  const own: unknown = vendors.get(id);
  if (isMap(own)) return own;
  const made = new YAMLMap();
  vendors.set(id, made);
  return made;
}

function listOf(map: YAMLMap, key: string, document: Document): YAMLSeq {
  const present: unknown = map.get(key);
  if (isSeq(present)) return present;
  const made = document.createNode([]) as YAMLSeq;
  made.flow = false;
  map.set(key, made);
  return made;
}

function addTo(list: YAMLSeq, text: string): void {
  if (!textsOf(list).includes(text)) list.add(text);
}

function textsOf(list: YAMLSeq): string[] {
  return list.toJSON().map(String);
}
