import { verbOnJobs } from './on-jobs.ts';

export const release = verbOnJobs('release', 'verb-release', 'done-release', ['switchyard release 7']);
