import { byStretch, mean } from '../../graphs/series.ts';
import { useWords } from '../../words.tsx';
import { joined, type Chart } from './charts.ts';
import type { Lane } from './lane.ts';
import type { Reading } from './reading.ts';

/** Rows of whole minutes, or of more where the graphs show more, so that a table has no more than about 70. */
const rowSteps = [60_000, 300_000, 1_800_000, 7_200_000, 43_200_000];
const mostRows = 70;

/** The numbers behind the graphs: the mean and the highest of each stretch of time, the latest first. */
export const SampleTable = ({ lanes, lengthMs }: { lanes: readonly Lane[]; lengthMs: number }) => {
  const words = useWords();
  const rowMs = rowSteps.find((step) => lengthMs / step <= mostRows) ?? 43_200_000;
  const isLong = lengthMs >= 86_400_000;
  const columns = lanes.map((lane) => new Map(byStretch(lane.readings, rowMs).map(({ at, samples }) => [at, samples])));
  const times = [...new Set(columns.flatMap((column) => [...column.keys()]))].sort((one, other) => other - one);
  return (
    <div className="samples-place" tabIndex={0} role="group" aria-label={words.text('devices.asTable')}>
      <table className="t samples">
        <thead>
          <tr>
            <th>{words.text(rowMs === 60_000 ? 'devices.minute' : 'devices.time')}</th>
            {lanes.map((lane) => (
              <th key={lane.key} className="num" colSpan={2}>
                {words.text('devices.meanAndMost', { what: lane.title })}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {times.map((at) => (
            <tr key={at}>
              <td>{isLong ? `${words.day(at)}, ${words.clock(at)}` : words.clock(at)}</td>
              {lanes.map((lane, index) => (
                <Cells key={lane.key} chart={lane.chart} samples={columns[index]?.get(at) ?? []} />
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
};

const Cells = ({ chart, samples }: { chart: Chart; samples: readonly Reading[] }) => {
  const said = (value: number | undefined) => (value === undefined ? '–' : joined(chart.say(value)));
  return (
    <>
      <td className="num">{said(mean(samples.map(chart.pick)))}</td>
      <td className="num dim">{said(mostOf(samples.map((reading) => chart.pickMost(reading) ?? chart.pick(reading))))}</td>
    </>
  );
};

const mostOf = (values: readonly (number | undefined)[]): number | undefined =>
  values.reduce<number | undefined>((high, value) => (value === undefined ? high : Math.max(high ?? value, value)), undefined);
