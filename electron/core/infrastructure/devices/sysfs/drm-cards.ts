import { readPci, type PciFacts } from './pci.ts';
import { byNumber, type SystemFolder } from './system-folder.ts';

/** A graphics card as the kernel lists it. */
export interface DrmCard extends PciFacts {
  /** /sys/class/drm/cardN */
  readonly card: SystemFolder;
  /** /sys/class/drm/cardN/device */
  readonly device: SystemFolder;
  /** Where the card hangs in the machine; names it where there is no bus address. */
  readonly path: string;
  /** Files that a program needs to compute, /dev/dri/renderDN. */
  readonly nodes: readonly string[];
  /** /dev/dri/cardN, which desktops hold open besides. */
  readonly cardNode: string;
}

/** Cards of some drivers; where the driver's name cannot be read, of a vendor. Connectors (card0-DP-1) are no cards. */
export const findDrmCards = (sys: SystemFolder, drivers: readonly string[], vendorId: string): DrmCard[] =>
  sys
    .list('class/drm')
    .filter((name) => /^card\d+$/.test(name))
    .sort(byNumber)
    .map((name) => describeCard(sys, name))
    .filter((card) => (card.driver === undefined ? card.vendorId === vendorId : drivers.includes(card.driver)));

const describeCard = (sys: SystemFolder, name: string): DrmCard => {
  const device = sys.at(`class/drm/${name}/device`);
  const nodes = device
    .list('drm')
    .filter((node) => /^renderD\d+$/.test(node))
    .sort(byNumber);
  return {
    ...readPci(device),
    card: sys.at(`class/drm/${name}`),
    device,
    path: pathBelow(sys, `class/drm/${name}/device`) ?? `class/drm/${name}`,
    nodes: nodes.map((node) => `/dev/dri/${node}`),
    cardNode: `/dev/dri/${name}`,
  };
};

/** The real path of a device without the folder that sysfs is mounted at. */
export const pathBelow = (sys: SystemFolder, path: string): string | undefined => {
  const [root, real] = [sys.real(''), sys.real(path)];
  return root !== undefined && real?.startsWith(`${root}/`) ? real.slice(root.length + 1) : undefined;
};
