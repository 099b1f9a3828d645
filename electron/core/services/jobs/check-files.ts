import { constants } from 'node:fs';
import { access, stat } from 'node:fs/promises';
import { isAbsolute } from 'node:path';
import { fileLimitBytes } from '../../../../shared/model/file-limit.ts';
import type { FileRef, JobSpec } from '../../../../shared/model/job.ts';
import type { FailReason } from '../../../../shared/model/reason.ts';
import { Refusal } from '../../lib/refusal.ts';

type Resolve = (file: FileRef) => { path: string; name: string };

/**
 * Refuses jobs whose files cannot be read, before anything is accepted; the same is found again when they run. Answers how many bytes of
 * input each job has; undefined for those whose inputs are not looked at.
 */
export const checkFiles = async (specs: readonly JobSpec[], resolve: Resolve): Promise<(number | undefined)[]> => {
  // Jobs of one submission often share a model or a folder: each path is looked at once.
  const checks = new Map<string, Promise<unknown>>();
  const sizes = new Map<string, number>();
  const once = (kind: string, path: string, check: () => Promise<unknown>): void => {
    const key = `${kind} ${path}`;
    if (!checks.has(key)) checks.set(key, check());
  };
  for (const spec of specs) {
    if (spec.runtime === 'command') once('folder', spec.folder, () => checkFolder(spec.folder));
    for (const ref of filesOf(spec)) {
      const file = resolve(ref);
      const isForContainer = spec.runtime === 'container';
      once(isForContainer ? 'readable' : 'file', file.path, async () => {
        if ('fileId' in ref) await checkUpload(ref.fileId, file.path);
        if (isForContainer) await checkReadable(file);
        else sizes.set(file.path, await checkFile(file));
      });
    }
  }
  await Promise.all(checks.values());
  return specs.map((spec) => inputsOf(spec)?.reduce((bytes, ref) => bytes + (sizes.get(resolve(ref).path) ?? 0), 0));
};

/** The files whose size tells how much there is to do. */
const inputsOf = (spec: JobSpec): FileRef[] | undefined => {
  if (spec.runtime === 'onnx') return spec.inputs.map((input) => input.file);
  return spec.runtime === 'application' ? spec.files : undefined;
};

/** The files of a job that somebody sent. */
export const uploadsIn = (spec: JobSpec): string[] => filesOf(spec).flatMap((file) => ('fileId' in file ? [file.fileId] : []));

const filesOf = (spec: JobSpec): FileRef[] => {
  switch (spec.runtime) {
    case 'onnx':
      return [spec.model, ...spec.inputs.map((input) => input.file)];
    case 'application':
      return spec.files;
    case 'container':
      return spec.inputs;
    case 'command':
    case 'process':
      return [];
  }
};

/** An upload that is gone is told by its id: its path is nobody's business. */
const checkUpload = async (fileId: string, path: string): Promise<void> => {
  await access(path).catch(() => {
    throw new Refusal({ code: 'file-unknown', values: { fileId } });
  });
};

/** Answers its size. */
const checkFile = async ({ path, name }: { path: string; name: string }): Promise<number> => {
  if (!isAbsolute(path)) throw new Refusal({ code: 'file-missing', values: { path } });
  const facts = await stat(path).catch((error: unknown) => {
    throw refusalOf(error, path);
  });
  if (facts.isDirectory()) throw new Refusal({ code: 'file-is-folder', values: { path } });
  if (!facts.isFile()) throw new Refusal({ code: 'file-not-plain', values: { path } });
  if (facts.size === 0) throw new Refusal({ code: 'file-empty', values: { path: name } });
  if (facts.size > fileLimitBytes) {
    throw new Refusal({ code: 'file-too-large', values: { path: name, bytes: facts.size, limitBytes: fileLimitBytes } });
  }
  await checkReadable({ path });
  return facts.size;
};

const checkReadable = async ({ path }: { path: string }): Promise<void> => {
  await access(path, constants.R_OK).catch((error: unknown) => {
    throw refusalOf(error, path);
  });
};

const checkFolder = async (path: string): Promise<void> => {
  const facts = await stat(path).catch(() => undefined);
  if (!facts) throw new Refusal({ code: 'folder-missing', values: { path } });
  if (!facts.isDirectory()) throw new Refusal({ code: 'not-a-folder', values: { path } });
};

const refusalOf = (error: unknown, path: string): Refusal => {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  const reason: FailReason['code'] = code === 'EACCES' || code === 'EPERM' ? 'file-unreadable' : 'file-missing';
  return new Refusal({ code: reason, values: { path } });
};
