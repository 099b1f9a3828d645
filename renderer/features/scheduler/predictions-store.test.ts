import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createTestClient, emptyCore } from '../../test-client.ts';
import { createPredictionsStore } from './predictions-store.ts';

// The store asks the page whether it can be seen.
const page = Object.assign(new EventTarget(), { visibilityState: 'visible' });
vi.stubGlobal('document', page);
beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const quality = { family: 'train', device: 'cpu', runs: 3, predicted: 2, mape: 0.1, p90Coverage: 1 };

test('how good predictions are is asked for again while somebody looks, and stays as it was when nobody answers', async () => {
  const client = createTestClient({ ...emptyCore, predictions: [quality] });
  const store = createPredictionsStore(client);
  expect(client.calls).toEqual([]);
  const stop = store.watch();
  await vi.advanceTimersByTimeAsync(0);
  expect(store.getState().predictions).toEqual([quality]);
  client.change({ predictions: [quality, { ...quality, warm: true }] });
  await vi.advanceTimersByTimeAsync(5_000);
  expect(store.getState().predictions).toHaveLength(2);
  client.refuse({ kind: 'unreachable' });
  await vi.advanceTimersByTimeAsync(5_000);
  expect(store.getState().predictions).toHaveLength(2);
  stop();
  const asked = client.calls.length;
  await vi.advanceTimersByTimeAsync(60_000);
  expect(client.calls).toHaveLength(asked);
});
