/*
 * The POSIX shell script that stands between the core and a command, in its own session.
 *
 * Everything it does is built into the shell, because each further process costs about 1 ms. In order:
 *   1. open the log for appending; the command writes to the file itself, so nothing is lost or stalled when the core ends;
 *   2. claim the attempt: create the state file, which fails when it exists (`set -C` is O_EXCL). Who cannot claim ends
 *      without running anything, so two wrappers of one attempt run the command once;
 *   3. run the command. `exec` in a subshell finds programs only, never the shell's own words such as `exit` or `echo`;
 *   4. append the exit code to the state file.
 *
 * The state file is `<pid> <boot id>\n`, then `<exit code>\n`. A line counts once its newline is there, and both lines together
 * are far below the size that one write() splits, so no temporary name and rename is needed. The second line goes into a block
 * that the first one already took, so that it can be written on a full disk.
 *
 * The wrapper's own command line holds the path of the state file. That tells it apart from any other process that gets its
 * pid later, on every POSIX system, and costs nothing (reading field 22 of /proc/self/stat with `read` costs 0.15 ms).
 *
 * The traps keep it alive, so that it can still write the code, when the whole group gets a signal; the subshell has them reset.
 */
const script = `trap : HUP INT QUIT TERM USR1 USR2
exec 3>>"$2"
set -C
echo "$$ $3" >"$1" || exit 97
exec </dev/null >&3 2>&3 3>&-
_switchyard_state=$1
shift 3
(exec "$@")
set -- $?
echo "$1" >>"$_switchyard_state"
exit "$1"`;

/** Arguments for /bin/sh. */
export const wrapperArguments = (stateFile: string, logFile: string, bootId: string, command: readonly string[]): string[] => [
  '-c',
  script,
  'switchyard',
  stateFile,
  logFile,
  bootId,
  ...command,
];

export type AttemptState =
  /** Claimed, but the claim is not fully written; or a wrapper that could not write it and ended. */
  | { kind: 'claiming' }
  /** Taken back before anything ran, see find. */
  | { kind: 'withdrawn' }
  | { kind: 'started'; pid: number; bootId: string }
  | { kind: 'ended'; pid: number; bootId: string; exitCode: number };

export const withdrawal = 'withdrawn\n';

/** Reads a state file's text; only lines with their newline count. */
export const parseState = (text: string): AttemptState => {
  if (text === withdrawal) return { kind: 'withdrawn' };
  const lines = text.split('\n').slice(0, -1);
  const claim = /^(\d+) (\S*)$/.exec(lines[0] ?? '');
  if (!claim) return { kind: 'claiming' };
  const pid = Number(claim[1]);
  const bootId = claim[2] ?? '';
  const code = lines[1];
  if (code !== undefined && /^\d+$/.test(code)) return { kind: 'ended', pid, bootId, exitCode: Number(code) };
  return { kind: 'started', pid, bootId };
};
