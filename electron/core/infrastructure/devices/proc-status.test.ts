import { expect, test } from 'vitest';
import { parseAllowedCores } from './proc-status.ts';

test.each([
  ['Name:\tnode\nCpus_allowed:\tff\nCpus_allowed_list:\t0-7\nMems_allowed_list:\t0\n', [0, 1, 2, 3, 4, 5, 6, 7]],
  ['Cpus_allowed_list:\t3\n', [3]],
  ['Cpus_allowed_list:\t0-1,4,8-11\n', [0, 1, 4, 8, 9, 10, 11]],
])('ranges and single cores name our cores (%#)', (text, ids) => {
  expect(parseAllowedCores(text)).toEqual(ids);
});

test.each([
  ['no such line', 'Name:\tnode\n'],
  ['an empty list', 'Cpus_allowed_list:\t\n'],
  ['broken ranges', 'Cpus_allowed_list:\t-\n'],
])('%s is unknown', (_, text) => {
  expect(parseAllowedCores(text)).toBeUndefined();
});
