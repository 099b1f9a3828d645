import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { lstat, readlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';

/** A folder or file of this machine and where the confined process sees it. */
export interface Mount {
  readonly from: string;
  readonly to: string;
}

export interface ConfinedView {
  readonly readOnly: readonly Mount[];
  readonly writable: readonly Mount[];
  /** Files under /dev of devices beside the processor; with them come the places where their drivers look. */
  readonly devices?: readonly string[];
}

/** A program that starts another one so that it can reach only what it is shown. */
export interface Confinement {
  /** The words before the command line of the confined program. */
  wrapper(view: ConfinedView): string[];
}

/**
 * bubblewrap, where it is installed and this kernel lets it work, found out by running it once. What runs under it has
 * no network, no capabilities, sees no other process, and of the file system only the system's libraries, Node, and what the
 * view adds; /tmp is its own and empty.
 */
export const findConfinement = async (): Promise<Confinement | undefined> => {
  if (process.platform !== 'linux') return undefined;
  const base = [...isolation, ...(await systemMounts())];
  const confinement: Confinement = { wrapper: (view) => ['bwrap', ...base, ...viewArguments(view), '--'] };
  return (await works(confinement.wrapper({ readOnly: [], writable: [] }))) ? confinement : undefined;
};

const isolation = ['--unshare-all', '--die-with-parent', '--new-session', '--cap-drop', 'ALL', '--hostname', 'worker'];

/** Where libraries lie on the distributions that we know; what is not there is left out. Programs (/usr/bin) are not shown. */
const libraryFolders = [
  '/usr/lib',
  '/usr/lib32',
  '/usr/lib64',
  '/usr/libexec',
  '/usr/local/lib',
  '/lib',
  '/lib32',
  '/lib64',
  '/nix/store',
  '/gnu/store',
];

const systemMounts = async (): Promise<string[]> => {
  const libraries = await Promise.all(libraryFolders.map(mountOf));
  return [
    ...libraries.flat(),
    ...['--ro-bind-try', '/etc/ld.so.cache', '/etc/ld.so.cache'],
    ...['--ro-bind-try', '/etc/localtime', '/etc/localtime'],
    ...['--proc', '/proc', '--dev', '/dev', '--tmpfs', '/tmp', '--chdir', '/'],
    ...['--ro-bind', process.execPath, process.execPath],
  ];
};

/** /lib is a link to /usr/lib on merged systems and a folder on others. */
const mountOf = async (folder: string): Promise<string[]> => {
  const stats = await lstat(folder).catch(() => undefined);
  if (!stats) return [];
  return stats.isSymbolicLink() ? ['--symlink', await readlink(folder), folder] : ['--ro-bind', folder, folder];
};

/** Writable folders come last, so that they stay writable inside a read-only one. */
const viewArguments = ({ readOnly, writable, devices = [] }: ConfinedView): string[] => [
  ...(devices.length > 0 ? [...driverFolders, ...libraryPath()].flatMap((path) => ['--ro-bind-try', path, path]) : []),
  ...devices.flatMap((path) => ['--dev-bind-try', path, path]),
  ...readOnly.flatMap(({ from, to }) => ['--ro-bind', from, to]),
  ...writable.flatMap(({ from, to }) => ['--bind', from, to]),
];

/** What libraries of drivers read to find their devices and their own parts. */
const driverFolders = ['/sys', '/etc/vulkan', '/usr/share/vulkan', '/usr/share/glvnd', '/usr/local/cuda', '/opt/rocm'];

/** Where the user says that libraries lie; the worker inherits the variable. */
const libraryPath = (): string[] => (process.env['LD_LIBRARY_PATH'] ?? '').split(':').filter((path) => path.startsWith('/'));

const works = ([program = '', ...args]: string[]): Promise<boolean> =>
  new Promise((resolve) => {
    execFile(program, [...args, process.execPath, '--version'], { timeout: 10_000, killSignal: 'SIGKILL' }, (error, stdout) => {
      resolve(error === null && stdout.trim() === process.version);
    });
  });

/**
 * The code that an entry of ours needs: its folder, `shared/` beside it where it runs from source, and every node_modules and
 * package.json from there up.
 */
export const codeMounts = (entriesFolder: string): Mount[] => {
  const mounts = [entriesFolder, join(dirname(entriesFolder), 'shared')].filter((path) => existsSync(path));
  for (let folder = entriesFolder; ; folder = dirname(folder)) {
    mounts.push(...['package.json', 'node_modules'].map((name) => join(folder, name)).filter((path) => existsSync(path)));
    if (dirname(folder) === folder) break;
  }
  return mounts.map((path) => ({ from: path, to: path }));
};
