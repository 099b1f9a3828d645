import { expect, test } from 'vitest';
import { findWordFaults, type Catalogue } from './check-words.ts';

const english = (texts: Record<string, string>): Catalogue => ({ area: 'queue', language: 'en', texts });
const chinese = (texts: Record<string, string>): Catalogue => ({ area: 'queue', language: 'zh', texts });

test('equal keys and placeholders in another order are no fault, and each language forms its own plural', () => {
  const faults = findWordFaults([
    english({ waiting: '{count:plural|one job|# jobs} of {owner}' }),
    chinese({ waiting: '{owner} 的 {count} 个作业' }),
  ]);
  expect(faults).toEqual([]);
});

test('a text that one language lacks is named', () => {
  expect(findWordFaults([english({ cancel: 'Cancel', hold: 'Hold' }), chinese({ hold: '搁置' })])).toEqual([
    'queue.zh.json has no "cancel"',
  ]);
});

test('an area that one language lacks is named by its texts', () => {
  const tray: Catalogue = { area: 'tray', language: 'en', texts: { quit: 'Quit' } };
  expect(findWordFaults([english({}), chinese({}), tray])).toEqual(['tray.zh.json has no "quit"']);
});

test('a placeholder that is missing or formatted otherwise is named', () => {
  const faults = findWordFaults([english({ need: '{need:bytes}', who: '{name}' }), chinese({ need: '{need}', who: '有人' })]);
  expect(faults).toEqual(['queue: "need" holds {need:bytes} in en, {need} in zh', 'queue: "who" holds {name} in en, nothing in zh']);
});

test('an empty text is named', () => {
  expect(findWordFaults([english({ cancel: 'Cancel' }), chinese({ cancel: ' ' })])).toEqual(['queue.zh.json: "cancel" is empty']);
});
