import { readFileSync } from 'node:fs';
import type { PciFacts } from './pci.ts';

/** Where distributions keep the list of all devices on the bus. */
export const pciIdFiles = ['/usr/share/hwdata/pci.ids', '/usr/share/misc/pci.ids'];

/** Names a device: `Intel Arc A770` where the system's list knows it, else `Intel GPU [8086:56a0]`. */
export type NameDevice = (vendor: string | undefined, kind: string, facts: PciFacts) => string;

/** The list is more than a megabyte: it is read when a device is first named, and only the names found are kept. */
export const createNameDevice = (files: readonly string[]): NameDevice => {
  const known = new Map<string, string | undefined>();
  const lookUp = (vendorId: string, deviceId: string): string | undefined => {
    const id = `${vendorId}:${deviceId}`;
    if (!known.has(id)) known.set(id, findPciName(readFirst(files), vendorId, deviceId));
    return known.get(id);
  };
  return (vendor, kind, { vendorId, deviceId }) => {
    const plain = vendor === undefined ? kind : `${vendor} ${kind}`;
    if (vendorId === undefined || deviceId === undefined) return plain;
    const name = lookUp(vendorId, deviceId);
    if (name === undefined) return `${plain} [${vendorId}:${deviceId}]`;
    return vendor === undefined || name.startsWith(vendor) ? name : `${vendor} ${name}`;
  };
};

/** Of `DG2 [Arc A770]` the name in brackets is the one on the box. A device's line stands below its vendor's, after one tab. */
export const findPciName = (list: string, vendorId: string, deviceId: string): string | undefined => {
  const start = new RegExp(`^${vendorId}  `, 'm').exec(list)?.index;
  if (start === undefined) return undefined;
  const rest = list.slice(start);
  const block = rest.slice(0, /\n[^\t#\n]/.exec(rest)?.index);
  const name = new RegExp(`^\\t${deviceId}  (.+)$`, 'm').exec(block)?.[1]?.trim();
  return name === undefined ? undefined : (/\[(.+)\]$/.exec(name)?.[1] ?? name);
};

const readFirst = (files: readonly string[]): string => {
  for (const file of files) {
    try {
      return readFileSync(file, 'utf8');
    } catch {
      // The next distribution's place.
    }
  }
  return '';
};
