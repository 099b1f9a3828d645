import { useStore } from 'zustand';
import type { FileRef, JobDetail, JobState, Preemptions } from '../../../shared/model/job.ts';
import { hoursText } from '../../../shared/words/hours.ts';
import { useParts } from '../../parts.tsx';
import { useWords, type Words } from '../../words.tsx';
import { StateMark } from '../../ui/state-mark.tsx';
import { isEnded, isStarted, markOf, preemptionText, stateText, whyValues } from './job-words.ts';

/** The job as it was submitted, and everything that happened to it. */
export const RecordTab = ({ job }: { job: JobDetail }) => {
  const words = useWords();
  const now = useStore(useParts().clock);
  const { spec } = job;
  const facts: readonly (readonly [string, string | undefined])[] = [
    [words.text('field.runtime'), words.text(`runtime.${job.runtime}`)],
    [words.text('field.group'), job.group],
    [words.text('field.priority'), words.number(job.priority)],
    [words.text(job.runtime === 'process' ? 'field.takenIn' : 'field.submitted'), words.moment(job.submittedAt, now)],
    [words.text('field.timeLimit'), spec.timeLimitSeconds === undefined ? undefined : words.duration(spec.timeLimitSeconds)],
    [words.text('field.expected'), spec.expectedSeconds === undefined ? undefined : words.duration(spec.expectedSeconds)],
    [words.text('field.deadline'), spec.deadlineAt === undefined ? undefined : words.moment(spec.deadlineAt, now)],
    [words.text('field.begin'), spec.notBeforeAt === undefined ? undefined : words.moment(spec.notBeforeAt, now)],
    [words.text('field.hours'), spec.hours && hoursText(spec.hours)],
    [words.text('field.array'), job.array && words.text(job.array.gang ? 'array.placeInGang' : 'array.place', { ...job.array })],
    [words.text('field.after'), listed(spec.after)],
    [words.text('field.afterAny'), listed(spec.afterAny)],
    [words.text('field.afterNotOk'), listed(spec.afterNotOk)],
    [words.text('field.preempted'), preemptionText(job, words)],
    [words.text('field.preemptible'), spec.preemptible && words.text('preemptible.grace', { seconds: spec.preemptible.graceSeconds })],
    [words.text('field.prediction'), isEnded(job.state) ? words.prediction(job, now) : undefined],
    [words.text('field.memoryNeed'), isEnded(job.state) ? words.memoryNeeds(job).join(' ') || undefined : undefined],
    [words.text('field.quality'), isEnded(job.state) && job.predictionQuality ? words.quality(job.predictionQuality) : undefined],
    [words.text('field.retries'), spec.retries === 0 ? undefined : words.number(spec.retries)],
  ];
  return (
    <>
      <dl className="kv">
        {facts.map(([name, value]) => value !== undefined && <Fact key={name} name={name} value={value} />)}
        <SpecFacts job={job} />
      </dl>
      <h3>{words.text('record.events')}</h3>
      <ol className="events">
        {job.events.map((event) => (
          <li key={event.revision}>
            <time className="mono" dateTime={new Date(event.at).toISOString()} title={new Date(event.at).toLocaleString(words.locale)}>
              {words.clock(event.at, true)}
            </time>
            <StateMark mark={markOf(event.state)} />
            <span>{stateText({ state: event.state, runtime: job.runtime }, words)}</span>
            {'attempt' in event.state && event.state.attempt > 1 && (
              <em>{words.text('record.attempt', { attempt: event.state.attempt })}</em>
            )}
            {isStarted(event.state) && event.state.preemptedBy && <p>{madeRoomText(event.state, event.state.preemptedBy, words)}</p>}
            {'reason' in event.state && <p>{words.reason(event.state.reason)}</p>}
          </li>
        ))}
      </ol>
    </>
  );
};

/** First it is told to end, then it has. */
const madeRoomText = ({ kind }: JobState, by: Preemptions['by'], words: Words): string => {
  const hasEnded = kind === 'preempted';
  return 'reservation' in by
    ? words.text(hasEnded ? 'record.preemptedFor' : 'record.preemptingFor', by.reservation)
    : words.text(hasEnded ? 'record.preempted' : 'record.preempting', { by: [by], id: by.id, ...whyValues(by) });
};

const listed = (ids: readonly number[] = []): string | undefined => (ids.length === 0 ? undefined : ids.join(', '));

const Fact = ({ name, value, isCode }: { name: string; value: string; isCode?: boolean }) => (
  <>
    <dt>{name}</dt>
    <dd className={isCode ? 'mono' : ''}>{value}</dd>
  </>
);

const SpecFacts = ({ job: { spec } }: { job: JobDetail }) => {
  const words = useWords();
  switch (spec.runtime) {
    case 'command':
      return (
        <>
          <Fact name={words.text('field.command')} value={spec.command.join(' ')} isCode />
          {spec.resumeCommand && <Fact name={words.text('field.resumeCommand')} value={spec.resumeCommand.join(' ')} isCode />}
          <Fact name={words.text('field.folder')} value={spec.folder} isCode />
          <Environment values={spec.environment} />
        </>
      );
    case 'container':
      return (
        <>
          <Fact name={words.text('field.image')} value={spec.image} isCode />
          {spec.command.length > 0 && <Fact name={words.text('field.command')} value={spec.command.join(' ')} isCode />}
          <Environment values={spec.environment} />
          <Fact name={words.text('field.network')} value={words.text(spec.network ? 'network.on' : 'network.off')} />
        </>
      );
    case 'onnx':
      return (
        <>
          <Fact name={words.text('field.model')} value={nameOf(spec.model)} isCode />
          {spec.inputs.map((input) => (
            <Fact key={input.name} name={input.name} value={nameOf(input.file)} isCode />
          ))}
        </>
      );
    case 'application':
      return (
        <>
          <Fact name={words.text('field.application')} value={spec.application} />
          <Fact name={words.text('field.files')} value={spec.files.map(nameOf).join('\n')} isCode />
        </>
      );
    case 'process':
      return (
        <>
          <Fact name={words.text('processes.pid')} value={String(spec.pid)} isCode />
          <Fact name={words.text('field.command')} value={spec.command.join(' ')} isCode />
          {spec.folder !== undefined && <Fact name={words.text('field.folder')} value={spec.folder} isCode />}
        </>
      );
  }
};

const Environment = ({ values }: { values: Record<string, string> }) => {
  const words = useWords();
  const names = Object.entries(values).map(([name, value]) => `${name}=${value}`);
  return names.length === 0 ? null : <Fact name={words.text('field.environment')} value={names.join('\n')} isCode />;
};

const nameOf = (file: FileRef): string => ('path' in file ? file.path : file.name);
