/** What is so when somebody asks Switchyard to quit. */
export interface QuitState {
  /** False when the core is a headless one that the window only joined. */
  readonly ownsCore: boolean;
  readonly runningJobs: number;
  /** The question is on the screen already. */
  readonly isAsking: boolean;
  /** The machine shuts down, so nobody may be kept waiting. */
  readonly isShuttingDown: boolean;
}

/** Ask whether to keep running; or stop the core and end; or leave a core that is not ours running and end. */
export type QuitDecision = 'ask' | 'stop' | 'leave';

/** Quitting asks once, and only when the answer matters: a second wish to quit while the question stands is an answer. */
export const decideQuit = ({ ownsCore, runningJobs, isAsking, isShuttingDown }: QuitState): QuitDecision => {
  if (!ownsCore) return 'leave';
  return runningJobs === 0 || isAsking || isShuttingDown ? 'stop' : 'ask';
};
