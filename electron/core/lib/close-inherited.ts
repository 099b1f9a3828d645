import { closeSync, readFileSync, readdirSync } from 'node:fs';

/**
 * Lets go of what whoever started this process had open beside input, output and messages. A shell's `> >(tee log)` hands its pipe to
 * all that it starts; who reads from it would wait as long as a core lives, and as the jobs that inherit it from the core.
 * Linux only, where descriptors say whether they are handed on: what Node opens is not.
 */
export const closeInherited = (): void => {
  if (process.platform !== 'linux') return;
  for (const descriptor of readdirSync('/proc/self/fd').map(Number)) {
    if (descriptor > 2 && isHandedOn(descriptor)) closeSync(descriptor);
  }
};

/** O_CLOEXEC, as fdinfo shows it: in octal among the flags of the descriptor. */
const closedOnExec = 0o2000000;

const isHandedOn = (descriptor: number): boolean => {
  const [, flags] = /^flags:\s+([0-7]+)$/m.exec(readInfo(descriptor)) ?? [];
  return flags !== undefined && (Number.parseInt(flags, 8) & closedOnExec) === 0;
};

/** Empty for the descriptor by which the list was read, which is closed by now. */
const readInfo = (descriptor: number): string => {
  try {
    return readFileSync(`/proc/self/fdinfo/${descriptor}`, 'utf8');
  } catch {
    return '';
  }
};
