import { openPosixSpawn } from './core/infrastructure/backends/command/posix-spawn.ts';
import { startWithNode } from './core/infrastructure/backends/command/programs.ts';
import { serveLauncher } from './core/infrastructure/backends/command/serve-launcher.ts';

/*
 * The small process from which the core starts commands: launcher.js CORE-PID, with a channel to that core. What it starts goes
 * on without it.
 */
serveLauncher(Number(process.argv[2]), (await openPosixSpawn()) ?? startWithNode);
