/* count.ts MS: counts for so many milliseconds as fast as one core can, and says how far it came. */
const [milliseconds = 0] = process.argv.slice(2).map(Number);
/** Between two looks at the clock. */
const turnsPerLook = 100_000;

const end = performance.now() + milliseconds;
let turns = 0;
let value = 1;
while (performance.now() < end) {
  for (let turn = 0; turn < turnsPerLook; turn += 1) value = (value * 48_271) % 2_147_483_647;
  turns += turnsPerLook;
}
// Never 0; told so that the work cannot be left out.
process.stdout.write(`${value === 0 ? 0 : turns}\n`);
