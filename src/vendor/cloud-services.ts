import { fold, readPart } from './text.js';

/** What clouds call what they sell. All texts are folded. */
export interface CloudServices {
  /** Services that a cloud sells as its own: vendor id → name → category. */
  readonly services: ReadonlyMap<string, ReadonlyMap<string, string>>;
  /** How clouds name services that are not listed. */
  readonly beginnings: readonly { readonly text: string; readonly vendorId: string }[];
  /** ServiceCategory of FOCUS → category, empty where it tells none. */
  readonly focus: ReadonlyMap<string, string>;
}

/** The category of a listed service of a cloud; undefined where it is none. */
export function cloudServiceCategory(service: string, vendorId: string, clouds: CloudServices): string | undefined {
  return clouds.services.get(vendorId)?.get(folded(service));
}

/** Our category for a ServiceCategory of FOCUS, empty where that tells none; undefined for a text that is no such thing. */
export function focusCategory(serviceCategory: string, clouds: CloudServices): string | undefined {
  return serviceCategory === '' ? undefined : clouds.focus.get(folded(serviceCategory));
}

/** Whether a service text is that of a cloud's own service, listed or named after the cloud. */
export function isNativeService(service: string, vendorId: string, clouds: CloudServices): boolean {
  const name = folded(service);
  if (clouds.services.get(vendorId)?.has(name) === true) return true;
  return clouds.beginnings.some((beginning) => beginning.vendorId === vendorId && name.startsWith(beginning.text));
}

/** Whether the vendor is a cloud whose services are known, so that others' goods on its bills can be told. */
export function isCloud(vendorId: string, clouds: CloudServices): boolean {
  return clouds.services.has(vendorId) && vendorId !== '';
}

function folded(text: string): string {
  return fold(readPart(text));
}
