import { endQuietlyOnClosedPipe } from './command-line/output.ts';
import { runCommandLine } from './command-line/run-command-line.ts';

endQuietlyOnClosedPipe(process.stdout);
endQuietlyOnClosedPipe(process.stderr);
process.exitCode = await runCommandLine(process.argv.slice(2), import.meta.dirname);
