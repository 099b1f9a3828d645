import { readdir, stat } from 'node:fs/promises';
import { basename, dirname, extname, join } from 'node:path';

/** Listing a large folder for every job would take longer than the job; a folder says when something came or went. */
const known = new Map<string, { readonly changedNs: bigint; readonly paths: readonly string[] }>();
const mostKnown = 200;

/** The files beside a model that may hold weights kept outside of it (model.onnx.data). */
export const outsideWeightsOf = async (path: string): Promise<readonly string[]> => {
  const folder = dirname(path);
  const changedNs = await stat(folder, { bigint: true }).then(
    ({ mtimeNs }) => mtimeNs,
    () => undefined,
  );
  if (changedNs === undefined) return [];
  const found = known.get(path);
  if (found?.changedNs === changedNs) return found.paths;
  const stem = basename(path, extname(path));
  const names = await readdir(folder).catch(() => []);
  const isWeights = (name: string): boolean => name.startsWith(stem) && name !== basename(path) && weightFile.test(name);
  const paths = names.filter(isWeights).map((name) => join(folder, name));
  known.delete(path);
  known.set(path, { changedNs, paths });
  for (const [oldest] of known) {
    if (known.size <= mostKnown) break;
    known.delete(oldest);
  }
  return paths;
};

const weightFile = /[._](data|weights|bin|onnx_data)(_\d+)?$/;
