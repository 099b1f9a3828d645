import { verbOnJobs } from './on-jobs.ts';

export const next = verbOnJobs('next', 'verb-next', 'done-next', ['switchyard next 9 12']);
