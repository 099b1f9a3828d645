import { extname } from 'node:path';
import type { ApplicationManifest } from '../../../../shared/model/application.ts';
import type { FileRef, JobSpec } from '../../../../shared/model/job.ts';
import { Refusal } from '../../lib/refusal.ts';

/** Refuses jobs for applications that are not there, and files that theirs does not take, before anything is accepted. Pure. */
export const checkApplications = (
  specs: readonly JobSpec[],
  manifests: readonly ApplicationManifest[],
  resolve: (file: FileRef) => { name: string },
): void => {
  for (const spec of specs) {
    if (spec.runtime !== 'application') continue;
    const { application, files } = spec;
    const manifest = manifests.find(({ id }) => id === application);
    if (!manifest) {
      const known = manifests.map(({ id }) => id).join(', ');
      throw new Refusal({ code: 'application-unknown', values: { application, known } });
    }
    if (files.length > 1 && !manifest.manyFiles) {
      throw new Refusal({ code: 'one-file-only', values: { application, files: files.length } });
    }
    for (const { name } of files.map(resolve)) checkKind(name, manifest);
  }
};

/** Only the name is looked at; what a file truly holds is found out in the worker. */
const checkKind = (name: string, { accepts }: ApplicationManifest): void => {
  if (accepts.includes(extname(name).toLowerCase())) return;
  throw new Refusal({ code: 'file-kind-unknown', values: { file: name, wanted: accepts.join(', ') } });
};
