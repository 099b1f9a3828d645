import type { JobResult } from '../../../shared/model/application.ts';
import type { JobDetail } from '../../../shared/model/job.ts';
import { formatNumber } from '../../../shared/words/format.ts';
import { wrongUsage } from '../failure.ts';
import { jobFlags, splitFlags } from '../flags.ts';
import { readJobOptions, readSplit } from '../job-options.ts';
import { jobTimes } from '../job-times.ts';
import { readableFile, writableFolder } from '../local-file.ts';
import { sayHowItRan } from '../say-how-it-ran.ts';
import { saveArtifact } from '../save-artifact.ts';
import type { Session, Verb } from '../session.ts';
import { runJob } from '../submit-job.ts';
import { oneLine } from '../text-width.ts';

export const app: Verb = {
  name: 'app',
  usage: 'NAME FILE… [--output DIR] [--split [SCHEME]] [--over ID,ID…]',
  summary: 'verb-app',
  flags: [...jobFlags, ...splitFlags, 'output'],
  examples: [
    'switchyard app ocr page.png',
    'switchyard app vad talk.wav --json',
    'switchyard app ocr *.jpg --output results --split',
    'switchyard app digits *.png --split static --over left,right',
  ],
  run: async (session) => {
    const { words, output } = session;
    const [application, ...paths] = words.operands;
    if (application === undefined || paths.length === 0) throw wrongUsage('application-missing');
    const files = paths.map((path) => ({ path: readableFile(path) }));
    const folder = words.value('output');
    const target = folder === undefined ? undefined : writableFolder(folder);
    const core = await session.core();
    const job = await runJob(session, core, { runtime: 'application', ...readJobOptions(words), ...readSplit(words), application, files });
    if (!job.result) throw new Error('an application ended without a result');
    const saved: string[] = [];
    if (target !== undefined) for (const artifact of job.artifacts) saved.push(await saveArtifact(core, artifact, target));
    if (output.isJson) output.printJson(jsonOf(job.id, job, saved));
    else showResult(session, job.result, saved);
    sayHowItRan(session, job);
    return 0;
  },
};

const jsonOf = (id: number, job: JobDetail, files: readonly string[]): unknown => ({
  id,
  result: job.result,
  ...('ranOn' in job.state ? { ranOn: job.state.ranOn } : {}),
  ...jobTimes(job),
  ...(files.length > 0 ? { files } : {}),
});

const showResult = (session: Session, result: JobResult, saved: readonly string[]): void => {
  const { output } = session;
  const lines = resultLines(session, result);
  for (const line of lines.length > 0 ? lines : [session.text('result-empty')]) output.print(line);
  for (const path of saved) output.say(session.text('saved', { path }));
};

/** What was found, one finding a line; the file's name stands before it where there are several. */
const resultLines = (session: Session, result: JobResult): string[] => {
  const seconds = (value: number): string => formatNumber(value, session.locale, 2);
  switch (result.kind) {
    case 'text':
      return listed(result.items, ({ lines }) => lines.map(({ text }) => oneLine(text)));
    case 'speech':
      return listed(result.items, ({ segments }) =>
        segments.map(({ startSeconds, endSeconds }) => session.text('segment', { start: seconds(startSeconds), end: seconds(endSeconds) })),
      );
    case 'labels':
      return listed(result.items, ({ row, labels }) => [
        (row === undefined ? '' : `${row}: `) + labels.slice(0, shownLabels).map(labelText).join('  '),
      ]);
    case 'tensors':
      return result.outputs.map(({ name, dtype, shape }) => `${name} ${dtype} [${shape.join(', ')}]`);
  }
};

/** The rest is noise to a person; --json has all of them. */
const shownLabels = 3;

const labelText = ({ label, score }: { label: string; score: number }): string => `${oneLine(label)} ${(score * 100).toFixed(1)} %`;

const listed = <Item extends { file: string }>(items: readonly Item[], lines: (item: Item) => string[]): string[] => {
  const hasSeveral = new Set(items.map(({ file }) => file)).size > 1;
  return items.flatMap((item) => lines(item).map((line) => (hasSeveral ? `${oneLine(item.file)}: ${line}` : line)));
};
