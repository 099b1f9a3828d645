import { useStore } from 'zustand';
import type { PlacementCandidate } from '../../../shared/model/plan.ts';
import { useParts } from '../../parts.tsx';
import { groupColour } from '../../ui/group-colour.ts';
import { Icon } from '../../ui/icon.tsx';
import { useWords } from '../../words.tsx';
import { titleOfId } from '../devices/device-words.ts';
import { momentText } from '../scheduler/plan-words.ts';
import { candidateLanes, type CandidateLane } from './candidates.ts';

interface CandidatesProps {
  readonly candidates: readonly PlacementCandidate[];
  readonly group: string;
  /** When the choice was made; absent while it is only planned. */
  readonly chosenAt?: number;
}

/** Where a job could run or could have run, when each place would be done with it, and which is the one that is planned or was chosen. */
export const CandidatesTable = ({ candidates, group, chosenAt }: CandidatesProps) => {
  const words = useWords();
  const now = useStore(useParts().clock);
  const isPlanned = chosenAt === undefined;
  const { to, lanes } = candidateLanes(candidates, chosenAt ?? now);
  return (
    <table className="t candidates">
      <thead>
        <tr>
          <th className="c-device">{words.text('why.device')}</th>
          <th>
            <span className="scale">
              <span>{words.text(isPlanned ? 'why.now' : 'why.then')}</span>
              <span>{momentText(to, now, true, words)}</span>
            </span>
          </th>
          <th className="c-ends num">{words.text('why.ends')}</th>
          <th className="c-note">
            <span className="unseen">{words.text(isPlanned ? 'why.note' : 'why.noteThen')}</span>
          </th>
        </tr>
      </thead>
      <tbody>
        {lanes.map((lane) => (
          <tr key={lane.candidate.device} className={lane.candidate.isChosen ? 'chosen' : ''}>
            <td className="c-device" title={lane.candidate.deviceName}>
              {titleOfId(lane.candidate.device, words)}
            </td>
            <td>
              <span className={`lane ${groupColour(group)}`} aria-hidden="true">
                <i className="until" style={{ width: `${lane.freeAt * 100}%` }} />
                {lane.finishesAt !== undefined && (
                  <i className="run" style={{ left: `${lane.freeAt * 100}%`, right: `${(1 - lane.finishesAt) * 100}%` }} />
                )}
              </span>
            </td>
            <td className="c-ends num">
              {lane.candidate.finishesAt === undefined ? '–' : momentText(lane.candidate.finishesAt, now, true, words)}
            </td>
            <td className="c-note">
              <Note lane={lane} isPlanned={isPlanned} />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
};

const Note = ({ lane: { candidate, laterSeconds }, isPlanned }: { lane: CandidateLane; isPlanned: boolean }) => {
  const words = useWords();
  if (candidate.isChosen) {
    return (
      <b className="planned">
        <Icon name="check" />
        {words.text(isPlanned ? 'why.planned' : 'why.chosen')}
      </b>
    );
  }
  if (candidate.finishesAt === undefined) return words.text('why.unknownEnd');
  if (laterSeconds === undefined || Math.abs(laterSeconds) < 1) return words.text('why.asSoon');
  return words.text(laterSeconds > 0 ? 'why.later' : 'why.sooner', { by: Math.abs(laterSeconds) });
};
