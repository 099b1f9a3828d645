import { expect, test } from 'vitest';
import type { Notice } from '../../shared/contract/app.ts';
import { noticeFor, noticesFor } from './notice-text.ts';

const done: Notice = { code: 'job-done', values: { id: 3, name: 'ocr-delivery-notes', seconds: 754 } };
const failed: Notice = {
  code: 'job-failed',
  values: { id: 4, name: 'cnn-sweep-3', reason: { code: 'exit-code', values: { exitCode: 2 } } },
};

test('a job that is done tells how long it took', () => {
  expect(noticeFor(done, 'en')).toEqual({ title: 'ocr-delivery-notes is done', body: 'It took 13 min.', job: 3 });
  expect(noticeFor(done, 'zh')).toEqual({ title: 'ocr-delivery-notes 已完成', body: '用时 13 分。', job: 3 });
});

test('a job that failed tells why', () => {
  expect(noticeFor(failed, 'en')).toEqual({
    title: 'cnn-sweep-3 failed',
    body: 'The command ended with exit code 2. The log shows its last words.',
    job: 4,
  });
});

test('a few notices of one moment are shown one by one', () => {
  expect(noticesFor([done, failed, done], 'en').map(({ title }) => title)).toEqual([
    'ocr-delivery-notes is done',
    'cnn-sweep-3 failed',
    'ocr-delivery-notes is done',
  ]);
});

test('many notices of one moment are one summary', () => {
  const many = [...Array.from({ length: 1499 }, () => done), failed];
  expect(noticesFor(many, 'en')).toEqual([{ title: '1,500 jobs have ended', body: '1,499 done, 1 failed.' }]);
});

test('no notice, no notification', () => {
  expect(noticesFor([], 'en')).toEqual([]);
});
