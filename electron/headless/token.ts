import { randomBytes } from 'node:crypto';
import { mkdir, open, readFile, rename, stat } from 'node:fs/promises';
import { join } from 'node:path';

/**
 * The token of a data folder: 64 hexadecimal digits that only the owner can read. Made once; made again when the file is
 * damaged or when others could read it.
 */
export const readToken = async (dataFolder: string): Promise<string> => {
  const path = join(dataFolder, 'token');
  return (await existingToken(path)) ?? (await makeToken(dataFolder, path));
};

const existingToken = async (path: string): Promise<string | undefined> => {
  try {
    const { mode } = await stat(path);
    const text = (await readFile(path, 'utf8')).trim();
    const isPrivate = process.platform === 'win32' || (mode & 0o077) === 0;
    return isPrivate && /^[0-9a-f]{64}$/.test(text) ? text : undefined;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
};

const makeToken = async (dataFolder: string, path: string): Promise<string> => {
  const token = randomBytes(32).toString('hex');
  await mkdir(dataFolder, { recursive: true, mode: 0o700 });
  const temporary = `${path}.${randomBytes(6).toString('hex')}`;
  const file = await open(temporary, 'wx', 0o600);
  try {
    await file.writeFile(`${token}\n`);
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(temporary, path);
  return token;
};
