import { verbOnJobs } from './on-jobs.ts';

export const cancel = verbOnJobs('cancel', 'verb-cancel', 'done-cancel', ['switchyard cancel 7', 'switchyard cancel 7 8 9']);
