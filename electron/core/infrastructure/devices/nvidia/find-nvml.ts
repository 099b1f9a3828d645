import { existsSync, readFileSync } from 'node:fs';
import { delimiter, posix, win32 } from 'node:path';

export interface FileSystem {
  exists(path: string): boolean;
  /** Empty when it cannot be read. */
  read(path: string): string;
}

const soname = 'libnvidia-ml.so.1';
/** Where the system's loader looks by itself, and where WSL and NixOS keep drivers. */
const folders = ['/lib', '/usr/lib', '/lib64', '/usr/lib64', '/usr/lib/wsl/lib', '/run/opengl-driver/lib'];

/**
 * Whether loading NVML is worth a try: a look at the places where the loader would find it, in well under a millisecond. A machine
 * without NVIDIA's driver never pays for the thread and the binding.
 */
export const mayHaveNvml = (platform: NodeJS.Platform, variables: NodeJS.ProcessEnv, files: FileSystem): boolean => {
  if (platform === 'win32') return windowsPlaces(variables).some((path) => files.exists(path));
  if (platform !== 'linux') return false;
  const own = (variables['LD_LIBRARY_PATH'] ?? '').split(posix.delimiter).filter((folder) => folder !== '');
  if ([...own, ...folders].some((folder) => files.exists(posix.join(folder, soname)))) return true;
  // The loader's list of libraries in all its other folders; the names stand in it as plain text.
  return files.read('/etc/ld.so.cache').includes(soname);
};

const windowsPlaces = (variables: NodeJS.ProcessEnv): string[] => [
  win32.join(variables['SystemRoot'] ?? 'C:\\Windows', 'System32', 'nvml.dll'),
  win32.join(variables['ProgramFiles'] ?? 'C:\\Program Files', 'NVIDIA Corporation', 'NVSMI', 'nvml.dll'),
];

/** Whether a program is in PATH. */
export const isInPath = (program: string, variables: NodeJS.ProcessEnv, files: FileSystem): boolean =>
  (variables['PATH'] ?? '').split(delimiter).some((folder) => folder !== '' && files.exists(`${folder}/${program}`));

export const realFiles: FileSystem = {
  exists: existsSync,
  read: (path) => {
    try {
      return readFileSync(path, 'latin1');
    } catch {
      return '';
    }
  },
};
