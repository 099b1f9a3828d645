import type { Verb } from './session.ts';
import { add } from './verbs/add.ts';
import { adopt } from './verbs/adopt.ts';
import { app } from './verbs/app.ts';
import { apps } from './verbs/apps.ts';
import { cancel } from './verbs/cancel.ts';
import { clean } from './verbs/clean.ts';
import { devices } from './verbs/devices.ts';
import { explain } from './verbs/explain.ts';
import { follow } from './verbs/follow.ts';
import { groups } from './verbs/groups.ts';
import { hold } from './verbs/hold.ts';
import { log } from './verbs/log.ts';
import { next } from './verbs/next.ts';
import { open } from './verbs/open.ts';
import { pause } from './verbs/pause.ts';
import { plan } from './verbs/plan.ts';
import { policy } from './verbs/policy.ts';
import { predictions } from './verbs/predictions.ts';
import { release } from './verbs/release.ts';
import { reservations } from './verbs/reservations.ts';
import { resume } from './verbs/resume.ts';
import { retry } from './verbs/retry.ts';
import { run } from './verbs/run.ts';
import { serve } from './verbs/serve.ts';
import { shutdown } from './verbs/shutdown.ts';
import { simulate } from './verbs/simulate.ts';
import { split } from './verbs/split.ts';
import { status } from './verbs/status.ts';
import { token } from './verbs/token.ts';
import { top } from './verbs/top.ts';
import { version } from './verbs/version.ts';
import { wait } from './verbs/wait.ts';
import { whatIf } from './verbs/what-if.ts';

/** Every verb, in the order of help. */
export const verbs: readonly Verb[] = [
  status,
  add,
  run,
  app,
  apps,
  log,
  follow,
  wait,
  adopt,
  cancel,
  hold,
  release,
  retry,
  next,
  clean,
  pause,
  resume,
  plan,
  explain,
  policy,
  whatIf,
  groups,
  reservations,
  devices,
  predictions,
  top,
  simulate,
  split,
  serve,
  open,
  token,
  shutdown,
  version,
];

export const findVerb = (word: string): Verb | undefined => verbs.find(({ name, aliases }) => name === word || aliases?.includes(word));
