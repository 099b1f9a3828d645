import type { CommandLineKey } from '../../shared/words/command-line.ts';
import type { Locale, Values } from '../../shared/words/format.ts';
import type { Reason } from '../../shared/model/reason.ts';
import type { Arguments } from './read-arguments.ts';
import type { Core } from './core-client.ts';
import type { Flag, FlagName } from './flags.ts';
import type { Interruption } from './interruption.ts';
import type { Output } from './output.ts';
import type { CorePlace } from './reach-core.ts';

/** What a verb works with. */
export interface Session {
  readonly words: Arguments;
  readonly output: Output;
  readonly locale: Locale;
  readonly place: CorePlace;
  readonly environment: NodeJS.ProcessEnv;
  readonly interruption: Interruption;
  text(key: CommandLineKey, values?: Values): string;
  sentence(reason: Reason): string;
  /** The core, started when none runs. */
  core(): Promise<Core>;
}

/** One verb of the command line. */
export interface Verb {
  readonly name: string;
  readonly aliases?: readonly string[];
  /** What follows the verb, in the notation of help. */
  readonly usage: string;
  readonly summary: CommandLineKey;
  readonly flags: readonly FlagName[];
  /** Flags that say something else here. */
  readonly means?: Partial<Record<FlagName, Flag>>;
  /** Whether it takes a command after `--`. */
  readonly takesRest?: boolean;
  readonly examples: readonly string[];
  /** Resolves to the exit code. */
  run(session: Session): Promise<number>;
}
