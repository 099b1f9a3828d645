import { readFile } from 'node:fs/promises';
import type { CpuFacts } from './machine-reader.ts';
import { parseCpuinfo } from './proc-cpuinfo.ts';

/** Facts that do not change, from systeminformation; of a machine that another procfs describes, from its cpuinfo. */
export const readCpuFacts = async (procfs: string | undefined): Promise<CpuFacts> =>
  procfs === undefined ? { ...(await readCpuinfo('/proc')), ...(await askSystem()) } : readCpuinfo(procfs);

const readCpuinfo = async (procfs: string): Promise<CpuFacts> => {
  try {
    return parseCpuinfo(await readFile(`${procfs}/cpuinfo`, 'utf8')).facts;
  } catch {
    // Systems without procfs have other sources.
    return {};
  }
};

/** It may start other programs, of which one could hang; the name of a processor is not worth a longer wait at the start. */
const systemWaitMs = 2000;

const askSystem = async (): Promise<CpuFacts> => {
  const { promise: tooLate, resolve: giveUp } = Promise.withResolvers<CpuFacts>();
  const timer = setTimeout(giveUp, systemWaitMs, {});
  try {
    const { default: system } = await import('systeminformation');
    return await Promise.race([system.cpu().then(describeSystemCpu), tooLate]);
  } finally {
    clearTimeout(timer);
  }
};

/** systeminformation answers with empty texts and zeros for what it did not find. */
export const describeSystemCpu = (cpu: { manufacturer: string; brand: string; physicalCores: number }): CpuFacts => {
  const vendor = cpu.manufacturer.trim();
  const brand = cpu.brand.trim();
  const model = brand && vendor && !brand.startsWith(vendor) ? `${vendor} ${brand}` : brand;
  return {
    ...(model ? { model } : {}),
    ...(vendor ? { vendor } : {}),
    ...(cpu.physicalCores > 0 ? { physicalCores: cpu.physicalCores } : {}),
  };
};
