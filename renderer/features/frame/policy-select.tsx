import { useStore } from 'zustand';
import type { Outcome } from '../../actions.ts';
import { useParts } from '../../parts.tsx';
import { useTask } from '../../ui/use-task.ts';
import { useWords } from '../../words.tsx';
import { policyNames } from '../../../shared/model/policy-names.ts';

/** In which order waiting jobs start, in words, and a way to choose another. */
export const PolicySelect = () => {
  const words = useWords();
  const { actions, connection, status } = useParts();
  const policy = useStore(status, (state) => state.status?.policy);
  const isConnected = useStore(connection, (state) => state.kind === 'connected');
  const task = useTask<Outcome>();
  if (!policy) return null;
  return (
    <>
      <select
        className="choice"
        aria-label={words.text('policy.label')}
        title={words.text(`policy.${policy}.does`)}
        value={policy}
        disabled={!isConnected || task.isBusy}
        onChange={({ target }) => {
          const chosen = policyNames.find((name) => name === target.value);
          if (chosen) void task.run(() => actions.setPolicy(chosen));
        }}
      >
        {policyNames.map((name) => (
          <option key={name} value={name} title={words.text(`policy.${name}.does`)}>
            {words.text(`policy.${name}`)}
          </option>
        ))}
      </select>
      {task.outcome && (
        <em className="refused" role="alert">
          {words.problem(task.outcome)}
        </em>
      )}
    </>
  );
};
