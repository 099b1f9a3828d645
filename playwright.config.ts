import { defineConfig } from 'playwright/test';
import { chromiumArguments, findChromium } from './e2e/fixtures/find-chromium.ts';

/*
 * The same specs (e2e/specs) run on every face; what only one face has stands in its own folder. A spec learns its face from the
 * project's name.
 */
export default defineConfig({
  testDir: 'e2e',
  outputDir: 'test-results/playwright',
  forbidOnly: true,
  // A test that passes only sometimes is broken.
  retries: 0,
  workers: 2,
  // Only what hangs meets these: on a machine with other work everything may take ten times as long.
  timeout: 300_000,
  expect: { timeout: 60_000 },
  use: {
    launchOptions: { ...findChromium(), args: chromiumArguments },
    screenshot: 'only-on-failure',
    trace: 'retain-on-failure',
  },
  projects: ['browser', 'double', 'electron'].map((name) => ({ name, testMatch: [`specs/**/*.spec.ts`, `${name}/**/*.spec.ts`] })),
});
