import { expect, test } from 'vitest';
import type { Seat } from '../seat.ts';
import type { WorkerRequest } from '../protocol.ts';
import { createProviderProofs } from './create-provider-proofs.ts';

type Behaviour = 'works' | 'refuses' | 'crashes' | 'hangs';

/** A machine whose providers behave as told; a worker that crashes or hangs is of no further use. */
const createMachine = (behaviours: Readonly<Record<string, Behaviour>>) => {
  const opened: (readonly string[])[] = [];
  let alive = 0;
  const open = async (nodes: readonly string[]): Promise<Seat> => {
    opened.push(nodes);
    alive += 1;
    const { promise: ended, resolve: endIt } = Promise.withResolvers<{ signal: string }>();
    void ended.then(() => (alive -= 1));
    const crashed = ended.then((ending) => ({ kind: 'crashed', ending }) as const);
    const ask: Seat['worker']['ask'] = async (request: WorkerRequest) => {
      if (request.kind === 'list-providers') return { kind: 'providers', names: Object.keys(behaviours) };
      if (request.kind !== 'prove-provider') throw new Error(`asked ${request.kind}`);
      const behaviour = behaviours[request.provider];
      if (behaviour === 'works') return { kind: 'proven' };
      if (behaviour === 'refuses') return { kind: 'proven', problem: 'No adapter.' };
      if (behaviour === 'crashes') endIt({ signal: 'SIGSEGV' });
      return crashed;
    };
    const end = (): void => endIt({ signal: 'SIGKILL' });
    const worker = { process: undefined as never, ended, end, ask };
    return { worker, ended, end, folders: undefined, lastWords: Promise.resolve(''), memoryKills: 0, limitBytes: undefined, isUsed: false };
  };
  return { open, opened, alive: () => alive };
};

test('each provider is tried, and one that ends the process or does nothing is not there', async () => {
  const machine = createMachine({ cpu: 'works', cuda: 'crashes', webgpu: 'refuses', tensorrt: 'hangs', dml: 'works' });
  const proofs = createProviderProofs({ open: machine.open, limitMs: 50 });
  expect(proofs.known).toBeUndefined();
  const found = await proofs.prove(['/dev/nvidia0']);
  expect(found).toEqual([
    { name: 'cpu' },
    { name: 'cuda', problem: 'It ended the process (SIGSEGV).' },
    { name: 'webgpu', problem: 'No adapter.' },
    { name: 'tensorrt', problem: 'It did nothing for 0.05 seconds.' },
    { name: 'dml' },
  ]);
  expect(proofs.known).toBe(found);
  // The first worker and one after each that was lost.
  expect(machine.opened).toEqual([['/dev/nvidia0'], ['/dev/nvidia0'], ['/dev/nvidia0']]);
  expect(machine.alive()).toBe(0);
});

test('they are tried once, and again when other devices are there', async () => {
  const machine = createMachine({ cpu: 'works' });
  const proofs = createProviderProofs({ open: machine.open });
  await Promise.all([proofs.prove(['/dev/a', '/dev/b']), proofs.prove(['/dev/b', '/dev/a'])]);
  expect(machine.opened).toHaveLength(1);
  await proofs.prove([]);
  expect(machine.opened).toHaveLength(2);
});

test('a name that nobody knows is passed over', async () => {
  const machine = createMachine({ cpu: 'works', abacus: 'works' });
  expect(await createProviderProofs({ open: machine.open }).prove([])).toEqual([{ name: 'cpu' }]);
});
