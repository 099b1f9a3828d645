import { afterEach, expect } from 'vitest';
import { openTestCore, removeFolder, type TestCore } from './test-core.ts';

/** Opens cores that are closed and removed after each test, the latest first; a bug that one of them told fails the test. */
export const openTestCores = (): ((given?: Parameters<typeof openTestCore>[0]) => Promise<TestCore>) => {
  const opened: TestCore[] = [];
  afterEach(async () => {
    for (const test of opened.splice(0).toReversed()) {
      await test.close();
      await removeFolder(test);
      expect(test.bugs).toEqual([]);
    }
  });
  return async (given = {}) => {
    const test = await openTestCore(given);
    opened.push(test);
    return test;
  };
};
