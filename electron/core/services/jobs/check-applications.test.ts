import { expect, test } from 'vitest';
import type { ApplicationManifest } from '../../../../shared/model/application.ts';
import { JobSpec } from '../../../../shared/model/job.ts';
import type { RefusalReason } from '../../../../shared/model/reason.ts';
import { Refusal } from '../../lib/refusal.ts';
import { checkApplications } from './check-applications.ts';

const manifests: ApplicationManifest[] = [
  { id: 'ocr', accepts: ['.png', '.jpg'], manyFiles: true, models: [] },
  { id: 'one', accepts: ['.png'], manyFiles: false, models: [] },
];

const reasonFor = (application: string, ...names: string[]): RefusalReason | undefined => {
  const files = names.map((name) => ({ fileId: 'id', name }));
  try {
    checkApplications([JobSpec.parse({ runtime: 'application', application, files })], manifests, (file) => ({
      name: 'name' in file ? file.name : file.path,
    }));
    return undefined;
  } catch (error) {
    if (error instanceof Refusal) return error.reason;
    throw error;
  }
};

test('files of the kinds that the application names pass, whatever the case of their letters', () => {
  expect(reasonFor('ocr', 'a.png', 'B.JPG', 'c.d.Png')).toBeUndefined();
  expect(reasonFor('one', 'a.png')).toBeUndefined();
});

test('an application that is not there is refused with those that are', () => {
  expect(reasonFor('OCR', 'a.png')).toEqual({ code: 'application-unknown', values: { application: 'OCR', known: 'ocr, one' } });
});

test.each(['a.wav', 'png', 'a.png.txt', '.png'])('%s is refused by its name with the kinds that are taken', (file) => {
  expect(reasonFor('ocr', 'a.png', file)).toEqual({ code: 'file-kind-unknown', values: { file, wanted: '.png, .jpg' } });
});

test('several files are refused where the application takes one', () => {
  expect(reasonFor('one', 'a.png', 'b.png')).toEqual({ code: 'one-file-only', values: { application: 'one', files: 2 } });
});
