import type { DeviceState } from '../../../shared/contract/devices.ts';
import { secondMs, seriesOf, type Series } from '../../graphs/series.ts';
import type { LineStyle } from '../../graphs/time-graph.tsx';
import type { Words } from '../../words.tsx';
import type { Measure, Reading } from './reading.ts';

export type ChartName = 'utilization' | 'memory' | 'memoryBusy' | 'power' | 'temperature' | 'frequency' | 'disk';

/** A value as text, and its unit apart. */
export interface Said {
  value: string;
  unit: string;
}

/** One graph of a device: what is drawn, and how its values are said. */
export interface Chart {
  name: ChartName;
  series: Series;
  styles: readonly LineStyle[];
  max: number;
  limit?: { value: number; label: string };
  /** The value that is printed and that the crosshair reads. */
  pick: (reading: Reading) => number | undefined;
  /** The highest of the stretch that a reading stands for; absent where it stands for a moment. */
  pickMost: (reading: Reading) => number | undefined;
  say: (value: number) => Said;
}

/** What a graph needs to know of its device. */
export type ChartedDevice = Pick<DeviceState, 'memory' | 'reserveBytes' | 'powerLimitW' | 'sample'>;

interface Definition {
  name: ChartName;
  measure: Measure;
  /** A part of it, drawn over it. */
  part?: Measure;
  styles: readonly LineStyle[];
  max: (device: ChartedDevice, highest: number) => number;
  limit?: (device: ChartedDevice, max: number, words: Words) => Chart['limit'] | undefined;
  say: (value: number, words: Words) => Said;
}

const line: LineStyle = { stroke: 'load-2', fill: 'load-fill' };
const percent = (value: number, words: Words): Said => ({ value: words.number(value), unit: '%' });
const bytes = (value: number, words: Words): Said => splitUnit(words.bytes(value));
const unit =
  (name: string, digits = 0, divisor = 1) =>
  (value: number, words: Words): Said => ({
    value: words.number(value / divisor, digits),
    unit: name,
  });

const definitions: readonly Definition[] = [
  { name: 'utilization', measure: 'utilization', styles: [{ ...line, isBanded: true }], max: () => 100, say: percent },
  {
    name: 'memory',
    measure: 'memoryUsedBytes',
    // The whole first, then our part over it: what is left to see of the first is what others hold.
    part: 'memoryOursBytes',
    styles: [
      { stroke: 'other-edge', fill: 'other' },
      { stroke: 'load-2', fill: 'load-1' },
    ],
    max: ({ memory }, highest) => memory?.totalBytes ?? Math.max(1, highest),
    limit: ({ reserveBytes }, max, words) =>
      reserveBytes > 0 && max > reserveBytes ? { value: max - reserveBytes, label: words.text('devices.keptAbove') } : undefined,
    say: bytes,
  },
  {
    name: 'power',
    measure: 'powerW',
    styles: [line],
    max: ({ powerLimitW }, highest) => roundUp(Math.max((powerLimitW ?? 0) * 1.1, highest), 50),
    limit: ({ powerLimitW }, _, words) =>
      powerLimitW === undefined ? undefined : { value: powerLimitW, label: words.text('devices.powerLimit', { watts: powerLimitW }) },
    say: unit('W'),
  },
  { name: 'temperature', measure: 'temperatureC', styles: [line], max: (_, highest) => Math.max(100, highest), say: unit('°C') },
  { name: 'frequency', measure: 'frequencyMhz', styles: [line], max: (_, highest) => roundUp(highest, 1000), say: unit('GHz', 2, 1000) },
  { name: 'memoryBusy', measure: 'memoryUtilization', styles: [{ ...line, isBanded: true }], max: () => 100, say: percent },
  {
    name: 'disk',
    measure: 'diskUsedBytes',
    styles: [{ stroke: 'other-edge', fill: 'other' }],
    max: ({ sample }, highest) => sample?.diskTotalBytes ?? Math.max(1, highest),
    say: bytes,
  },
];

const mostStyle: LineStyle = { stroke: 'load-1' };

/** The same lists each time: a graph is made anew when its styles are others. */
const stylesOf = new Map(
  definitions.map(({ name, part, styles }) => {
    // A memory of which nobody says whose it is has the one colour of load.
    const alone = part === undefined ? styles : [line];
    return [name, { alone, parted: styles, aloneMost: [mostStyle, ...alone], partedMost: [mostStyle, ...styles] }] as const;
  }),
);

/** The graphs of what this device really measures; what it cannot read has none. */
export const chartsOf = (readings: readonly Reading[], device: ChartedDevice, words: Words, stepMs = secondMs): readonly Chart[] =>
  definitions
    .filter(({ measure }) => readings.some((reading) => reading[measure] !== undefined))
    .map(({ name, measure, part, styles: usual, max: maxOf, limit: limitOf, say }) => {
      const pick = (reading: Reading) => reading[measure];
      const pickMost = (reading: Reading) => reading.most?.[measure];
      const hasMost = readings.some((reading) => pickMost(reading) !== undefined);
      const hasPart = part !== undefined && readings.some((reading) => reading[part] !== undefined);
      const max = maxOf(
        device,
        highest(readings, (reading) => pickMost(reading) ?? pick(reading)),
      );
      const limit = limitOf?.(device, max, words);
      const picks = [pick, ...(hasPart ? [(reading: Reading) => reading[part]] : [])];
      return {
        name,
        series: seriesOf(readings, hasMost ? [pickMost, ...picks] : picks, stepMs),
        styles: stylesOf.get(name)?.[hasPart ? (hasMost ? 'partedMost' : 'parted') : hasMost ? 'aloneMost' : 'alone'] ?? usual,
        max,
        pick,
        pickMost,
        say: (value) => say(value, words),
        ...(limit && { limit }),
      };
    });

/** 62 %; of a stretch of time the highest too: 62 %, at most 88 %. */
export const sayReading = (chart: Chart, reading: Reading | undefined, words: Words): { value: number | undefined; text: string } => {
  const value = reading && chart.pick(reading);
  if (!reading || value === undefined) return { value: undefined, text: words.text('devices.noSample') };
  const most = chart.pickMost(reading);
  const text = joined(chart.say(value));
  return { value, text: most === undefined ? text : words.text('devices.atMost', { mean: text, most: joined(chart.say(most)) }) };
};

export const joined = ({ value, unit: name }: Said): string => `${value} ${name}`;

const highest = (readings: readonly Reading[], pick: (reading: Reading) => number | undefined): number =>
  readings.reduce((most, reading) => Math.max(most, pick(reading) ?? 0), 0);

const roundUp = (value: number, to: number): number => Math.max(to, Math.ceil(value / to) * to);

const splitUnit = (text: string): Said => {
  const [value = text, name = ''] = text.split(' ');
  return { value, unit: name };
};
