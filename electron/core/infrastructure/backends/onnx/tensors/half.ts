/** The bits of the float16 nearest to a number, ties to even; too large becomes infinite. */
export const halfBits = (value: number): number => {
  if (Number.isNaN(value)) return 0x7e00;
  const sign = value < 0 || Object.is(value, -0) ? 0x8000 : 0;
  const magnitude = Math.abs(value);
  if (magnitude >= 65_520) return sign | 0x7c00;
  // Below the smallest normal number the steps are 2^-24 wide; rounding up to 1024 steps gives that number itself.
  if (magnitude < 2 ** -14) return sign | roundToEven(magnitude * 2 ** 24);
  const exponent = exponentOf(magnitude);
  // A significand that rounds up to 2048 carries into the exponent, which is right.
  return sign | (((exponent + 15) << 10) + roundToEven((magnitude / 2 ** exponent) * 1024) - 1024);
};

const exponentOf = (magnitude: number): number => {
  const guess = Math.floor(Math.log2(magnitude));
  // log2 rounds, so that a number just under a power of two may look like that power.
  return 2 ** guess > magnitude ? guess - 1 : guess;
};

const roundToEven = (value: number): number => {
  const floor = Math.floor(value);
  const rest = value - floor;
  if (rest !== 0.5) return rest < 0.5 ? floor : floor + 1;
  return floor % 2 === 0 ? floor : floor + 1;
};
