import type { SplitScheme } from '../../shared/model/job.ts';
import type { CommandLineKey } from '../../shared/words/command-line.ts';

/** One flag of the command line: a switch, or one that takes a value (again and again where `isRepeatable`). */
export interface Flag {
  /** What stands for the value in help; absent for a switch. */
  readonly value?: string;
  readonly isRepeatable?: boolean;
  /** Its value may be left out; a word behind it is its value only if it is one of these. */
  readonly choices?: readonly string[];
  /** Nothing is a value too, as a note that is taken away; elsewhere it is a variable of a script that was not set. */
  readonly mayBeEmpty?: boolean;
  readonly description: CommandLineKey;
}

/** How often the same time is reserved. */
export const repeats = ['never', 'daily', 'weekdays', 'weekends', 'weekly'] as const;

const schemes: readonly SplitScheme[] = ['static', 'self', 'guided', 'trapezoid', 'factoring', 'weighted', 'adaptive'];

/** Every flag of every verb. A name means the same everywhere, so that it can be read before the verb is known. */
export const flags = {
  all: { description: 'flag-all' },
  image: { value: 'IMAGE', description: 'flag-image' },
  name: { value: 'NAME', description: 'flag-name' },
  group: { value: 'GROUP', description: 'flag-group' },
  priority: { value: 'N', description: 'flag-priority' },
  cpus: { value: 'N', description: 'flag-cpus' },
  memory: { value: 'SIZE', description: 'flag-memory' },
  device: { value: 'KIND[:N]', description: 'flag-device' },
  'device-memory': { value: 'SIZE|auto', description: 'flag-device-memory' },
  on: { value: 'ID[,ID]', isRepeatable: true, description: 'flag-on' },
  'not-on': { value: 'ID[,ID]', isRepeatable: true, description: 'flag-not-on' },
  prefer: { value: 'pack|spread', description: 'flag-prefer' },
  split: { value: 'SCHEME', choices: schemes, description: 'flag-split' },
  over: { value: 'ID[,ID]', isRepeatable: true, description: 'flag-over' },
  flexible: { description: 'flag-flexible' },
  time: { value: 'TIME', description: 'flag-time' },
  expect: { value: 'TIME', description: 'flag-expect' },
  deadline: { value: 'WHEN', description: 'flag-deadline' },
  begin: { value: 'WHEN', description: 'flag-begin' },
  hours: { value: 'A-B[,DAYS]', description: 'flag-hours' },
  after: { value: 'ID', isRepeatable: true, description: 'flag-after' },
  'after-any': { value: 'ID', isRepeatable: true, description: 'flag-after-any' },
  'after-not-ok': { value: 'ID', isRepeatable: true, description: 'flag-after-not-ok' },
  preemptible: { description: 'flag-preemptible' },
  grace: { value: 'TIME', description: 'flag-grace' },
  'resume-command': { value: 'COMMAND', description: 'flag-resume-command' },
  array: { value: 'A-B[:S][%K]', description: 'flag-array' },
  gang: { description: 'flag-gang' },
  retries: { value: 'N', description: 'flag-retries' },
  env: { value: 'NAME=VALUE', isRepeatable: true, description: 'flag-env' },
  cwd: { value: 'DIR', description: 'flag-cwd' },
  network: { description: 'flag-network' },
  wait: { description: 'flag-wait' },
  input: { value: 'INPUT', isRepeatable: true, description: 'flag-input' },
  output: { value: 'DIR', description: 'flag-output' },
  attempt: { value: 'N', description: 'flag-attempt' },
  items: { value: 'N', description: 'flag-items' },
  speeds: { value: 'S,S,…', description: 'flag-speeds' },
  overhead: { value: 'SECONDS', description: 'flag-overhead' },
  scheme: { value: 'SCHEME', description: 'flag-scheme' },
  costs: { value: 'FILE', description: 'flag-costs' },
  trace: { value: 'FILE', description: 'flag-trace' },
  processors: { value: 'N', description: 'flag-processors' },
  workload: { value: 'FILE', description: 'flag-workload' },
  arrivals: { value: 'poisson:RATE', description: 'flag-arrivals' },
  sizes: { value: 'SIZES', description: 'flag-sizes' },
  servers: { value: 'K', description: 'flag-servers' },
  jobs: { value: 'N', description: 'flag-jobs' },
  seed: { value: 'S', description: 'flag-seed' },
  policy: { value: 'POLICY', isRepeatable: true, description: 'flag-policy' },
  since: { value: 'TIME', description: 'flag-since' },
  until: { value: 'TIME', description: 'flag-until' },
  limit: { value: 'N', description: 'flag-limit' },
  watch: { description: 'flag-watch' },
  'older-than': { value: 'TIME', description: 'flag-older-than' },
  rule: { description: 'flag-rule' },
  'keep-days': { value: 'N', description: 'flag-keep-days' },
  'keep-jobs': { value: 'N', description: 'flag-keep-jobs' },
  weight: { value: 'W', description: 'flag-weight' },
  'quota-cores': { value: 'N', description: 'flag-quota-cores' },
  'quota-devices': { value: 'KIND:N', isRepeatable: true, description: 'flag-quota-devices' },
  from: { value: 'WHEN', description: 'flag-from' },
  to: { value: 'WHEN', description: 'flag-to' },
  repeat: { value: repeats.join('|'), description: 'flag-repeat' },
  'end-running': { description: 'flag-end-running' },
  devices: { value: 'ID[,ID]', isRepeatable: true, description: 'flag-devices' },
  note: { value: 'TEXT', mayBeEmpty: true, description: 'flag-note' },
  cores: { value: 'LIST', description: 'flag-cores' },
  json: { description: 'flag-json' },
  data: { value: 'DIR', description: 'flag-data' },
  help: { description: 'flag-help' },
} as const satisfies Record<string, Flag>;

export type FlagName = keyof typeof flags;

/** Understood by every verb, before or after it. */
export const globalFlags: readonly FlagName[] = ['json', 'data', 'help'];

/** What a job may be given, whatever it runs. */
export const jobFlags: readonly FlagName[] = [
  'name',
  'group',
  'priority',
  'cpus',
  'memory',
  'device',
  'device-memory',
  'on',
  'not-on',
  'prefer',
  'flexible',
  'time',
  'expect',
  'deadline',
  'begin',
  'hours',
  'after',
  'after-any',
  'after-not-ok',
  'preemptible',
  'grace',
  'retries',
];

/** Of jobs whose items can be divided over devices. */
export const splitFlags: readonly FlagName[] = ['split', 'over'];
