import { useStore } from 'zustand';
import type { PlacementCandidate } from '../../../shared/model/plan.ts';
import { useParts } from '../../parts.tsx';
import { groupColour } from '../../ui/group-colour.ts';
import { Icon } from '../../ui/icon.tsx';
import { useWords } from '../../words.tsx';
import { titleOfId } from '../devices/device-words.ts';
import { momentText } from '../scheduler/plan-words.ts';
import { candidateLanes, type CandidateLane } from './candidates.ts';

/** Where a job could run, when each place would be done with it, and which is the one that is planned. */
export const CandidatesTable = ({ candidates, group }: { candidates: readonly PlacementCandidate[]; group: string }) => {
  const words = useWords();
  const now = useStore(useParts().clock);
  const { to, lanes } = candidateLanes(candidates, now);
  return (
    <table className="t candidates">
      <thead>
        <tr>
          <th className="c-device">{words.text('why.device')}</th>
          <th>
            <span className="scale">
              <span>{words.text('why.now')}</span>
              <span>{momentText(to, now, true, words)}</span>
            </span>
          </th>
          <th className="c-ends num">{words.text('why.ends')}</th>
          <th className="c-note">
            <span className="unseen">{words.text('why.note')}</span>
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
              <Note lane={lane} />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
};

const Note = ({ lane: { candidate, laterSeconds } }: { lane: CandidateLane }) => {
  const words = useWords();
  if (candidate.isChosen) {
    return (
      <b className="planned">
        <Icon name="check" />
        {words.text('why.planned')}
      </b>
    );
  }
  if (candidate.finishesAt === undefined) return words.text('why.unknownEnd');
  if (laterSeconds === undefined || Math.abs(laterSeconds) < 1) return words.text('why.asSoon');
  return words.text(laterSeconds > 0 ? 'why.later' : 'why.sooner', { by: Math.abs(laterSeconds) });
};
