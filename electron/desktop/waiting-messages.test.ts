import { EventEmitter } from 'node:events';
import { expect, test } from 'vitest';
import { listenFromTheStart } from './waiting-messages.ts';

test('a message that came before the listener is heard first, once, and later ones after it', () => {
  const source = new EventEmitter();
  const listen = listenFromTheStart(source);
  source.emit('message', 'ready');
  source.emit('message', 'more');
  const heard: unknown[] = [];
  listen((message) => heard.push(message));
  source.emit('message', 'answer');
  expect(heard).toEqual(['ready', 'more', 'answer']);
});
