import type { CpuFacts } from './machine-reader.ts';

const vendors: Readonly<Record<string, string>> = {
  AuthenticAMD: 'AMD',
  GenuineIntel: 'Intel',
  HygonGenuine: 'Hygon',
  CentaurHauls: 'Zhaoxin',
};

/** /proc/cpuinfo: a block of `key : value` lines for each core. ARM names neither model nor physical cores, and no frequency. */
export const parseCpuinfo = (text: string): { facts: CpuFacts; frequencyMhz?: number } => {
  const blocks = text.split(/\n\s*\n/).map(parseBlock);
  const first = (key: string): string | undefined => blocks.map((block) => block.get(key)).find((value) => value);
  const model = first('model name') ?? first('Model') ?? first('cpu model');
  const vendorId = first('vendor_id');
  const physicalCores = new Set(
    blocks.flatMap((block) => (block.has('core id') ? [`${block.get('physical id')}/${block.get('core id')}`] : [])),
  ).size;
  const frequencies = blocks.map((block) => Number(block.get('cpu MHz'))).filter((frequency) => frequency > 0);
  return {
    facts: {
      ...(model === undefined ? {} : { model }),
      ...(vendorId === undefined ? {} : { vendor: vendors[vendorId] ?? vendorId }),
      ...(physicalCores === 0 ? {} : { physicalCores }),
    },
    ...(frequencies.length === 0 ? {} : { frequencyMhz: mean(frequencies) }),
  };
};

const parseBlock = (block: string): Map<string, string> =>
  new Map(
    block.split('\n').flatMap((line) => {
      const colon = line.indexOf(':');
      return colon === -1 ? [] : [[line.slice(0, colon).trim(), line.slice(colon + 1).trim()] as const];
    }),
  );

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
