import type { Lifetime } from '../../lib/lifetime.ts';
import { openFile } from './open-file.ts';
import { createRates } from './sysfs/rates.ts';
import { parseWholeNumber, type SystemFolder } from './sysfs/system-folder.ts';

/** `intel-rapl:0` is a package, `intel-rapl:0:1` a part of one; AMD's processors have the same names. */
const zone = /^intel-rapl:\d+$/;

/**
 * The processor's power from the energy counters of its packages. Many systems let only the administrator read them, because they
 * give away what others compute; undefined then.
 */
export const createPowerReader = (sys: SystemFolder, path: (file: string) => string, lifetime: Lifetime, now: () => number) => {
  const rates = createRates(now);
  const packages = sys
    .list('class/powercap')
    // "psys" is the whole board.
    .filter((name) => zone.test(name) && sys.read(`class/powercap/${name}/name`)?.startsWith('package'))
    .map((name) => ({
      name,
      range: sys.number(`class/powercap/${name}/max_energy_range_uj`),
      energy: openFile(path(`class/powercap/${name}/energy_uj`), lifetime),
    }));

  return (): number | undefined => {
    const microwatts = packages.map(({ name, range, energy }) => rates.perSecond(name, parseWholeNumber(energy?.read()), range));
    const known = microwatts.filter((value) => value !== undefined);
    // The power of some of the packages would pass for that of all.
    return known.length === 0 || known.length < packages.length ? undefined : known.reduce((sum, value) => sum + value, 0) / 1e6;
  };
};
