import type { Nearness } from '../../../shared/model/nearness.ts';
import { useWords } from '../../words.tsx';

/** Why a place comes before others that are as good; nothing where that did not decide. */
export const Near = ({ near }: { near: Nearness | undefined }) => {
  const words = useWords();
  return near ? <p className="predicted">{words.near(near)}</p> : null;
};
