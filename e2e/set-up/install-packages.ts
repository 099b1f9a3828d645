import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';

interface Need {
  readonly debianPackage: string;
  readonly purpose: string;
  /** A program in PATH, or an absolute path, that shows that it is there; any one of them will do. */
  readonly signs: readonly string[];
}

/** What the tests and benchmarks use beside npm's packages. Without one of them only what needs it is skipped, and says so. */
const needs: readonly Need[] = [
  { debianPackage: 'chromium', purpose: 'the browser tests', signs: ['chromium', 'chromium-browser', 'google-chrome'] },
  {
    debianPackage: 'fonts-dejavu-core',
    purpose: 'drawing text to be recognised',
    signs: ['/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf'],
  },
  { debianPackage: 'espeak-ng', purpose: 'speaking text to be detected', signs: ['espeak-ng'] },
  { debianPackage: 'bubblewrap', purpose: 'confining workers', signs: ['bwrap'] },
  { debianPackage: 'libonnx-testdata', purpose: 'operator conformance', signs: ['/var/lib/dpkg/info/libonnx-testdata.list'] },
  { debianPackage: 'task-spooler', purpose: 'comparing with another queue', signs: ['tsp'] },
  { debianPackage: 'btop', purpose: 'comparing with another monitor', signs: ['btop'] },
  { debianPackage: 'docker.io', purpose: 'a real Docker engine', signs: ['dockerd', '/usr/sbin/dockerd'] },
  { debianPackage: 'busybox-static', purpose: "the test containers' image", signs: ['busybox'] },
  { debianPackage: 'strace', purpose: 'making a disk slow', signs: ['strace'] },
  { debianPackage: 'gcc', purpose: 'a driver library that the tests make', signs: ['gcc'] },
  { debianPackage: 'libc6-dev', purpose: 'a driver library that the tests make', signs: ['/usr/include/stdio.h'] },
  { debianPackage: 'python3-numpy', purpose: 'reading results as others do', signs: ['/usr/lib/python3/dist-packages/numpy'] },
];

/** Packages of which no sign was found. */
export const findMissing = (isThere: (sign: string) => boolean): readonly Need[] => needs.filter(({ signs }) => !signs.some(isThere));

/** Installs once what is needed, or those packages only, where that is allowed; elsewhere says what to install, and all goes on without. */
export const installPackages = async (only?: readonly string[]): Promise<void> => {
  const findWanted = (): Need[] => findMissing(isThere).filter(({ debianPackage }) => only?.includes(debianPackage) ?? true);
  const missing = findWanted();
  if (missing.length === 0) return;
  const names = missing.map(({ debianPackage }) => debianPackage);
  const prefix = installPrefix();
  if (prefix !== undefined) {
    process.stderr.write(`Installing ${names.join(', ')} …\n`);
    runApt(prefix, ['update', '-qq']);
    runApt(prefix, ['install', '-y', '-qq', '--no-install-recommends', ...names]);
  }
  const still = findWanted();
  if (still.length === 0) return;
  for (const { debianPackage, purpose } of still) process.stderr.write(`Not installed: ${debianPackage}, for ${purpose}.\n`);
  process.stderr.write(`On Debian: sudo apt-get install ${still.map(({ debianPackage }) => debianPackage).join(' ')}\n`);
};

const isThere = (sign: string): boolean =>
  sign.startsWith('/') ? existsSync(sign) : (process.env['PATH'] ?? '').split(delimiter).some((folder) => existsSync(join(folder, sign)));

/** How apt-get may be run here without asking anybody: as root, or by a sudo that wants no password. */
const installPrefix = (): readonly string[] | undefined => {
  if (!isThere('apt-get')) return undefined;
  if (process.getuid?.() === 0) return [];
  return isThere('sudo') && spawnSync('sudo', ['-n', 'true'], { stdio: 'ignore' }).status === 0 ? ['sudo', '-n'] : undefined;
};

const runApt = (prefix: readonly string[], parameters: readonly string[]): void => {
  // A service that its package starts would outlive the tests; the tests start what they need themselves.
  const [program = 'env', ...rest] = [...prefix, 'env', 'DEBIAN_FRONTEND=noninteractive', 'RUNLEVEL=1', 'apt-get', ...parameters];
  spawnSync(program, rest, { stdio: ['ignore', 'ignore', 'inherit'] });
};

if (import.meta.main) await installPackages();
