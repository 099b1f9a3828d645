import { sendSignal } from './end-tree.ts';
import { allProcesses, treeOf, type ProcessStat } from './process-tree.ts';

/** Stops a process group, whatever else is in its leader's session, and what came from its leader. None of them can refuse that. */
export const pauseTree = (leader: number): Promise<void> => signalEach(leader, 'SIGSTOP');

/** Lets all of them go on. */
export const resumeTree = (leader: number): Promise<void> => signalEach(leader, 'SIGCONT');

/** What has just been started while others were stopped is found by another look; a few are enough unless something breeds on purpose. */
const looks = 5;

const signalEach = async (leader: number, signal: 'SIGSTOP' | 'SIGCONT'): Promise<void> => {
  sendSignal(-leader, signal);
  const done = new Set<number>();
  for (let look = 0; look < looks; look += 1) {
    const left = (await othersOf(leader)).filter(({ pid }) => !done.has(pid));
    if (left.length === 0) return;
    for (const { pid } of left) {
      sendSignal(pid, signal);
      done.add(pid);
    }
  }
};

/** Members that are not in the leader's own group, which one signal reaches whole. */
const othersOf = async (leader: number): Promise<ProcessStat[]> => {
  const tree = new Set(treeOf(leader));
  return (await allProcesses()).filter(
    ({ pid, session, group, isZombie }) => group !== leader && !isZombie && (session === leader || tree.has(pid)),
  );
};
