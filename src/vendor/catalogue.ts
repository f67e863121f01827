import { SettingsError } from '../core/errors.js';
import { AliasIndex } from './alias-index.js';
import { readCatalogueData, type CatalogueData } from './catalogue-data.js';
import type { CloudServices } from './cloud-services.js';
import type { CloudRow, MerchantRow, ProcessorRow } from './config-tables.js';
import type { NormaliserData, ProcessorPrefix } from './normalise.js';
import { suffixSet } from './suffixes.js';
import { parseTextModel, type TextModel } from './text-model.js';
import type { Catalogue, CatalogueVendor, MerchantCategory } from './types.js';
import { VendorTable } from './vendor-table.js';

export type { Catalogue, CatalogueVendor, Category } from './types.js';

/** A legal form is left out in a shorter form where the text was cut: `limi` for `limited`, but not `l` for `llp`. */
const CUT_FORMS = ['limited', 'ltd', 'incorporated', 'corporation', 'company', 'gmbh', 'llc'];

/**
 * Compiles the texts of the config files, by path below config/, into a catalogue.
 *
 * @throws SettingsError with the place of every mistake; see `readCatalogueData`.
 */
export function parseCatalogue(texts: Readonly<Record<string, string>>): Catalogue {
  return openCatalogue(readCatalogueData(texts), texts);
}

/**
 * Files what was read for look-up. `models` has the texts of the two models, by path below config/.
 *
 * @throws SettingsError when a model cannot be read.
 */
export function openCatalogue(data: CatalogueData, models: Readonly<Record<string, string>>): Catalogue {
  const vendors = new VendorTable(data.vendors, data.categories);
  return {
    vendors,
    categories: new Map(data.categories.map((category) => [category.id, category])),
    names: new AliasIndex(data.aliases, (place) => vendors.at(place)),
    processorVendors: vendorsOfProcessors(data.processors, vendors),
    ...merchantMaps(data.merchantCategories),
    cloudServices: cloudServicesOf(data.cloudServices),
    normaliser: normaliserOf(data),
    payeeModel: modelOf(models, 'models/payee.json'),
    labelModel: modelOf(models, 'models/label.json'),
  };
}

function normaliserOf(data: CatalogueData): NormaliserData {
  const prefixes = new Map<string, ProcessorPrefix[]>();
  for (const { id, name, kind, texts } of data.processors) {
    if (kind === 'tenants') continue;
    for (const text of texts) {
      const list = prefixes.get(text.charAt(0)) ?? [];
      list.push({ text, processorId: id, processorName: name, kind });
      prefixes.set(text.charAt(0), list);
    }
  }
  for (const list of prefixes.values()) list.sort((a, b) => b.text.length - a.text.length);
  const tenants = data.processors.filter(({ kind }) => kind === 'tenants');
  const { hub, city, state, country } = data.places;
  return {
    prefixes,
    legalForms: suffixSet(data.legalForms),
    joinedForms: data.joinedForms,
    groupWords: suffixSet([...data.legalForms, ...data.groupWords]),
    purchaseWords: suffixSet([...data.legalForms, ...data.groupWords, ...data.purchaseWords]),
    purchaseTexts: new Set(data.purchaseWords),
    cutForms: new Set(CUT_FORMS.flatMap((form) => beginningsOf(form))),
    tradingAs: new Set(data.tradingAs),
    shortWords: new Set(data.shortWords),
    joiningWords: new Set(data.joiningWords),
    places: {
      hubs: suffixSet(hub),
      cities: suffixSet([...hub, ...city]),
      states: new Set(state),
      countries: new Set(country),
    },
    tenantDomains: new Set(tenants.flatMap(({ texts }) => texts)),
  };
}

/** The proper beginnings of a word: `ltd` → `l`, `lt`. */
function beginningsOf(word: string): string[] {
  return Array.from({ length: word.length - 1 }, (_, index) => word.slice(0, index + 1));
}

function vendorsOfProcessors(processors: readonly ProcessorRow[], vendors: VendorTable): Map<string, CatalogueVendor> {
  const found = new Map<string, CatalogueVendor>();
  for (const processor of processors) {
    const vendor = vendors.get(processor.vendor);
    if (vendor !== undefined) found.set(processor.id, vendor);
  }
  return found;
}

function merchantMaps(rows: readonly MerchantRow[]): Pick<Catalogue, 'merchantCodes' | 'merchantTexts'> {
  const merchantCodes = new Map<string, MerchantCategory>();
  const merchantTexts = new Map<string, MerchantCategory>();
  for (const { codes, texts, category } of rows) {
    for (const code of codes) merchantCodes.set(code, category);
    for (const text of texts) merchantTexts.set(text, category);
  }
  return { merchantCodes, merchantTexts };
}

function cloudServicesOf(rows: readonly CloudRow[]): CloudServices {
  const services = new Map<string, Map<string, string>>();
  const beginnings: { text: string; vendorId: string }[] = [];
  const focus = new Map<string, string>();
  for (const { kind, vendor, category, text } of rows) {
    const own = services.get(vendor) ?? new Map<string, string>();
    if (kind === 'beginning') beginnings.push({ text, vendorId: vendor });
    else (kind === 'focus' ? focus : own).set(text, category);
    services.set(vendor, own);
  }
  return { services, beginnings, focus };
}

function modelOf(texts: Readonly<Record<string, string>>, file: string): TextModel {
  try {
    return parseTextModel(texts[file] ?? '');
  } catch (cause) {
    const message = cause instanceof Error ? cause.message : String(cause);
    const hint = 'Make it anew: npm run train';
    throw new SettingsError({ place: { file: `config/${file}` }, message, hint }, { cause });
  }
}
