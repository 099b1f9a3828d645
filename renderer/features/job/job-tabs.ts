export const jobTabs = ['why', 'log', 'result', 'ranOn', 'record'] as const;
export type JobTab = (typeof jobTabs)[number];

/** The tab named in an address; none lets the state of the job decide. */
export const parseTab = (text: string | undefined): JobTab | undefined => jobTabs.find((tab) => tab === text);
