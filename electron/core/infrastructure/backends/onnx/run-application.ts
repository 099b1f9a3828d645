import { statSync } from 'node:fs';
import { join } from 'node:path';
import type { JobResult } from '../../../../../shared/model/application.ts';
import type { Progress } from '../../../../../shared/model/job.ts';
import type { Application, NewArtifact } from '../../../ports.ts';
import { BadInput } from './bad-input.ts';
import type { Produced } from './deliver-artifacts.ts';
import type { WorkerRequest } from './protocol.ts';
import type { SessionUse } from './sessions.ts';

export interface ApplicationTools {
  readonly applications: readonly Application[];
  readonly sessions: Pick<SessionUse, 'open'>;
  progress(progress: Progress): void;
}

type ApplicationRequest = Extract<WorkerRequest, { kind: 'run-application' }>;

/** Runs an application on the files of one job. */
export const runApplication = async (
  request: ApplicationRequest,
  tools: ApplicationTools,
): Promise<{ result: JobResult; produced: Produced[] }> => {
  const application = tools.applications.find((one) => one.manifest.id === request.application);
  if (!application) {
    const known = tools.applications.map((one) => one.manifest.id).join(', ');
    throw new BadInput({ code: 'application-unknown', values: { application: request.application, known } });
  }
  const { result, artifacts } = await application.run({
    files: request.files,
    position: request.position,
    session: (model) => {
      const { path, identity } = findModelFile(request, model);
      return tools.sessions.open({ name: model, path, identity });
    },
    resource: (name) => findModelFile(request, name).path,
    progress: tools.progress,
  });
  return { result, produced: artifacts.map(toProduced) };
};

const findModelFile = ({ application, modelFolders }: ApplicationRequest, name: string): { path: string; identity: string } => {
  for (const folder of modelFolders) {
    const path = join(folder, name);
    const stats = statSync(path, { throwIfNoEntry: false });
    if (stats) return { path, identity: `${stats.size}:${stats.mtimeMs}` };
  }
  throw new BadInput({ code: 'models-not-gathered', values: { application, path: modelFolders.at(-1) ?? name } });
};

const toProduced = (artifact: NewArtifact): Produced => {
  const { name, mediaType, joined } = artifact;
  const common = { name, mediaType, ...(joined && { joined }) };
  return 'bytes' in artifact ? { ...common, pieces: [artifact.bytes] } : { ...common, path: artifact.path };
};
