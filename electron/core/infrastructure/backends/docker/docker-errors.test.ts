import { describe, expect, test } from 'vitest';
import { problemOf } from './docker-errors.ts';

const failure = (message: string, fields: object): Error => Object.assign(new Error(message), fields);

describe('what went wrong with Docker', () => {
  test.each([
    [
      failure('connect ENOENT', { code: 'ENOENT', address: '/run/d.sock' }),
      'There is no /run/d.sock: Docker is not installed or not started.',
    ],
    [
      failure('connect EACCES', { code: 'EACCES', address: '/run/d.sock' }),
      'This user may not use /run/d.sock; members of the group docker may.',
    ],
    [
      failure('connect ECONNREFUSED', { code: 'ECONNREFUSED', address: '/run/d.sock' }),
      'Nothing answers at /run/d.sock: Docker is not started.',
    ],
    [failure('The operation was aborted', { code: 'ABORT_ERR' }), 'Docker did not answer in time.'],
    [failure('socket hang up', { code: 'ECONNRESET' }), 'The connection to Docker broke.'],
  ])('%s is nobody answering', (error, detail) => {
    expect(problemOf(error)).toEqual({ kind: 'unreachable', detail });
  });

  test('an answer keeps Docker’s own words', () => {
    const error = failure('(HTTP code 400) bad parameter - x', {
      statusCode: 400,
      json: { message: 'Minimum memory limit\nallowed is 6MB' },
    });
    expect(problemOf(error)).toEqual({ kind: 'refused', status: 400, detail: 'Minimum memory limit allowed is 6MB.' });
  });

  test('a bug of ours is not Docker’s problem', () => {
    expect(problemOf(new TypeError('x is not a function'))).toBeUndefined();
  });
});
