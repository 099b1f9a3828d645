import { expect, test } from 'vitest';
import { quitAnswer, quitQuestion } from './quit-question.ts';

test('quitting offers to keep running, to pause and to stop, and says what becomes of the jobs', () => {
  expect(quitQuestion(2, 'en')).toEqual({
    title: 'Quit Switchyard',
    message: '2 jobs are still running.',
    detail: expect.stringContaining('Paused, nothing that waits starts next time'),
    buttons: ['Keep running in the background', 'Pause the queue and quit', 'Stop and quit'],
    defaultId: 0,
    cancelId: 0,
  });
});

test('the same is asked in Chinese', () => {
  const { buttons, message } = quitQuestion(1, 'zh');
  expect([message, ...buttons]).toEqual(['还有 1 个作业正在运行。', '在后台继续运行', '暂停队列并退出', '停止并退出']);
});

test('each button stands for what it says, and Enter or Escape leave the jobs running', () => {
  const { buttons, defaultId, cancelId } = quitQuestion(1, 'en');
  expect(buttons.map((_, index) => quitAnswer(index))).toEqual(['background', 'pause', 'stop']);
  expect([quitAnswer(defaultId), quitAnswer(cancelId)]).toEqual(['background', 'background']);
});
