import { useMemo } from 'react';
import type { DeviceState } from '../../../shared/contract/devices.ts';
import { holesIn, secondMs, type Hole } from '../../graphs/series.ts';
import { useWords, type Words } from '../../words.tsx';
import { chartsOf, type Chart } from './charts.ts';
import { deviceTitle } from './device-words.ts';
import type { Reading } from './reading.ts';

/** One graph of a group: its name, and the readings that it draws. */
export interface Lane {
  key: string;
  title: string;
  chart: Chart;
  readings: readonly Reading[];
  holes: readonly Hole[];
  stepMs: number;
}

/** Everything that is measured of one device. */
export const useLanes = (device: DeviceState | undefined, readings: readonly Reading[] | undefined, stepMs = secondMs): readonly Lane[] => {
  const words = useWords();
  return useMemo(() => (device && readings ? lanesOf(device, readings, stepMs, words) : []), [device, readings, stepMs, words]);
};

/** How busy each of several devices is. */
export const useUtilizationLanes = (
  devices: readonly DeviceState[],
  readings: ReadonlyMap<string, readonly Reading[]>,
): readonly Lane[] => {
  const words = useWords();
  return useMemo(
    () =>
      devices.flatMap((device) =>
        lanesOf(device, readings.get(device.id) ?? [], secondMs, words)
          .filter(({ chart }) => chart.name === 'utilization')
          .map((lane) => ({ ...lane, key: device.id, title: deviceTitle(device, words) })),
      ),
    [devices, readings, words],
  );
};

export const lanesOf = (device: DeviceState, readings: readonly Reading[], stepMs: number, words: Words): readonly Lane[] =>
  chartsOf(readings, device, words, stepMs).map((chart) => ({
    key: chart.name,
    title: words.text(`chart.${chart.name}`),
    chart,
    readings,
    holes: holesIn(readings, chart.pick, stepMs),
    stepMs,
  }));
