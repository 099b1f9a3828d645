import { expect, test } from 'vitest';
import { chooseFace } from './choose-face.ts';

const absent = { kind: 'absent', reason: 'not there' } as const;
const found = { kind: 'found', path: '/opt/electron' } as const;
const usual = { hasDisplay: true, isRoot: false, electron: found, wasTried: false };

test('with a display and the program there is a window', () => {
  expect(chooseFace(usual)).toEqual({ kind: 'window', electron: '/opt/electron' });
});

test('a missing program is downloaded once, and not where no window could be shown', () => {
  expect(chooseFace({ ...usual, electron: absent })).toEqual({ kind: 'download' });
  expect(chooseFace({ ...usual, electron: absent, wasTried: true }).kind).toBe('pages');
  expect(chooseFace({ ...usual, electron: absent, hasDisplay: false }).kind).toBe('pages');
});

test('the sandbox is not given up for root', () => {
  expect(chooseFace({ ...usual, isRoot: true })).toEqual({
    kind: 'pages',
    sentence: 'Electron does not run as root with its sandbox, so Switchyard opens in a browser at this address:',
  });
});
