import type { WaitReason } from '../../../../shared/model/reason.ts';
import { allocate, countApart, fitsAccelerator, freeCores, idle, unheldMemory } from './allocation.ts';
import { jobsOn, shortageOf, type Situation } from './shortage.ts';
import type { Waiting } from './waiting.ts';

/** What keeps tasks that start together from starting when nobody ahead of them keeps anything. Pure. */
export const gangShortageOf = (situation: Situation, { task, gang = [] }: Waiting): WaitReason => {
  const { room, candidates } = situation;
  const size = gang.length;
  // What one of them would lack on the idle machine is no matter of how many they are.
  if (allocate(idle(room), candidates, task).kind === 'lacks') return shortageOf(situation, task);
  const found = allocate(room, candidates, task, size);
  if (found.kind === 'granted') return { code: 'next-decision', values: {} };
  const fitting = countFitting(situation, task, size);
  if (found.what === 'memory') {
    const freeBytes = Math.max(0, unheldMemory(room, candidates));
    return { code: 'gang-memory', values: { size, fitting, needBytes: size * task.memoryBytes, freeBytes } };
  }
  if (found.what === 'device' && task.device) {
    const { kind, count, memoryBytes } = task.device;
    const { usable } = candidates.accelerators;
    const free = countApart(usable.filter((device) => fitsAccelerator(room, device, memoryBytes)));
    return { code: 'gang-devices', values: { size, fitting, kind, need: size * count, free, holders: jobsOn(room, usable) } };
  }
  const { usable } = candidates.processors;
  const free = usable.reduce((sum, device) => sum + Math.max(0, freeCores(room, device)), 0);
  return { code: 'gang-cores', values: { size, fitting, needCores: size * task.cores, freeCores: free, holders: jobsOn(room, usable) } };
};

/** How many of them would fit now. */
const countFitting = ({ room, candidates }: Situation, task: Waiting['task'], size: number): number => {
  let fitting = size - 1;
  while (fitting > 0 && allocate(room, candidates, task, fitting).kind === 'lacks') fitting -= 1;
  return fitting;
};
