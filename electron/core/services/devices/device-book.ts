import type { Journal } from '../../infrastructure/storage/journal.ts';
import type { DeviceRow } from '../../infrastructure/storage/reader-queries.ts';
import type { FoundDevice } from '../../ports.ts';
import { giveIds } from './device-ids.ts';
import { readRecords, recordWrite, shareKey, type DeviceRecord, type DeviceSettings } from './device-settings.ts';
import type { Share } from './divide.ts';

/** The ids, shares and settings of devices, in memory and in the journal. */
export interface DeviceBook {
  record(key: string): DeviceRecord | undefined;
  /** Whether an id was ever given. */
  isTaken(id: string): boolean;
  sharesOf(key: string): readonly (DeviceRecord & Share)[];
  /** Gives ids to devices that have none. */
  adopt(found: readonly FoundDevice[]): Promise<void>;
  /** Each of these holds at once and resolves when the journal has it; when the disk refuses it, it holds no longer. */
  change(key: string, change: (settings: DeviceSettings) => DeviceSettings): Promise<void>;
  addShare(of: string, share: Share): Promise<void>;
  removeShare(name: string): Promise<void>;
}

export const createDeviceBook = (options: {
  rows: readonly DeviceRow[];
  journal: Journal;
  processor: { key: string; id: string };
}): DeviceBook => {
  const { journal, processor } = options;
  const records = readRecords(options.rows);
  // The processor is always there and has always had this id, so that only what a person sets for it is written down.
  if (!records.has(processor.key)) records.set(processor.key, { ...processor, settings: {} });

  const put = (key: string, record: DeviceRecord | undefined): void => void (record ? records.set(key, record) : records.delete(key));

  const store = async (key: string, record: DeviceRecord | undefined): Promise<void> => {
    const before = records.get(key);
    put(key, record);
    try {
      await journal.append([record ? recordWrite(record) : ['removeDevice', { key }]]);
    } catch (error) {
      put(key, before);
      throw error;
    }
  };

  return {
    record: (key) => records.get(key),
    isTaken: (id) => [...records.values()].some((record) => record.id === id),
    sharesOf: (key) =>
      [...records.values()].flatMap((record) => {
        const { share } = record.settings;
        if (share?.of !== key) return [];
        const { of: _, ...part } = share;
        return [{ ...record, ...part }];
      }),
    async adopt(found) {
      const given = giveIds(new Map([...records].map(([key, { id }]) => [key, id])), found);
      const added = [...given].map(([key, id]): DeviceRecord => ({ key, id, settings: {} }));
      for (const record of added) records.set(record.key, record);
      if (added.length > 0) await journal.record(added.map(recordWrite));
    },
    change(key, change) {
      const record = records.get(key);
      if (!record) throw new Error(`nothing is known of the device ${key}`);
      return store(key, { ...record, settings: change(record.settings) });
    },
    addShare: (of, { id, ...part }) => store(shareKey(id), { key: shareKey(id), id, settings: { share: { of, ...copyOf(part) } } }),
    removeShare: (name) => store(shareKey(name), undefined),
  };
};

const copyOf = ({ coreIds, memoryBytes }: Omit<Share, 'id'>): { coreIds?: number[]; memoryBytes?: number } => ({
  ...(coreIds && { coreIds: [...coreIds] }),
  ...(memoryBytes !== undefined && { memoryBytes }),
});
