import { verbOnJobs } from './on-jobs.ts';

export const hold = verbOnJobs('hold', 'verb-hold', 'done-hold', ['switchyard hold 7']);
