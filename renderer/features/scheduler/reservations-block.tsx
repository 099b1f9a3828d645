import { useEffect, useState } from 'react';
import { useStore } from 'zustand';
import type { DeviceState } from '../../../shared/contract/devices.ts';
import type { Reservation } from '../../../shared/contract/scheduler.ts';
import type { Outcome } from '../../actions.ts';
import { useParts } from '../../parts.tsx';
import { groupColour } from '../../ui/group-colour.ts';
import { Icon } from '../../ui/icon.tsx';
import { useConnected } from '../../ui/use-connected.ts';
import { useTask } from '../../ui/use-task.ts';
import { useWords, type Words } from '../../words.tsx';
import { ReservationForm } from './reservation-form.tsx';

/** What is kept for which group, and when. */
export const ReservationsBlock = ({ devices }: { devices: readonly DeviceState[] }) => {
  const words = useWords();
  const store = useParts().reservations;
  const { reservations, problem } = useStore(store);
  const [isAdding, setAdding] = useState(false);
  useEffect(() => store.watch(), [store]);
  return (
    <section className="block reservations" aria-label={words.text('reservations.title')}>
      <div className="bh">
        <h2>{words.text('reservations.title')}</h2>
        <span className="n">{reservations && words.number(reservations.length)}</span>
        <span className="grow" />
        <button type="button" className="lnk" disabled={isAdding} onClick={() => setAdding(true)}>
          <Icon name="plus" />
          {words.text('reservations.add')}
        </button>
      </div>
      {isAdding && <ReservationForm devices={devices} onClose={() => setAdding(false)} />}
      {reservations && reservations.length > 0 && (
        <table className="t" aria-label={words.text('reservations.title')}>
          <thead>
            <tr>
              {(['field.group', 'reservations.what', 'reservations.next', 'reservations.repeats'] as const).map((word) => (
                <th key={word}>{words.text(word)}</th>
              ))}
              <th>
                <span className="unseen">{words.text('reservations.change')}</span>
              </th>
            </tr>
          </thead>
          <tbody>
            {reservations.map((one) => (
              <Line key={one.id} reservation={one} />
            ))}
          </tbody>
        </table>
      )}
      {problem && <p className="refused">{words.problem(problem)}</p>}
      {reservations?.length === 0 && !isAdding && <p className="dim">{words.text('reservations.none')}</p>}
    </section>
  );
};

const Line = ({ reservation }: { reservation: Reservation }) => {
  const words = useWords();
  const { actions, reservations, clock } = useParts();
  const now = useStore(clock);
  const isConnected = useConnected();
  const task = useTask<Outcome>();
  const { id, group, repeats, startsAt, endsAt, next = { from: startsAt, to: endsAt }, heldUpBy, endsRunning } = reservation;
  const remove = async () => {
    if (!(await task.run(() => actions.removeReservation(id)))) await reservations.refresh();
  };
  return (
    <tr>
      <th scope="row">
        <i className={`sw ${groupColour(group)}`} />
        {group}
      </th>
      <td>
        {whatText(reservation, words)}
        {endsRunning && <p className="dim">{words.text('reservations.endsRunning')}</p>}
      </td>
      <td>
        {words.text('reservations.span', { from: words.moment(next.from, now), to: words.moment(next.to, now) })}
        {next.from <= now && <span className="dim"> {words.text('reservations.isNow')}</span>}
        {heldUpBy && <p>{words.text('reservations.heldUp', { jobs: heldUpBy.map((job) => occupantText(job, words)) })}</p>}
      </td>
      <td>{words.text(`repeats.${repeats}`)}</td>
      <td className="num">
        {task.outcome && <span className="refused">{words.problem(task.outcome)}</span>}
        <button
          type="button"
          className="lnk"
          disabled={!isConnected || task.isBusy}
          aria-label={words.text('reservations.removeOf', { group, what: whatText(reservation, words) })}
          onClick={() => void remove()}
        >
          {words.text('action.remove')}
        </button>
      </td>
    </tr>
  );
};

const whatText = ({ cores, memoryBytes, devices, deviceMemoryBytes }: Reservation, words: Words): string =>
  [
    ...(cores === undefined ? [] : [words.text('groups.limitCores', { count: cores })]),
    ...(memoryBytes === undefined ? [] : [words.text('reservations.memoryOf', { bytes: memoryBytes })]),
    ...(deviceMemoryBytes === undefined ? devices : [words.text('reservations.each', { devices, bytes: deviceMemoryBytes })]),
  ].join(', ');

const occupantText = ({ id, name, isEnding }: NonNullable<Reservation['heldUpBy']>[number], words: Words): string => {
  const text = `#${id} ${name}`;
  return isEnding ? words.text('reservations.isEnding', { name: text }) : text;
};
