import type { SystemFolder } from './system-folder.ts';

/** What the bus tells of a device; unknown is absent. */
export interface PciFacts {
  /** `0000:3b:00.0` */
  readonly pci?: string;
  /** Name of the kernel's driver. */
  readonly driver?: string;
  /** Four hexadecimal digits. */
  readonly vendorId?: string;
  readonly deviceId?: string;
}

/** `folder` is a device's folder in sysfs. */
export const readPci = (folder: SystemFolder): PciFacts => {
  const uevent = parseUevent(folder.read('uevent') ?? '');
  const address = folder.real('')?.split('/').at(-1);
  const pci = address !== undefined && isAddress.test(address) ? address : uevent.get('PCI_SLOT_NAME');
  const driver = folder.target('driver') ?? uevent.get('DRIVER');
  const [vendorId, deviceId] = [parseId(folder.read('vendor')), parseId(folder.read('device'))];
  return {
    ...(pci === undefined ? {} : { pci: pci.toLowerCase() }),
    ...(driver === undefined ? {} : { driver }),
    ...(vendorId === undefined ? {} : { vendorId }),
    ...(deviceId === undefined ? {} : { deviceId }),
  };
};

const isAddress = /^[\da-f]{4,}:[\da-f]{2}:[\da-f]{2}\.\d$/i;

/** `NAME=value` lines. */
export const parseUevent = (text: string): ReadonlyMap<string, string> =>
  new Map(
    text.split('\n').flatMap((line) => {
      const [, name, value] = /^(\w+)=(.+)$/.exec(line.trim()) ?? [];
      return name === undefined || value === undefined ? [] : [[name, value] as const];
    }),
  );

const parseId = (text: string | undefined): string | undefined => /^0x([\da-f]{4})$/i.exec(text ?? '')?.[1]?.toLowerCase();

/** `amdgpu 6.10.5`; a driver that is part of the kernel has the kernel's version. */
export const describeDriver = (driver: string | undefined, system: { sys: SystemFolder; proc: SystemFolder }): string | undefined => {
  if (driver === undefined) return undefined;
  const own = system.sys.read(`module/${driver}/version`);
  const kernel = system.proc.read('sys/kernel/osrelease');
  if (own !== undefined) return `${driver} ${own}`;
  return kernel === undefined ? driver : `${driver} (Linux ${kernel})`;
};
