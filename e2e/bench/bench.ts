import { loadavg } from 'node:os';
import { inspect, parseArgs } from 'node:util';
import { createLifetime } from '../../electron/core/lib/lifetime.ts';
import { installPackages } from '../set-up/install-packages.ts';
import { batchParts } from './batch-jobs.ts';
import { commandPart } from './commands.ts';
import { divisionPart } from './division.ts';
import { firstPredictionsPart } from './first-predictions.ts';
import { footprintPart } from './footprint.ts';
import { loopDelayPart } from './loop-delay.ts';
import { machineFacts } from './machine-facts.ts';
import { foresightPart } from './foresight.ts';
import { lineOf } from './measure.ts';
import { metricsSizePart } from './metrics-size.ts';
import { onnxPart } from './onnx-jobs.ts';
import type { Part } from './part.ts';
import { predictionPart, predictionTracePart } from './prediction.ts';
import { decisionPart, queueSizePart } from './queue-size.ts';
import { releasePart } from './release.ts';
import { samplingCostPart } from './sampling-cost.ts';
import { slicePart } from './slices.ts';
import { submitPart } from './submits.ts';
import { tracePart } from './traces.ts';

/*
 * npm run -s bench [-- NAME... --rounds N --pairs N]: how fast the built core is, beside rivals in the same run. Everything goes
 * through the public command line and REST, but for the scheduler's decisions, which cannot be seen from outside. Progress goes
 * to stderr, one JSON document to stdout. A missed goal is told, not punished: the exit code is 0 when everything could be run.
 */
const parts: readonly Part[] = [
  submitPart,
  commandPart,
  onnxPart,
  ...batchParts,
  queueSizePart,
  decisionPart,
  foresightPart,
  loopDelayPart,
  footprintPart,
  metricsSizePart,
  samplingCostPart,
  releasePart,
  slicePart,
  divisionPart,
  predictionPart,
  predictionTracePart,
  firstPredictionsPart,
  tracePart,
];

const usage = `Usage: npm run -s bench [-- NAME... --rounds N --pairs N]\nNames: ${parts.map(({ name }) => name).join(', ')}\n`;

const main = async (): Promise<void> => {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      rounds: { type: 'string', default: '7' },
      pairs: { type: 'string', default: '15' },
      help: { type: 'boolean', default: false },
    },
  });
  const unknown = positionals.find((name) => !parts.some((part) => part.name === name));
  if (values.help || unknown !== undefined) {
    say(unknown === undefined ? usage : `There is no part called ${unknown}.\n${usage}`);
    process.exit(values.help ? 0 : 2);
  }
  const chosen = positionals.length === 0 ? parts : parts.filter((part) => positionals.includes(part.name));
  await installPackages(chosen.flatMap(({ packages = [] }) => packages));
  const options = { rounds: Number(values.rounds), pairs: Number(values.pairs), say: (text: string) => say(`  … ${text}\n`) };
  const machine = machineFacts();
  const startedAt = new Date().toISOString();
  const results: Record<string, unknown> = {};
  for (const part of chosen) {
    say(`${part.name}: ${part.about}\n`);
    const loadBefore = loadavg()[0];
    const lifetime = createLifetime();
    const figures = await part.run({ ...options, lifetime }).catch(async (error: unknown) => {
      // Said first: after a part that failed closing may fail as well, and would be all that is told.
      say(`${part.name} failed: ${inspect(error)}\n`);
      await lifetime.dispose();
      throw error;
    });
    results[part.name] = { about: part.about, loadBefore, loadAfter: loadavg()[0], figures };
    for (const figure of figures) say(`${lineOf(figure)}\n`);
    await lifetime.dispose();
  }
  process.stdout.write(`${JSON.stringify({ startedAt, endedAt: new Date().toISOString(), machine, parts: results }, undefined, 2)}\n`);
};

const say = (text: string): void => void process.stderr.write(text);

process.env['ORT_DISABLE_TELEMETRY'] = '1';
await main();
