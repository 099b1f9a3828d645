import { expect, test } from 'vitest';
import { orderDevices, sharesOf } from './device-order.ts';
import { deviceOf } from './test-devices.ts';

const ids = (devices: readonly { id: string }[]) => devices.map(({ id }) => id);

test('devices stand by kind and number, each followed by its shares', () => {
  const mixed = [
    deviceOf('gpu10'),
    deviceOf('small', { kind: 'gpu', parent: 'gpu2' }),
    deviceOf('fpga0'),
    deviceOf('left', { parent: 'cpu' }),
    deviceOf('gpu2'),
    deviceOf('npu0'),
    deviceOf('cpu'),
  ];
  expect(ids(orderDevices(mixed))).toEqual(['cpu', 'left', 'gpu2', 'small', 'gpu10', 'npu0', 'fpga0']);
  expect(ids(sharesOf(mixed, 'gpu2'))).toEqual(['small']);
});

test('a share whose device has gone is not lost', () =>
  expect(ids(orderDevices([deviceOf('small', { kind: 'gpu', parent: 'gpu3' }), deviceOf('cpu')]))).toEqual(['cpu', 'small']));
