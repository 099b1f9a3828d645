import { useEffect, useState } from 'react';
import type { Artifact } from '../../../../shared/model/artifact.ts';
import { useParts } from '../../../parts.tsx';

export type Shown = { kind: 'reading' } | { kind: 'ready'; address: string } | { kind: 'missing' };

/** An address for a picture or sound for as long as it is shown. */
export const useArtifact = (artifact: Artifact | undefined): Shown => {
  const { addressOf } = useParts();
  const [shown, setShown] = useState<Shown>({ kind: 'reading' });
  // A job is sent again whenever it changes; the same hash is the same bytes and is not read again.
  const sha256 = artifact?.sha256;
  const name = artifact?.name;
  useEffect(() => {
    if (sha256 === undefined || name === undefined) return;
    const controller = new AbortController();
    const reading = addressOf({ sha256, name }, controller.signal);
    reading.then(
      ({ address }) => !controller.signal.aborted && setShown({ kind: 'ready', address }),
      () => !controller.signal.aborted && setShown({ kind: 'missing' }),
    );
    return () => {
      controller.abort();
      reading.then(
        (found) => found.release(),
        () => {},
      );
    };
  }, [addressOf, sha256, name]);
  return artifact ? shown : { kind: 'missing' };
};
