import { expect, test } from 'vitest';
import { createTestClient, emptyCore } from '../../test-client.ts';
import { createReservationsStore } from './reservations-store.ts';

const one = { id: 1, group: 'lab', devices: ['gpu0'], startsAt: 1, endsAt: 2, repeats: 'never' as const, endsRunning: false };

test('reservations are known once they were asked for; a core that does not answer leaves them and says why', async () => {
  const client = createTestClient({ ...emptyCore, reservations: [one] });
  const store = createReservationsStore(client);
  await store.refresh();
  expect(store.getState()).toEqual({ reservations: [one], problem: undefined });
  client.refuse({ kind: 'unreachable' });
  await store.refresh();
  expect(store.getState()).toEqual({ reservations: [one], problem: { kind: 'unreachable' } });
});
