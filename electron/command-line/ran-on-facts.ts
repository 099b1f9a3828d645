import type { JobDetail, RanOn } from '../../shared/model/job.ts';
import { formatBytes, formatDuration, formatNumber } from '../../shared/words/format.ts';
import type { Session } from './session.ts';

/** What really ran, as far as it is known: a name and a value for each line; empty values are left out. */
export const ranOnFacts = (session: Pick<Session, 'text' | 'locale'>, { state, spec }: JobDetail): [string, string][] => {
  const { text, locale } = session;
  const ranOn = 'ranOn' in state ? state.ranOn : undefined;
  if (!ranOn) return [];
  const isUnknown = spec.runtime === 'process' && state.kind === 'succeeded';
  return [
    [text('fact-exit'), isUnknown ? text('exit-unknown') : ''],
    [text('fact-provider'), providersText(ranOn, session)],
    [text('fact-fell-back'), ranOn.fellBackFrom ?? ''],
    [text('fact-peak-memory'), ranOn.peakMemoryBytes === undefined ? '' : formatBytes(ranOn.peakMemoryBytes, locale)],
    [text('fact-cpu-time'), ranOn.cpuSeconds === undefined ? '' : formatDuration(ranOn.cpuSeconds, locale)],
    ...(ranOn.devices ?? []).map((one): [string, string] => [text('fact-seen-on', { device: one.device }), seenText(one, session)]),
  ];
};

const providersText = ({ provider = '', nodes = [] }: RanOn, { text }: Pick<Session, 'text'>): string =>
  nodes.length === 0 ? provider : nodes.map((node) => text('nodes-of', { count: node.count, provider: node.provider })).join(', ');

const seenText = (seen: NonNullable<RanOn['devices']>[number], { text, locale }: Pick<Session, 'text' | 'locale'>): string => {
  const parts = [
    seen.pids.length === 0 ? text('seen-nobody') : text('seen-pids', { count: seen.pids.length, pids: seen.pids.join(' ') }),
    seen.peakMemoryBytes === undefined ? '' : text('seen-peak', { bytes: seen.peakMemoryBytes }),
    seen.energyJ === undefined ? '' : `${formatNumber(seen.energyJ, locale, 0)} J`,
  ];
  return parts.filter((part) => part !== '').join(', ');
};
