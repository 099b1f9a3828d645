export interface ListSpace {
  /** Of the list, in CSS pixels. */
  width: number;
  height: number;
  devices: number;
  shares: number;
}

export interface ListLayout {
  rowHeight: number;
  /** Lines of text that a row holds. */
  lines: number;
  /** Wide lists draw memory, power and temperature over time too. */
  isWide: boolean;
}

export const headHeight = 28;
export const axisHeight = 24;
export const shareHeight = 38;
/** Beneath its words and its bar the memory of a device is drawn over time from so many lines on. */
export const memoryGraphLines = 4;
const padding = 14;
const lineHeight = 19;
const lowest = padding + 2 * lineHeight;

/** Rows share the height of the page, so that more devices make lower rows and a larger screen shows more of each. */
export const layoutList = ({ width, height, devices, shares }: ListSpace): ListLayout => {
  const isWide = width >= 1700;
  const highest = isWide ? 260 : 190;
  const left = height - headHeight - axisHeight - shares * shareHeight;
  const rowHeight = Math.floor(Math.min(highest, Math.max(lowest, left / Math.max(1, devices))));
  return { rowHeight, lines: Math.floor((rowHeight - padding) / lineHeight), isWide };
};
