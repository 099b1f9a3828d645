import { createHash, randomBytes } from 'node:crypto';
import { mkdtemp, mkdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { createRouter } from '../core/dispatch.ts';
import type { FileIntake } from '../core/file-intake.ts';
import { Refusal } from '../core/lib/refusal.ts';
import type { ArtifactSource } from '../core/serve-artifacts.ts';
import { createHeadlessServer } from './create-headless-server.ts';
import { createEntrance } from './entrance.ts';
import { createMemoryHandlers } from './memory-handlers.ts';

const uploadLimitBytes = 150_000_000;

/** Hashes what comes and keeps none of it. */
const hashingFiles: FileIntake = {
  receive: async (name, contentLength, stream, signal) => {
    const tooLarge = (bytes: number): Refusal =>
      new Refusal({ code: 'file-too-large', values: { path: name, bytes, limitBytes: uploadLimitBytes } });
    if (contentLength !== undefined && contentLength > uploadLimitBytes) throw tooLarge(contentLength);
    const hash = createHash('sha256');
    let bytes = 0;
    for await (const chunk of stream as AsyncIterable<Buffer>) {
      signal.throwIfAborted();
      bytes += chunk.length;
      if (bytes > uploadLimitBytes) throw tooLarge(bytes);
      hash.update(chunk);
    }
    return { fileId: randomBytes(8).toString('hex'), sha256: hash.digest('hex'), bytes };
  },
};

/** Results kept in memory under their hash. */
const memoryArtifacts = (artifacts: ReadonlyMap<string, { mediaType: string; content: Buffer }>): ArtifactSource => ({
  open: async (sha256) => {
    const artifact = artifacts.get(sha256);
    if (!artifact) return undefined;
    const { content, mediaType } = artifact;
    return {
      bytes: content.length,
      mediaType,
      read: (range) => Readable.from([range ? content.subarray(range.start, range.end + 1) : content]),
    };
  },
});

/** The real server on real sockets over a core in memory, for tests; it ends with the returned close. */
export const startTestServer = async (options: { pingMs?: number; codeMs?: number } = {}) => {
  const folder = await mkdtemp(join(tmpdir(), 'switchyard-headless-'));
  const rendererFolder = join(folder, 'renderer');
  await mkdir(join(rendererFolder, 'assets'), { recursive: true });
  await writeFile(join(rendererFolder, 'index.html'), '<!doctype html><title>Switchyard</title><script src="/assets/page.js"></script>');
  await writeFile(join(rendererFolder, 'assets', 'page.js'), 'window.isPageLoaded = true;');

  const core = createMemoryHandlers();
  const artifacts = new Map<string, { mediaType: string; content: Buffer }>();
  const bugs: unknown[] = [];
  const onBug = (error: unknown): void => void bugs.push(error);
  const dataFolder = join(folder, 'data');
  const entrance = createEntrance({ dataFolder, ...(options.codeMs === undefined ? {} : { codeMs: options.codeMs }) });
  const router = createRouter({ ...core.handlers, app: { ...core.handlers.app, ...entrance.handlers } }, onBug);
  const parts = { router, files: hashingFiles, artifacts: memoryArtifacts(artifacts), onBug };
  const pinging = options.pingMs === undefined ? {} : { pingMs: options.pingMs };
  const server = await createHeadlessServer({ ...parts, ...pinging, entrance, rendererFolder, dataFolder });
  const door = entrance.door();
  if (!door) throw new Error('the server has no door');

  return {
    ...core,
    bugs,
    folder,
    dataFolder,
    entrance,
    server,
    ...door,
    /** Stores a result and answers its hash. */
    addArtifact: (mediaType: string, content: Buffer): string => {
      const sha256 = createHash('sha256').update(content).digest('hex');
      artifacts.set(sha256, { mediaType, content });
      return sha256;
    },
    close: async () => {
      await server.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
};

export type TestServer = Awaited<ReturnType<typeof startTestServer>>;
