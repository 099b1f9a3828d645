import { expect } from 'vitest';
import { isEnded, type JobDetail, type JobRequest } from '../../shared/model/job.ts';
import type { OwnCore } from '../own-core.ts';

/** Nothing may hang: whatever is wrong is said within this time, on a machine with other work too. */
export const deadlineMs = 120_000;

/** The command line ends with the code, says one sentence on stderr and nothing on stdout. */
export const expectSentence = async (core: OwnCore, words: readonly string[], sentence: string | RegExp, exitCode = 2): Promise<void> => {
  const { code, stdout, stderr } = await core.run(...words);
  expect({ code, stdout }).toEqual({ code: exitCode, stdout: '' });
  expectOneSentence(stderr);
  expectText(stderr.trimEnd(), sentence);
};

/** REST refuses the job, or the job fails, with that sentence; its reason's code is answered. */
export const refusedByRest = async (core: OwnCore, job: JobRequest, sentence: string | RegExp): Promise<string> => {
  const { status, body } = await core.rest.call('POST', '/jobs', { jobs: [job] });
  if (status === 201) return failedJob(core, (body as { ids: number[] }).ids[0] ?? 0, sentence);
  expect(status).toBeGreaterThanOrEqual(400);
  expect(status).toBeLessThan(500);
  const { message, data } = body as { message: string; data: { reason?: { code: string } } };
  expectText(message, sentence);
  return data.reason?.code ?? '';
};

const failedJob = async (core: OwnCore, id: number, sentence: string | RegExp): Promise<string> => {
  const job = await core.rest.ask<JobDetail>('GET', `/jobs/${id}/wait`);
  expect(isEnded(job.state) && job.state.kind).toBe('failed');
  expectText(job.sentence ?? '', sentence);
  return 'reason' in job.state ? job.state.reason.code : '';
};

/** A line for a person: begins and ends as a sentence does, and holds no trace of code. */
const expectOneSentence = (text: string): void => {
  expect(text).toMatch(/^[^\n]+[.!?…]\n$|^[^\n]+: switchyard [^\n]+\n$/);
  expect(text).not.toMatch(/\bat \S+:\d+|Error:|node:|undefined|Something went wrong/);
};

const expectText = (given: string, wanted: string | RegExp): void => {
  if (typeof wanted === 'string') expect(given).toBe(wanted);
  else expect(given).toMatch(wanted);
};
