import type { DeviceState } from '../../../shared/contract/devices.ts';
import type { IconName } from '../../ui/icon.tsx';
import type { Words } from '../../words.tsx';
import { formatCoreIds } from './core-ids.ts';

type Named = Pick<DeviceState, 'id' | 'kind'> & Partial<Pick<DeviceState, 'parent'>>;

/** GPU 0; a share has the name that it was given. */
export const deviceTitle = ({ id, kind, parent }: Named, words: Words): string => {
  if (parent !== undefined) return id;
  const number = new RegExp(`^${kind}(\\d+)$`).exec(id)?.[1];
  if (number !== undefined) return `${words.text(`kind.${kind}`)} ${number}`;
  return id === kind ? words.text(`kind.${kind}`) : id;
};

/** The title of a device of which only the id is known, its kind and number or the name of a share; of several as `gpu0+gpu1`. */
export const titleOfId = (id: string, words: Words): string => {
  if (id.includes('+'))
    return id
      .split('+')
      .map((one) => titleOfId(one, words))
      .join(' + ');
  const kind = (['cpu', 'gpu', 'npu', 'fpga'] as const).find((name) => new RegExp(`^${name}\\d*$`).test(id));
  return kind === undefined ? id : deviceTitle({ id, kind }, words);
};

export const deviceIcon = ({ kind }: Named): IconName => kind;

/** Why a device gets no work, in the language of the person; nothing while it is ready. */
export const whyNot = ({ state, reason, sentence }: DeviceState, words: Words): string | undefined => {
  if (state === 'ready') return undefined;
  if (reason) return words.reason(reason);
  return sentence ?? words.text(`deviceState.${state}`);
};

/** The same in a few words, for a place that is read in two seconds. */
export const whyNotInShort = (device: DeviceState, words: Words): string | undefined => {
  const { state, reason } = device;
  return state !== 'ready' && reason ? words.text(`deviceWhy.${reason.code}`, reason.values) : whyNot(device, words);
};

/** What a share has of its device: cores 0–3, 8.0 GB. */
export const shareText = ({ coreIds, memory }: DeviceState, words: Words): string =>
  [
    coreIds && words.text('device.coreIds', { ids: formatCoreIds(coreIds), count: coreIds.length }),
    memory && words.bytes(memory.totalBytes),
  ]
    .filter((part) => part !== undefined)
    .join(', ');

/** What else is worth a line of a tall row: its driver, its clock, what is granted of it. */
export const vitalsOf = (device: DeviceState, words: Words): readonly string[] => {
  const { cores, granted, driver, runtime } = device;
  const mhz = device.frequencyMhz ?? device.sample?.frequencyMhz;
  const parts = [
    cores === undefined ? undefined : words.text('device.coresGranted', { cores: granted.cores, of: cores }),
    driver === undefined ? undefined : [words.text('device.driver', { driver }), runtime].filter(Boolean).join(', '),
    mhz === undefined ? undefined : `${words.number(mhz / 1000, 2)} GHz`,
    device.fanPercent === undefined ? undefined : words.text('device.fan', { percent: device.fanPercent }),
    device.pci,
  ];
  return parts.filter((part) => part !== undefined);
};
