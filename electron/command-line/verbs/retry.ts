import { verbOnJobs } from './on-jobs.ts';

export const retry = verbOnJobs('retry', 'verb-retry', 'done-retry', ['switchyard retry 7']);
