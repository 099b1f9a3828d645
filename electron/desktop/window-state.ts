export interface Rectangle {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** How the window stood when it was last seen. Without a position the system chooses one. */
export interface WindowState {
  readonly width: number;
  readonly height: number;
  readonly x?: number;
  readonly y?: number;
  readonly isMaximized: boolean;
}

export const smallestWindow = { width: 760, height: 520 } as const;
const usualWindow = { width: 1280, height: 820 } as const;
/** So much of the window must lie on a screen, in pixels, that a person can take hold of its title bar. */
const graspable = { width: 120, height: 40 } as const;

/**
 * The state to open the window with. What was kept may be of another version, edited by hand or of a screen that is gone,
 * so sizes are brought into range and a position that cannot be seen is dropped.
 */
export const sanitiseWindowState = (kept: unknown, screens: readonly Rectangle[]): WindowState => {
  const fields: Record<string, unknown> = typeof kept === 'object' && kept !== null ? { ...kept } : {};
  const largest = { width: largestOf(screens, 'width'), height: largestOf(screens, 'height') };
  const width = clamp(wholeNumber(fields['width']) ?? usualWindow.width, smallestWindow.width, largest.width);
  const height = clamp(wholeNumber(fields['height']) ?? usualWindow.height, smallestWindow.height, largest.height);
  const isMaximized = fields['isMaximized'] === true;
  const x = wholeNumber(fields['x']);
  const y = wholeNumber(fields['y']);
  if (x === undefined || y === undefined || !screens.some((screen) => canBeGrasped({ x, y, width, height }, screen))) {
    return { width, height, isMaximized };
  }
  return { x, y, width, height, isMaximized };
};

const wholeNumber = (value: unknown): number | undefined =>
  typeof value === 'number' && Number.isFinite(value) ? Math.round(value) : undefined;

const largestOf = (screens: readonly Rectangle[], side: 'width' | 'height'): number =>
  Math.max(smallestWindow[side], ...screens.map((screen) => screen[side]));

const clamp = (value: number, least: number, most: number): number => Math.min(Math.max(value, least), most);

/** The title bar lies at the top, so that edge must be on the screen. */
const canBeGrasped = (window: Rectangle, screen: Rectangle): boolean => {
  const seen = Math.min(window.x + window.width, screen.x + screen.width) - Math.max(window.x, screen.x);
  const isTopSeen = window.y >= screen.y && window.y + graspable.height <= screen.y + screen.height;
  return seen >= graspable.width && isTopSeen;
};
