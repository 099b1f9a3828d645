import { expect, test } from 'vitest';
import { handedFiles, parseLaunchArguments } from './launch-arguments.ts';

test('files are named from the folder they were given in', () => {
  expect(parseLaunchArguments(['scan 1.png', '/tmp/🚂.onnx'], '/home/ada')).toEqual({ files: ['/home/ada/scan 1.png', '/tmp/🚂.onnx'] });
});

test('the data folder is given in one part or in two', () => {
  for (const given of [
    ['--data', 'data', 'a.png'],
    ['--data=data', 'a.png'],
    ['a.png', '--data', 'data'],
  ]) {
    expect(parseLaunchArguments(given, '/home/ada')).toEqual({ dataFolder: '/home/ada/data', files: ['/home/ada/a.png'] });
  }
});

test("Chromium's switches are neither files nor errors", () => {
  expect(parseLaunchArguments(['--no-sandbox', '--remote-debugging-port=0', '-psn_0_1'], '/')).toEqual({ files: [] });
});

test('--data at the very end names nothing', () => {
  expect(parseLaunchArguments(['--data'], '/')).toEqual({ files: [] });
});

test('what a second instance hands over is taken only as a list of paths', () => {
  expect(handedFiles({ files: ['/a', 7, '', null, '/b'] })).toEqual(['/a', '/b']);
  for (const wrong of [undefined, null, 7, 'x', {}, { files: '/a' }]) expect(handedFiles(wrong)).toEqual([]);
});
