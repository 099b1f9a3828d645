import { resolve } from 'node:path';
import { createLauncher } from './launcher.ts';

export const launcherEntry = resolve(import.meta.dirname, '../../../../launcher.ts');

/** One real launcher for all backends of a test file; it ends with the process of the test. */
export const testLauncher = createLauncher(launcherEntry);
