import { setTimeout as delay } from 'node:timers/promises';
import type { Browser } from 'playwright';
import { createDeviceMachine, eightGpus } from '../fixtures/device-machine.ts';
import type { Rest } from '../switchyard.ts';
import { goTo, shoot, shootPlaces, withCore, type ShownCore } from './screenshot-core.ts';

const sizes = [
  { width: 1024, height: 700 },
  { width: 1440, height: 900 },
  { width: 2560, height: 1440 },
  { width: 3840, height: 2160 },
] as const;
const viewport = sizes[1];
const places = { scheduler: '/scheduler' };
/** The plan and what it would be otherwise are worked out beside the core's own work. */
const pauseMs = 2500;

/** The scheduler page with nothing, with five jobs and with five thousand, on this machine and on one with many devices. */
export const schedulerPictures = async (browser: Browser, target: string): Promise<void> => {
  await withCore(browser, { viewport }, async (core) => {
    await shootPlaces(core.page, target, { state: 'empty', places, sizes: sizes.slice(0, 2), pauseMs });
    await learn(core.rest);
    await core.rest.ask('POST', '/jobs', { jobs: fewJobs });
    await shootPlaces(core.page, target, { state: '5', places, sizes, pauseMs });
    await moments(core, target);
    await queueThousands(core.rest);
    await shootPlaces(core.page, target, { state: '5000', places, sizes: sizes.slice(0, 3), pauseMs });
  });
  const machine = await createDeviceMachine();
  machine.write({ gpus: eightGpus() });
  try {
    await withCore(browser, { viewport, environment: machine.environment }, async ({ page, rest }) => {
      await learn(rest);
      await rest.ask('POST', '/devices/gpu6/drain', { note: 'new fan on Monday' });
      await rest.ask('POST', '/jobs', { jobs: deviceJobs });
      await shootPlaces(page, target, { state: 'devices', places, sizes: sizes.slice(0, 3), pauseMs });
    });
  } finally {
    machine.remove();
  }
};

const groups = ['vision', 'language', 'radiology', 'factory'] as const;

const command = (name: string, group: string, seconds: number, more: object = {}) => ({
  runtime: 'command',
  name,
  group,
  command: ['sh', '-c', `sleep ${seconds}`],
  folder: '/',
  resources: { cores: 1, memoryBytes: 1e8 },
  ...more,
});

/** Runs that predictions are learned from; they are also what the plan shows of the past. */
const learn = async (rest: Rest): Promise<void> => {
  await rest.ask('PUT', '/queue/groups', { name: 'vision', weight: 3 });
  await rest.ask('PUT', '/queue/groups', { name: 'radiology', weight: 2, quota: { cores: 1 } });
  const jobs = [2, 4, 7].flatMap((seconds, index) =>
    [1, 2, 3].map((turn) => command(`calibrate-${seconds} ${turn}`, groups[index] ?? 'vision', seconds)),
  );
  const { ids } = await rest.ask<{ ids: number[] }>('POST', '/jobs', { jobs });
  await Promise.all(ids.map((id) => rest.ask('GET', `/jobs/${id}/wait`)));
};

/** Work whose length a person has told, so that the plan is one of an afternoon. */
const fewJobs = [
  command('train-resnet', 'vision', 300, { expectedSeconds: 1500 }),
  command('finetune-llama-lora', 'language', 301, { expectedSeconds: 3000 }),
  command('ct-lung-batch-08', 'radiology', 302, { expectedSeconds: 900 }),
  command('detect-weld-seams', 'factory', 303, { expectedSeconds: 660 }),
  command('segment-parcels', 'vision', 304, { expectedSeconds: 600, resources: { cores: 2, memoryBytes: 2e8 } }),
];

const deviceJobs = Array.from({ length: 24 }, (_, index) =>
  command(`${['train', 'label', 'export'][index % 3]}-${index + 1}`, groups[index % 4] ?? 'vision', 310 + index, {
    expectedSeconds: [2400, 900, 420][index % 3],
    resources: {
      cores: 0.1,
      memoryBytes: 1e8,
      device: { kind: 'gpu', count: index % 5 === 0 ? 2 : 1, memoryBytes: index % 2 === 0 ? 4e10 : 7e10 },
    },
  }),
);

const queueThousands = async (rest: Rest): Promise<void> => {
  for (let start = 0; start < 5000; start += 1000) {
    const jobs = Array.from({ length: 1000 }, (_, index) => {
      const number = start + index;
      return command(`sweep-${String(number + 1).padStart(4, '0')}`, groups[number % 4] ?? 'vision', [2, 4, 7][number % 3] ?? 2);
    });
    await rest.ask('POST', '/jobs', { jobs });
  }
};

/** What is only there for a moment, or beside the page. */
const moments = async ({ page }: ShownCore, target: string): Promise<void> => {
  await page.emulateMedia({ colorScheme: 'light' });
  await page.setViewportSize(viewport);
  await goTo(page, '/scheduler');
  await page.getByRole('button', { name: 'Add group' }).click();
  await shoot(page, target, 'scheduler-add-group');
  await page.keyboard.press('Escape');
  await page.getByRole('button', { name: /^Limit of radiology/ }).click();
  await shoot(page, target, 'scheduler-limit');
  await page.keyboard.press('Escape');
  await page.getByRole('button', { name: /^Preview the plan under Fair/ }).click();
  await delay(1500);
  await shoot(page, target, 'scheduler-preview');
  await page.getByRole('button', { name: 'End preview' }).click();
  await page.getByRole('listbox').focus();
  await page.keyboard.press('ArrowRight');
  await page.keyboard.press('Home');
  await delay(400);
  await shoot(page, target, 'scheduler-tip');
  await page.getByRole('button', { name: 'Show as a table' }).click();
  await shoot(page, target, 'scheduler-table');
  await page.getByRole('button', { name: 'detect-weld-seams' }).click();
  await delay(1500);
  await shoot(page, target, 'scheduler-panel');
  await page.keyboard.press('Escape');
  await page.getByRole('button', { name: 'Show as graphs' }).click();
  // Only where the first job began before what is shown.
  const follow = page.getByRole('button', { name: 'Follow the present' });
  if (await follow.isVisible()) await follow.click();
};
