import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { readFileSync } from 'node:fs';
import { repository, type Rest } from '../switchyard.ts';

/* Work for pictures of the product: real, of the kinds that a person has, in every state. The places of screenshots.ts name its ids. */

const samples = join(repository, 'resources/samples');
const sample = (name: string) => ({ path: join(samples, name) });

/** Jobs 1 to 9, which have ended: seven that succeeded, one that failed, one that ran out of time. */
export const endedWork = async (rest: Rest, folder: string): Promise<void> => {
  const scans = join(folder, 'scans');
  await mkdir(scans);
  const analysis = readFileSync(join(samples, 'wines.csv'), 'utf8').split('\n')[1] ?? '';
  await writeFile(join(folder, 'x.json'), JSON.stringify([analysis.split(',').map(Number)]));
  const application = (name: string, group: string, id: string, ...files: string[]) => ({
    runtime: 'application',
    name,
    group,
    application: id,
    files: files.map(sample),
  });
  await submitAndWait(rest, [
    application('notice.png', 'scans', 'ocr', 'notice.png'),
    application('announcement.wav', 'speech', 'vad', 'announcement.wav'),
    application('digit.png', 'scans', 'digits', 'digit.png'),
    application('two letters', 'mail', 'spam', 'prize.eml', 'build.eml'),
    application('tumours.csv', 'lab', 'tumour', 'tumours.csv'),
    application('wines.csv', 'lab', 'wine', 'wines.csv'),
    {
      runtime: 'onnx',
      name: 'wine_mlp',
      group: 'lab',
      model: { path: join(repository, 'resources/models/wine_mlp.onnx') },
      inputs: [{ name: 'x', file: { path: join(folder, 'x.json') } }],
    },
  ]);
  await submitAndWait(rest, [
    command('backup-projects', 'nightly', scans, 'tar -czf projects.tar.gz projects'),
    { ...command('wait-for-printer', 'nightly', scans, 'echo "waiting for the printer"; sleep 60'), timeLimitSeconds: 1 },
  ]);
};

/** Two jobs that run, some that wait, each for another reason, one that is held. */
export const presentWork = async (rest: Rest, folder: string): Promise<void> => {
  const pictures = Array.from({ length: 120 }, () => sample('notice.png'));
  const compress =
    'for n in $(seq 1 999); do head -c 200000000 /dev/urandom | gzip -1 | sha256sum | cut -c1-16 | sed "s/^/volume $n  /"; done';
  await rest.ask('POST', '/jobs', {
    jobs: [
      command('compress-archive', 'nightly', folder, compress),
      { runtime: 'application', name: 'scan-archive 1998', group: 'scans', application: 'ocr', files: pictures },
    ],
  });
  await until(rest, ({ running }) => running === 2);
  const running = { after: [10] };
  const waiting = [
    { ...command('verify-archive', 'nightly', folder, 'sha256sum --check list'), ...running },
    { ...command('train-baseline', 'lab', folder, 'python3 train.py --epochs 30'), resources: { cores: 2, memoryBytes: 4e9 } },
    ...['1999', '2000', '2001', '2002', '2003', '2004'].map((year) => ({
      runtime: 'application',
      name: `scan-archive ${year}`,
      group: 'scans',
      application: 'ocr',
      files: pictures,
    })),
    ...['monday', 'tuesday', 'wednesday'].map((day) => ({
      runtime: 'application',
      name: `meeting ${day}`,
      group: 'speech',
      application: 'vad',
      files: [sample('announcement.wav')],
    })),
    ...[1, 2, 3, 4, 5].map((fold) => ({
      ...command(`train-fold-${fold}`, 'lab', folder, `python3 train.py --fold ${fold}`),
      resources: { cores: 1, memoryBytes: 2e9 },
    })),
    command('send-report', 'reports', folder, './send-report.sh'),
    command('clean-up', 'nightly', folder, 'rm -rf temporary'),
  ];
  const { ids } = await rest.ask<{ ids: number[] }>('POST', '/jobs', { jobs: waiting });
  await rest.ask('POST', '/jobs/hold', { ids: ids.slice(-1) });
};

const command = (name: string, group: string, folder: string, script: string) => ({
  runtime: 'command',
  name,
  group,
  command: ['sh', '-c', script],
  folder,
});

const submitAndWait = async (rest: Rest, jobs: readonly object[]): Promise<void> => {
  const { ids } = await rest.ask<{ ids: number[] }>('POST', '/jobs', { jobs });
  await Promise.all(ids.map((id) => rest.ask('GET', `/jobs/${id}/wait`)));
};

const until = async (rest: Rest, isSo: (counts: { running: number }) => boolean): Promise<void> => {
  const deadline = Date.now() + 60_000;
  for (;;) {
    const { counts } = await rest.ask<{ counts: { running: number } }>('GET', '/status');
    if (isSo(counts)) return;
    if (Date.now() > deadline) throw new Error('The work for the pictures did not start.');
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
};
