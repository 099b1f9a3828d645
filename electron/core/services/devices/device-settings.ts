import * as z from 'zod';
import { DeviceCapability } from '../../../../shared/model/device.ts';
import type { Write } from '../../infrastructure/storage/journal-writes.ts';
import type { DeviceRow } from '../../infrastructure/storage/reader-queries.ts';

/** What a share is cut out of. */
const Share = z.object({
  /** The key of its device. */
  of: z.string(),
  coreIds: z.array(z.int().nonnegative()).exactOptional(),
  memoryBytes: z.number().positive().exactOptional(),
});

/** What a person has set for a device or had measured, as it lies in the journal. Absent means: as by default. */
export const DeviceSettings = z.object({
  drained: z.object({ note: z.string().exactOptional() }).exactOptional(),
  reserveBytes: z.number().nonnegative().exactOptional(),
  overcommit: z.number().min(1).exactOptional(),
  /** As it was measured last. */
  capability: DeviceCapability.exactOptional(),
  /** Only of shares. */
  share: Share.exactOptional(),
});
export type DeviceSettings = z.infer<typeof DeviceSettings>;

/** A device that was found once, or a share that is there. */
export interface DeviceRecord {
  /** Names the same device for ever. */
  readonly key: string;
  readonly id: string;
  readonly settings: DeviceSettings;
}

/** Records by key, as the journal holds them. */
export const readRecords = (rows: readonly DeviceRow[]): Map<string, DeviceRecord> =>
  new Map(rows.map(({ key, id, settings }) => [key, { key, id, settings: DeviceSettings.parse(JSON.parse(settings)) }]));

export const recordWrite = ({ key, id, settings }: DeviceRecord): Write => ['setDevice', { key, id, settings: JSON.stringify(settings) }];

/** A share has no address of its own; its name, which nothing else has, is its key. */
export const shareKey = (name: string): string => `share/${name}`;
