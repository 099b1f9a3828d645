import type { DeviceReading } from '../../../../../shared/model/device.ts';
import { present } from '../present.ts';

/**
 * What `xrt-smi examine -r electrical thermal -f JSON` tells of one board. Its writer makes every value a string, gives 0 and
 * `is_present: "false"` for a sensor that is not there, and says N/A or NA for what the board does not tell. Nothing when it is no
 * such report. Pure.
 */
export const parseXrtReport = (text: string, address: string): DeviceReading | undefined => {
  const board = boardIn(parse(text), address);
  if (!board) return undefined;
  const electrical = isRecord(board['electrical']) ? board['electrical'] : board;
  return present<DeviceReading>({
    powerW: numberOf(electrical['power_consumption_watts']),
    temperatureC: hottest(board['thermals']),
  });
};

const parse = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};

const boardIn = (report: unknown, address: string): Record<string, unknown> | undefined => {
  const boards = isRecord(report) && Array.isArray(report['devices']) ? report['devices'].filter(isRecord) : [];
  return boards.find((board) => String(board['device_id']).toLowerCase() === address.toLowerCase());
};

/** The chip's own sensors where there are any, else those of the board around it. */
const hottest = (thermals: unknown): number | undefined => {
  const sensors = (Array.isArray(thermals) ? thermals.filter(isRecord) : []).filter((sensor) => String(sensor['is_present']) === 'true');
  const ofChip = sensors.filter((sensor) => /fpga/i.test(String(sensor['location_id'])));
  const degrees = (ofChip.length > 0 ? ofChip : sensors).flatMap((sensor) => numberOf(sensor['temp_C']) ?? []);
  return degrees.length === 0 ? undefined : Math.max(...degrees);
};

const numberOf = (value: unknown): number | undefined => {
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
  return typeof number === 'number' && Number.isFinite(number) ? number : undefined;
};

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value);
