import type { GroupChange, GroupQuota } from '../../../shared/contract/scheduler.ts';
import { parseNumber, type Typed } from '../run/quantities.ts';

/** Devices that a group can be limited in, by kind. */
export type QuotaKind = keyof NonNullable<GroupQuota['devices']>;
export const quotaKinds = ['gpu', 'npu', 'fpga'] as const satisfies readonly QuotaKind[];

/** What stands in the fields of the form; empty is no limit. */
export type QuotaTexts = Record<'cores' | QuotaKind, string>;

export const textsOf = ({ cores, devices }: GroupQuota): QuotaTexts => {
  const said = (value: number | undefined) => (value === undefined ? '' : String(value));
  return { cores: said(cores), gpu: said(devices?.gpu), npu: said(devices?.npu), fpga: said(devices?.fpga) };
};

/** The most that anybody has a machine for. */
const most = 100_000;

/** What a field of the form holds: cores above none, of devices none at all is a limit too. */
export const readLimit = (field: keyof QuotaTexts, text: string): Typed<number> => {
  const typed = parseNumber(text, 0, most, field !== 'cores');
  return field === 'cores' && typed.kind === 'value' && typed.value === 0 ? { kind: 'wrong' } : typed;
};

/** The change that makes a quota what the form says; nothing where a field holds no number. */
export const quotaOf = (texts: QuotaTexts, kinds: readonly QuotaKind[]): GroupChange['quota'] | undefined => {
  const cores = readLimit('cores', texts.cores);
  const devices = kinds.map((kind) => [kind, readLimit(kind, texts[kind])] as const);
  if (cores.kind === 'wrong' || devices.some(([, typed]) => typed.kind === 'wrong')) return undefined;
  const limit = (typed: Typed<number>) => (typed.kind === 'value' ? typed.value : null);
  return { cores: limit(cores), devices: Object.fromEntries(devices.map(([kind, typed]) => [kind, limit(typed)])) };
};
