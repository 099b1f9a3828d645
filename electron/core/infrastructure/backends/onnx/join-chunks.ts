import { open, mkdir, readFile, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { rowLimit, type JobResult } from '../../../../../shared/model/application.ts';
import type { TensorOutput } from '../../../../../shared/model/artifact.ts';
import type { FailReason } from '../../../../../shared/model/reason.ts';
import type { ArtifactJoin, Findings, NewArtifact } from '../../../ports.ts';
import { mostInlineBytes } from './protocol.ts';
import { npyHeaderBytes, npyHeaderOf } from './tensors/npy.ts';

/** What the chunks of a divided job came to, in the order of its items, put together as the undivided job would have given it. */
export const joinChunks = async (chunks: readonly Findings[], folder: string): Promise<Findings | { readonly reason: FailReason }> => {
  const result = joinResults(chunks.map((chunk) => chunk.result));
  const tooMany = rowsTooMany(result);
  if (tooMany) return { reason: tooMany };
  const artifacts: NewArtifact[] = [];
  for (const same of byName(chunks)) artifacts.push(await joinFiles(same, result, join(folder, `joined-${artifacts.length}`)));
  return { result, artifacts };
};

/** Items after each other; of tensors the rows. The chunks are of one job, so that all are of one kind. */
const joinResults = (results: readonly JobResult[]): JobResult => {
  const [first] = results;
  if (!first) throw new Error('a divided job has no chunk');
  switch (first.kind) {
    case 'tensors':
      return { kind: 'tensors', outputs: joinOutputs(results.flatMap((one) => (one.kind === 'tensors' ? [one.outputs] : []))) };
    case 'text':
      return { kind: 'text', items: results.flatMap((one) => (one.kind === 'text' ? one.items : [])) };
    case 'speech':
      return { kind: 'speech', items: results.flatMap((one) => (one.kind === 'speech' ? one.items : [])) };
    case 'labels':
      return { kind: 'labels', items: results.flatMap((one) => (one.kind === 'labels' ? one.items : [])) };
  }
};

const joinOutputs = (chunks: readonly (readonly TensorOutput[])[]): TensorOutput[] => {
  const [first = [], ...others] = chunks;
  return first.map((output, index) => {
    const rows = others.reduce((total, chunk) => total + (chunk[index]?.shape[0] ?? 0), output.shape[0] ?? 0);
    return { ...output, shape: [rows, ...output.shape.slice(1)] };
  });
};

/** An application counts the rows of its own files only. */
const rowsTooMany = (result: JobResult): FailReason | undefined => {
  if (result.kind !== 'labels' || result.items.length <= rowLimit) return undefined;
  const file = result.items[rowLimit]?.file ?? '';
  const rows = result.items.findLastIndex((item) => item.file === file) + 1;
  return { code: 'rows-too-many', values: { file, rows, limit: rowLimit } };
};

/** Files that go together, in the place of the first: what belongs to single items stands before what belongs to all. */
const byName = (chunks: readonly Findings[]): NewArtifact[][] => {
  const all = chunks.flatMap(({ artifacts }) => artifacts);
  const alone = all.filter(({ joined }) => joined === undefined).map((artifact) => [artifact]);
  const together = Map.groupBy(
    all.filter(({ joined }) => joined !== undefined),
    ({ name }) => name,
  );
  return [...alone, ...together.values()];
};

const joinFiles = async (files: readonly NewArtifact[], result: JobResult, path: string): Promise<NewArtifact> => {
  const [first] = files;
  if (!first) throw new Error('nothing to join');
  const { name, mediaType, joined } = first;
  if (joined === undefined) return first;
  const pieces = piecesOf(joined, files, result);
  const total = files.reduce((sum, file) => sum + ('bytes' in file ? file.bytes.byteLength : Infinity), 0);
  if (total <= mostInlineBytes) {
    const bytes: Uint8Array[] = [];
    for await (const piece of pieces) bytes.push(piece);
    return { name, mediaType, bytes: Uint8Array.from(Buffer.concat(bytes)) };
  }
  await writePieces(path, pieces);
  return { name, mediaType, path };
};

const writePieces = async (path: string, pieces: AsyncIterable<Uint8Array>): Promise<void> => {
  await mkdir(join(path, '..'), { recursive: true, mode: 0o700 });
  const file: FileHandle = await open(path, 'w', 0o600);
  try {
    for await (const piece of pieces) await file.writeFile(piece);
  } finally {
    await file.close();
  }
};

const piecesOf = async function* (joined: ArtifactJoin, files: readonly NewArtifact[], result: JobResult): AsyncGenerator<Uint8Array> {
  if (joined === 'rows') yield headerOf(files[0]?.name ?? '', result, await bytesOf(files[0]));
  if (joined === 'list') yield Buffer.from('[');
  for (const [index, file] of files.entries()) {
    const bytes = await bytesOf(file);
    if (joined === 'lines' && index > 0) yield Buffer.from('\n');
    // `[` and `\n]\n` stand around the indented entries of a list.
    if (joined === 'list' && index > 0) yield Buffer.from(',');
    if (joined === 'list') yield bytes.subarray(1, -3);
    else if (joined === 'table' && index > 0) yield bytes.subarray(bytes.indexOf(0x0a) + 1);
    else if (joined === 'rows') yield bytes.subarray(npyHeaderBytes(bytes));
    else yield bytes;
  }
  if (joined === 'list') yield Buffer.from('\n]\n');
};

const headerOf = (name: string, result: JobResult, first: Uint8Array): Uint8Array => {
  const output = result.kind === 'tensors' ? result.outputs.find(({ file }) => file === name) : undefined;
  if (!output) throw new Error(`no output of the divided job is ${name}`);
  return npyHeaderOf(first, output.shape);
};

const bytesOf = async (file: NewArtifact | undefined): Promise<Uint8Array> => {
  if (!file) throw new Error('nothing to join');
  return 'bytes' in file ? file.bytes : readFile(file.path);
};
