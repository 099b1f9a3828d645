import * as z from 'zod';
import { GroupQuota, type GroupChange } from '../../../../shared/contract/scheduler.ts';
import { Refusal } from '../../lib/refusal.ts';
import type { GroupSettings, GroupUse } from '../../scheduler-port.ts';

/** The settings of a group with what is changed; what is not given stays, null takes a limit away. */
export const changedGroup = (settings: GroupSettings, { name, weight = settings.weight, quota }: GroupChange): GroupSettings => {
  if (!(weight > 0)) throw new Refusal({ code: 'group-weight', values: { group: name, weight } });
  const { cores, devices } = { cores: settings.quota.cores, ...quota, devices: { ...settings.quota.devices, ...quota?.devices } };
  const limits = Object.entries(devices).filter(([, limit]) => limit !== null);
  return {
    weight,
    quota: GroupQuota.parse({
      ...(cores !== undefined && cores !== null && { cores }),
      ...(limits.length > 0 && { devices: Object.fromEntries(limits) }),
    }),
  };
};

const groupPrefix = 'group ';

/** Under which name the settings of a group are kept. */
export const groupSetting = (group: string): string => groupPrefix + group;

/** Under which name the use of all groups is kept. */
export const groupUseSetting = 'group-use';

const Saved = z.object({ weight: z.number().positive(), quota: GroupQuota });

export const savedGroups = (settings: ReadonlyMap<string, string>): Record<string, GroupSettings> =>
  Object.fromEntries(
    [...settings].flatMap(([name, value]) =>
      name.startsWith(groupPrefix) ? [[name.slice(groupPrefix.length), Saved.parse(JSON.parse(value))]] : [],
    ),
  );

const SavedUse = z.object({
  seconds: z.number().nonnegative(),
  typicalSeconds: z.number().positive(),
  ends: z.int().nonnegative(),
  groups: z.record(z.string(), z.array(z.number().nonnegative())),
}) satisfies z.ZodType<GroupUse>;

export const savedGroupUse = (settings: ReadonlyMap<string, string>): GroupUse | undefined => {
  const value = settings.get(groupUseSetting);
  return value === undefined ? undefined : SavedUse.parse(JSON.parse(value));
};
