import { configDefaults, defineConfig } from 'vitest/config';

// Only what hangs meets these: on a machine with other work every test may take ten times as long.
const limits = { testTimeout: 120_000, hookTimeout: 120_000, expect: { poll: { timeout: 60_000 } } };

// onnxruntime-node would otherwise report usage to its maker; workers inherit it.
const env = { ORT_DISABLE_TELEMETRY: '1' };

const measuring = 'e2e/devices/measure.test.ts';

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'unit',
          include: ['{electron,shared,renderer}/**/*.test.{ts,tsx}', 'e2e/{tools,bench}/**/*.test.ts', 'e2e/electron-double/**/*.test.ts'],
          env,
          setupFiles: ['./e2e/tools/fix-seed.ts'],
          ...limits,
          // Vitest would leave one core unused.
          maxWorkers: '100%',
        },
      },
      {
        test: {
          name: 'engines',
          include: ['e2e/{engines,crash,samples,bad-input,devices,scheduler}/**/*.test.ts'],
          exclude: [...configDefaults.exclude, measuring],
          env,
          ...limits,
          // Most of them wait for real engines and real processes; each has data folders and containers of its own.
          maxWorkers: 2,
          sequence: { groupOrder: 1 },
        },
      },
      // What this machine can do is measured with nothing beside it.
      { test: { name: 'measuring', include: [measuring], env, ...limits, fileParallelism: false, sequence: { groupOrder: 2 } } },
      {
        test: { name: 'operators', include: ['e2e/operators/**/*.test.ts'], env, ...limits, testTimeout: 600_000 },
      },
    ],
  },
});
