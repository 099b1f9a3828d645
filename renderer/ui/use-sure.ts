import { useState } from 'react';

/** For what cannot be undone: the first press asks, the second one does it; looking elsewhere takes the question back. */
export const useSure = () => {
  const [asked, setAsked] = useState<string>();
  return {
    isAsking: (what: string): boolean => asked === what,
    press: (what: string, act: () => void): void => {
      setAsked(asked === what ? undefined : what);
      if (asked === what) act();
    },
    forget: (): void => setAsked(undefined),
  };
};
