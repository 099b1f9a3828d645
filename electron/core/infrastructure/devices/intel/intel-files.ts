import type { DrmCard } from '../sysfs/drm-cards.ts';

/** The same facts of both drivers, which keep them in different places; older and newer kernels again differ. */
export const createIntelFiles = ({ card, device }: Pick<DrmCard, 'card' | 'device'>) => ({
  /** Memory on the card; a processor's own graphics have none. */
  memoryTotalBytes: (): number | undefined => {
    const tiles = device
      .list('')
      .filter((name) => /^tile\d+$/.test(name))
      .flatMap(
        (tile) => device.number(`${tile}/physical_vram_size_bytes`) ?? device.number(`${tile}/memory/physical_vram_size_bytes`) ?? [],
      );
    const bytes = tiles.length === 0 ? card.number('lmem_total_bytes') : tiles.reduce((sum, size) => sum + size, 0);
    return bytes !== undefined && bytes > 0 ? bytes : undefined;
  },
  /** 0 while it sleeps. */
  frequencyMhz: (): number | undefined =>
    device.number('tile0/gt0/freq0/act_freq') ?? card.number('gt/gt0/rps_act_freq_mhz') ?? card.number('gt_act_freq_mhz'),
  /** Time for which it slept. */
  idleMs: (): number | undefined =>
    device.number('tile0/gt0/gtidle/idle_residency_ms') ?? card.number('gt/gt0/rc6_residency_ms') ?? card.number('power/rc6_residency_ms'),
});
