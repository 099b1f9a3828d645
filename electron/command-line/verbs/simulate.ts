import { formatNumber } from '../../../shared/words/format.ts';
import { wrongUsage } from '../failure.ts';
import type { Session, Verb } from '../session.ts';

const flags = ['trace', 'processors', 'workload', 'arrivals', 'sizes', 'servers', 'jobs', 'seed', 'policy'] as const;
const flagsOf: Record<'trace' | 'workload' | 'arrivals', readonly (typeof flags)[number][]> = {
  trace: ['trace', 'processors', 'policy'],
  workload: ['workload', 'policy'],
  arrivals: ['arrivals', 'sizes', 'servers', 'jobs', 'seed', 'policy'],
};

export const simulate: Verb = {
  name: 'simulate',
  usage:
    '--trace FILE --processors N | --workload FILE | --arrivals poisson:RATE --sizes SIZES --servers K --jobs N --seed S; --policy POLICY',
  summary: 'verb-simulate',
  flags,
  examples: [
    'switchyard simulate --trace hpc2n.swf --processors 240 --policy easy --json',
    'switchyard simulate --workload pipeline.json --policy heft --json',
    'switchyard simulate --arrivals poisson:0.5 --sizes exponential:1 --servers 1 --jobs 1000000 --seed 1 --policy srpt --json',
  ],
  run: async (session) => {
    const { words, output } = session;
    const [extra] = words.operands;
    if (extra !== undefined) throw wrongUsage('too-many', { word: extra });
    const [kind, ...others] = (['trace', 'workload', 'arrivals'] as const).filter((flag) => words.has(flag));
    if (kind === undefined || others.length > 0) throw wrongUsage('simulate-what');
    const foreign = flags.find((flag) => words.has(flag) && !flagsOf[kind].includes(flag));
    if (foreign) throw wrongUsage('simulate-flag', { flag: `--${foreign}`, kind: `--${kind}` });
    // Loaded here, so that no other verb waits for it.
    const { runSimulation } = await import('../simulate/run-simulation.ts');
    const result = await runSimulation(kind, session);
    if (output.isJson) output.printJson(result);
    else for (const line of describe(result, session)) output.print(line);
    return 0;
  },
};

/** A line for every figure, by the name that --json gives it; lists below each other. */
const describe = (result: object, session: Session, indent = ''): string[] =>
  Object.entries(result).flatMap(([name, value]: [string, unknown]) => {
    if (typeof value === 'number') return [`${indent}${name}  ${formatNumber(value, session.locale, 6)}`];
    if (Array.isArray(value)) return [`${indent}${name}`, ...value.map((one: unknown) => `${indent}  ${oneLine(one, session)}`)];
    if (typeof value === 'object' && value !== null) return [`${indent}${name}`, ...describe(value, session, `${indent}  `)];
    return [`${indent}${name}  ${String(value)}`];
  });

const oneLine = (value: unknown, { locale }: Session): string =>
  typeof value === 'object' && value !== null
    ? Object.values(value)
        .map((part: unknown) => (typeof part === 'number' ? formatNumber(part, locale, 6) : String(part)))
        .join('  ')
    : String(value);
