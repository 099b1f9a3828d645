import { resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { dataFolder } from './paths.ts';

describe('dataFolder', () => {
  const home = { HOME: '/home/mia' };

  test('what was asked for wins over the environment, and a relative path is made absolute', () => {
    expect(dataFolder('here', { ...home, SWITCHYARD_DATA: '/elsewhere' }, 'linux')).toBe(resolve('here'));
    expect(dataFolder(undefined, { ...home, SWITCHYARD_DATA: '/elsewhere' }, 'linux')).toBe('/elsewhere');
  });

  test('on Linux it lies in the XDG data folder, and a relative XDG_DATA_HOME is ignored', () => {
    expect(dataFolder(undefined, home, 'linux')).toBe('/home/mia/.local/share/switchyard');
    expect(dataFolder(undefined, { ...home, XDG_DATA_HOME: '/data' }, 'linux')).toBe('/data/switchyard');
    expect(dataFolder(undefined, { ...home, XDG_DATA_HOME: 'data' }, 'linux')).toBe('/home/mia/.local/share/switchyard');
  });

  test('on macOS it lies in Application Support', () => {
    expect(dataFolder(undefined, home, 'darwin')).toBe('/home/mia/Library/Application Support/Switchyard');
  });

  test('an empty SWITCHYARD_DATA counts as not set', () => {
    expect(dataFolder(undefined, { ...home, SWITCHYARD_DATA: '' }, 'linux')).toBe('/home/mia/.local/share/switchyard');
  });
});
