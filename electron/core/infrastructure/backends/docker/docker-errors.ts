/** What went wrong between us and Docker, in the few ways that matter. */
export type DockerProblem =
  /** Nobody answered, or the line broke: the container may go on without us. */
  | { kind: 'unreachable'; detail: string }
  /** Docker answered no. */
  | { kind: 'refused'; status: number; detail: string };

/** Undefined for what is neither: a bug of ours. */
export const problemOf = (error: unknown): DockerProblem | undefined => {
  if (!(error instanceof Error)) return undefined;
  if ('statusCode' in error && typeof error.statusCode === 'number') {
    return { kind: 'refused', status: error.statusCode, detail: asSentence(messageOf(error)) };
  }
  if ('code' in error && typeof error.code === 'string') return unreachable(error.code, error);
  return error.message === 'socket hang up' || error.message === 'aborted'
    ? { kind: 'unreachable', detail: 'The connection to Docker broke.' }
    : undefined;
};

const unreachable = (code: string, error: Error): DockerProblem | undefined => {
  const place = 'address' in error && typeof error.address === 'string' ? error.address : 'its socket';
  switch (code) {
    case 'ENOENT':
      return { kind: 'unreachable', detail: missingSocket(place) };
    case 'EACCES':
    case 'EPERM':
      return { kind: 'unreachable', detail: `This user may not use ${place}; members of the group docker may.` };
    case 'ECONNREFUSED':
      return { kind: 'unreachable', detail: `Nothing answers at ${place}: Docker is not started.` };
    case 'ABORT_ERR':
    case 'ETIMEDOUT':
      return { kind: 'unreachable', detail: 'Docker did not answer in time.' };
    case 'ECONNRESET':
    case 'EPIPE':
      return { kind: 'unreachable', detail: 'The connection to Docker broke.' };
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
    case 'EHOSTUNREACH':
    case 'ENETUNREACH':
    case 'ENOTSOCK':
      return { kind: 'unreachable', detail: `Docker's address cannot be reached (${code}).` };
    default:
      return undefined;
  }
};

const messageOf = (error: Error): string => {
  if ('json' in error && typeof error.json === 'object' && error.json !== null && 'message' in error.json)
    return String(error.json.message);
  return error.message;
};

const asSentence = (text: string): string => {
  const line = text.trim().replaceAll(/\s+/g, ' ');
  return /[.!?]$/.test(line) ? line : `${line}.`;
};

export const missingSocket = (path: string): string => `There is no ${path}: Docker is not installed or not started.`;
