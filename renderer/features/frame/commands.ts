import type { Outcome } from '../../actions.ts';
import type { IconName } from '../../ui/icon.tsx';

export interface Command {
  id: string;
  label: string;
  icon: IconName;
  shortcut?: string;
  /** It changes something in the core, so it waits while the core is out of reach. */
  needsCore?: boolean;
  run: () => Outcome | Promise<Outcome>;
}

/** The commands whose words all begin, in any order, with the words typed; in the order given. */
export const matchCommands = (commands: readonly Command[], typed: string): readonly Command[] => {
  const wanted = typed.toLowerCase().split(/\s+/).filter(Boolean);
  return commands.filter(({ label }) => {
    const lower = label.toLowerCase();
    const words = lower.split(/\s+/);
    // Chinese is written without spaces, so there a part of the text is enough.
    return wanted.every((part) => words.some((word) => word.startsWith(part)) || (part.charCodeAt(0) > 0x2e7f && lower.includes(part)));
  });
};
