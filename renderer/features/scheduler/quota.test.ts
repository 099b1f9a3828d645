import { expect, test } from 'vitest';
import { quotaOf, readLimit, textsOf } from './quota.ts';

test('an empty field takes a limit away, a number sets it, and kinds that this machine has not stay as they are', () => {
  const texts = textsOf({ cores: 4, devices: { gpu: 2, fpga: 1 } });
  expect(texts).toEqual({ cores: '4', gpu: '2', npu: '', fpga: '1' });
  expect(quotaOf({ ...texts, cores: '', npu: '0' }, ['gpu', 'npu'])).toEqual({ cores: null, devices: { gpu: 2, npu: 0 } });
});

test('what is no number is not sent', () => {
  const texts = textsOf({});
  expect(quotaOf({ ...texts, cores: 'all' }, [])).toBeUndefined();
  expect(quotaOf({ ...texts, gpu: '1.5' }, ['gpu'])).toBeUndefined();
  expect(readLimit('cores', '0').kind).toBe('wrong');
  expect(readLimit('cores', '1.5').kind).toBe('value');
});
