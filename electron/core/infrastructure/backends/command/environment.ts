import type { JobSpec } from '../../../../../shared/model/job.ts';
import type { TaskRun } from '../../../ports.ts';
import { deviceEnvironment, threadEnvironment } from '../device-environment.ts';

type CommandSpec = Extract<JobSpec, { runtime: 'command' }>;
type Variables = Readonly<{ [name: string]: string | undefined }>;

/*
 * What a command sees of the core's own environment: who and where the user is, language and time zone, and the way to the network.
 * Anything else (tokens, Electron's and Node's own switches, LD_LIBRARY_PATH) has to be named in the job.
 */
const inherited =
  /^(PATH|HOME|USER|LOGNAME|SHELL|LANG|LANGUAGE|LC_[A-Z]+|TZ|TMPDIR|XDG_[A-Z_]+|SSL_CERT_(FILE|DIR)|(https?|no|all|ftp)_proxy|(HTTPS?|NO|ALL|FTP)_PROXY)$/;

/** The environment of a command; what the job itself names wins over what it inherits, and what it was granted over both. */
export const environmentOf = (
  run: TaskRun,
  spec: CommandSpec,
  inherits: { readonly [name: string]: string },
): { [name: string]: string } => ({
  ...inherits,
  // Two of the usual reasons for a job that takes more cores than it was granted, or that calls home.
  ...threadEnvironment(run.placement.cores),
  ORT_DISABLE_TELEMETRY: '1',
  PWD: spec.folder,
  ...spec.environment,
  ...deviceEnvironment(run),
  SWITCHYARD_JOB: String(run.jobId),
  SWITCHYARD_TASK: run.task,
  SWITCHYARD_ATTEMPT: String(run.attempt),
  // Where it puts its result files.
  SWITCHYARD_OUTPUT: run.folder,
});

/** What of the core's environment every command gets. */
export const inheritedFrom = (base: Variables): { [name: string]: string } => {
  const kept: { [name: string]: string } = { PATH: '/usr/local/bin:/usr/bin:/bin' };
  for (const [name, value] of Object.entries(base)) if (value !== undefined && inherited.test(name)) kept[name] = value;
  return kept;
};
