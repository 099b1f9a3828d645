import type { JobDetail } from '../../shared/model/job.ts';
import { formatDuration } from '../../shared/words/format.ts';
import { jobTimes } from './job-times.ts';
import { partFacts } from './part-facts.ts';
import type { Session } from './session.ts';

/** One line for the person: where the job ran, how long it waited and how long it ran. */
export const sayHowItRan = ({ output, text, locale }: Session, job: JobDetail): void => {
  const ranOn = 'ranOn' in job.state ? job.state.ranOn : undefined;
  const { waitSeconds, runSeconds } = jobTimes(job);
  if (!ranOn || waitSeconds === undefined || runSeconds === undefined) return;
  const device = ranOn.provider === undefined ? ranOn.deviceName : `${ranOn.deviceName} (${ranOn.provider})`;
  output.say(
    text('how-it-ran', {
      id: String(job.id),
      device,
      waited: formatDuration(waitSeconds, locale),
      ran: formatDuration(runSeconds, locale),
    }),
  );
  for (const [part, done] of partFacts({ text, locale }, job)) output.say(`  ${part}: ${done}`);
};
