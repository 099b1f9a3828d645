import { describe, expect, test } from 'vitest';
import { matchInputs, nameOfType, recognise } from './recognise.ts';

const applications = [
  { id: 'ocr', accepts: ['.png', '.jpg'], manyFiles: true, models: [] },
  { id: 'digits', accepts: ['.png'], manyFiles: false, models: [] },
  { id: 'vad', accepts: ['.wav'], manyFiles: true, models: [] },
  { id: 'wine', accepts: ['.csv', '.json'], manyFiles: true, models: [] },
];

describe('recognising files', () => {
  test('pictures are for reading text, as one job, or for digits, as one job each', () => {
    expect(recognise(['a.PNG', 'b.png'], applications)).toEqual([
      { kind: 'application', application: 'ocr', files: [0, 1], jobs: 1 },
      { kind: 'application', application: 'digits', files: [0, 1], jobs: 2 },
    ]);
  });

  test('a model comes first and takes tensor files as its inputs', () => {
    expect(recognise(['x.npy', 'net.onnx', 'y.json'], applications)).toEqual([
      { kind: 'model', model: 1, inputs: [0, 2] },
      { kind: 'application', application: 'wine', files: [2], jobs: 1 },
    ]);
  });

  test('what takes most of the files is proposed before what takes fewer', () => {
    const [first] = recognise(['a.png', 'one.wav', 'two.wav'], applications);
    expect(first).toEqual({ kind: 'application', application: 'vad', files: [1, 2], jobs: 1 });
  });

  test('unknown kinds, and names without any, give nothing', () => {
    expect(recognise(['notes', 'archive.zip', '.png.exe'], applications)).toEqual([]);
  });

  test('a dragged file is recognised by its type, before its name is known', () => {
    expect(recognise([nameOfType('audio/wav')], applications)).toEqual([{ kind: 'application', application: 'vad', files: [0], jobs: 1 }]);
    expect(recognise([nameOfType('')], applications)).toEqual([]);
  });
});

describe('matching files to the inputs of a model', () => {
  test('goes by name, whatever the case', () => {
    expect(matchInputs(['mask', 'Image'], ['image.npy', 'mask.pb'])).toEqual([1, 0]);
  });
  test('takes the only file for the only input', () => {
    expect(matchInputs(['x'], ['sample.npy'])).toEqual([0]);
  });
  test('leaves open what nothing fits', () => {
    expect(matchInputs(['a', 'b'], ['a.npy'])).toEqual([0, undefined]);
  });
});
