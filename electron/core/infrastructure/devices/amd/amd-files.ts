/** unique_id as AMD's own programs write it, `GPU-` and 16 digits, which ROCR_VISIBLE_DEVICES takes; 0 is a chip without one. */
export const parseUuid = (text: string | undefined): string | undefined => {
  const digits = /^(?:0x)?([\da-f]{1,16})$/i
    .exec(text ?? '')?.[1]
    ?.toLowerCase()
    .padStart(16, '0');
  return digits === undefined || /^0+$/.test(digits) ? undefined : `GPU-${digits}`;
};

/** pp_dpm_sclk lists the levels, `1: 2500Mhz *`, of which the star marks the present one. */
export const parseCurrentMhz = (text: string | undefined): number | undefined => {
  const megahertz = /^\s*\w+:\s*(\d+)\s*mhz\s*\*/im.exec(text ?? '')?.[1];
  return megahertz === undefined ? undefined : Number(megahertz);
};

/** Errors that could not be corrected, from `ue: 1` and `ce: 2`. */
export const parseErrorCount = (text: string | undefined): number | undefined => {
  const count = /^ue:\s*(\d+)$/m.exec(text ?? '')?.[1];
  return count === undefined ? undefined : Number(count);
};
