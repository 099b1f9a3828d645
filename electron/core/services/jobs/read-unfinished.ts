import type { Reader } from '../../infrastructure/storage/reader.ts';
import { entryOf, type JobEntry } from './job-entry.ts';
import type { Sharing } from './sharing.ts';

/** So many come in one message. All of a long queue in one would be hundreds of megabytes that are garbage a moment later. */
const pageJobs = 500;

/** The jobs that an earlier core has left unfinished, in the order of their numbers. */
export const readUnfinished = async (reader: Pick<Reader, 'activeJobs'>, sharing: Sharing): Promise<JobEntry[]> => {
  const entries: JobEntry[] = [];
  for (;;) {
    const page = await reader.activeJobs(entries.at(-1)?.id ?? 0, pageJobs);
    for (const record of page) {
      const entry = entryOf(record);
      entries.push({ ...entry, spec: sharing.spec(entry.spec), demand: sharing.demand(entry.demand) });
    }
    if (page.length < pageJobs) return entries;
  }
};
