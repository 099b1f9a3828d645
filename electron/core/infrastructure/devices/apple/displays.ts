import * as z from 'zod';

/** A graphics processor as `system_profiler SPDisplaysDataType -json` lists it. */
export interface AppleGpu {
  readonly name: string;
  readonly vendor: string;
  /** Memory of its own; absent where it shares the machine's. */
  readonly memoryTotalBytes?: number;
}

const Entry = z.object({
  _name: z.string().optional(),
  sppci_model: z.string().optional(),
  sppci_device_type: z.string().optional(),
  spdisplays_vendor: z.string().optional(),
  spdisplays_vram: z.string().optional(),
});

const Report = z.object({ SPDisplaysDataType: z.array(Entry) });

/** Undefined when it is not the report that it should be. A machine without a screen still lists its graphics. */
export const parseDisplays = (json: string): AppleGpu[] | undefined => {
  const report = Report.safeParse(parseJson(json));
  if (!report.success) return undefined;
  return report.data.SPDisplaysDataType.filter(({ sppci_device_type: type }) => type === undefined || type === 'spdisplays_gpu').map(
    (entry) => {
      const memoryTotalBytes = parseSize(entry.spdisplays_vram);
      return {
        name: entry.sppci_model ?? entry._name ?? 'GPU',
        vendor: nameVendor(entry.spdisplays_vendor ?? ''),
        ...(memoryTotalBytes === undefined ? {} : { memoryTotalBytes }),
      };
    },
  );
};

const parseJson = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};

/** `sppci_vendor_Apple`, `sppci_vendor_amd`, `AMD (0x1002)`, `Intel`. */
const nameVendor = (text: string): string => {
  const plain = text.replace(/^sppci_vendor_/, '').replace(/ \(0x[\da-f]+\)$/i, '');
  return ['Apple', 'AMD', 'Intel', 'NVIDIA'].find((vendor) => vendor.toLowerCase() === plain.toLowerCase()) ?? (plain || 'Apple');
};

/** `8 GB`, `1536 MB`. */
const parseSize = (text: string | undefined): number | undefined => {
  const [, count, unit] = /^(\d+) (MB|GB)$/.exec(text ?? '') ?? [];
  return count === undefined ? undefined : Number(count) * (unit === 'GB' ? 2 ** 30 : 2 ** 20);
};
