import { expect, test } from 'vitest';
import { parseXrtReport } from './xrt-report.ts';

/** As the runtime's report writer puts it down. */
const report = (board: object): string =>
  JSON.stringify({
    schema_version: { schema: 'JSON', creation_date: 'Sat Nov 28 20:00:00 2026 GMT' },
    devices: [{ interface_type: 'pcie', device_id: '0000:D8:00.1', device_status: 'HEALTHY', ...board }],
  });
const sensor = (id: string, degrees: string, isPresent = 'true') => ({
  location_id: id,
  description: id,
  temp_C: degrees,
  is_present: isPresent,
});
const electrical = {
  power_rails: [
    {
      id: '12v_aux',
      description: '12 Volts Auxillary',
      voltage: { volts: '12.174', is_present: 'true' },
      current: { amps: '0.345', is_present: 'true' },
    },
  ],
  power_consumption_max_watts: '225',
  power_consumption_watts: '24.104370',
  power_consumption_warning: 'false',
};

test('power and the temperature of the chip are read, whatever is around it', () => {
  const thermals = [sensor('pcb_top_front', '61'), sensor('fpga0', '45'), sensor('fpga_hbm', '48'), sensor('cage_temp_0', '0', 'false')];
  expect(parseXrtReport(report({ electrical, thermals }), '0000:d8:00.1')).toEqual({ powerW: 24.104_37, temperatureC: 48 });
});

test('a board without sensors in the chip has the temperature of its hottest one', () => {
  const thermals = [sensor('PCB', '39'), sensor('Inlet', '31'), sensor('fpga0', '0', 'false')];
  expect(parseXrtReport(report({ thermals }), '0000:d8:00.1')).toEqual({ temperatureC: 39 });
});

test('what a board does not tell is absent, never nought', () => {
  const silent = { ...electrical, power_consumption_watts: 'N/A' };
  expect(parseXrtReport(report({ electrical: silent, thermals: [sensor('fpga0', '0', 'false')] }), '0000:d8:00.1')).toEqual({});
  expect(parseXrtReport(report({}), '0000:d8:00.1')).toEqual({});
});

test.each(['', 'ERROR: no such device', '[]', '{"devices":{}}', '{"devices":[null,7]}', report({}).replace('D8', 'd9')])(
  'nothing is read of %s',
  (text) => expect(parseXrtReport(text, '0000:d8:00.1')).toBeUndefined(),
);
