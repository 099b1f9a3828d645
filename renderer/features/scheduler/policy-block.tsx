import { useState } from 'react';
import { useStore } from 'zustand';
import type { PolicyName } from '../../../shared/contract/scheduler.ts';
import type { Outcome } from '../../actions.ts';
import { useParts } from '../../parts.tsx';
import { SegmentedControl } from '../../ui/segmented-control.tsx';
import { useTask } from '../../ui/use-task.ts';
import { useWords } from '../../words.tsx';
import { compareFigures, figureNames, figureOf } from './figures.ts';
import { figureText } from './figure-words.ts';
import { policyNames } from '../../../shared/model/policy-names.ts';
import { PolicyLine } from './policy-line.tsx';
import { useWhatIf } from './use-what-if.ts';

/** The choice of a policy and what each would make of the queue are one table. Applying re-orders what waits and stops nothing. */
export const PolicyBlock = () => {
  const words = useWords();
  const { actions, status, whatIf: store } = useParts();
  const inUse = useStore(status, (state) => state.status?.policy);
  const { source, whatIf, looked } = useWhatIf();
  const [pressed, setPressed] = useState<PolicyName>();
  const [before, setBefore] = useState<PolicyName>();
  const task = useTask<Outcome>();
  const cells = compareFigures(whatIf?.outcomes ?? [], inUse);
  const apply = async (policy: PolicyName) => {
    setPressed(policy);
    if (await task.run(() => actions.setPolicy(policy))) return;
    setBefore(inUse);
    void store.look(undefined);
  };
  return (
    <section className="block policies" aria-label={words.text('policies.title')}>
      <div className="bh">
        <h2>{words.text('policies.title')}</h2>
        <TriedNote />
        <span className="grow" />
        <SegmentedControl
          label={words.text('policies.source')}
          options={(['queue', 'day'] as const).map((name) => ({ name, label: words.text(`policies.source.${name}`) }))}
          chosen={source}
          onChoose={(name) => void store.choose(name)}
        />
      </div>
      <table className={`t policy ${whatIf ? '' : 'untried'}`}>
        <thead>
          <tr>
            <th className="c-policy">
              <span className="unseen">{words.text('policies.title')}</span>
            </th>
            {figureNames.map((name) => (
              <th key={name} className={`c-figure c-${name} num`} title={words.text(`figure.${name}.means`)}>
                {words.text(`figure.${name}`)}
                <span>{words.text(`figure.${name}.more`)}</span>
              </th>
            ))}
            <th className="c-use">
              <span className="unseen">{words.text('policies.use')}</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {policyNames.map((policy) => (
            <PolicyLine
              key={policy}
              policy={policy}
              isInUse={policy === inUse}
              isBusy={task.isBusy}
              isLookedAt={policy === looked}
              cells={cells.get(policy)}
              start={whatIf?.from ?? 0}
              problem={pressed === policy ? task.outcome : undefined}
              onUse={() => void apply(policy)}
              onLook={() => void store.look(policy === looked ? undefined : policy)}
            />
          ))}
          {whatIf?.recorded && (
            <tr>
              <th scope="row" className="c-policy">
                <b>{words.text('policies.recorded')}</b>
                <small>{words.text('policies.recordedDoes')}</small>
              </th>
              {figureNames.map((name) => (
                <td key={name} className={`c-figure c-${name} num`}>
                  <span>{figureText(name, figureOf[name].pick(whatIf.recorded!.figures), whatIf.from, words)}</span>
                </td>
              ))}
              <td className="c-use" />
            </tr>
          )}
        </tbody>
      </table>
      <p className="block-foot">
        <i className="best-key" />
        <span>{words.text('policies.foot')}</span>
        {before && before !== inUse && (
          <button type="button" className="lnk" onClick={() => void apply(before)}>
            {words.text('policies.back', { policy: words.text(`policy.${before}`) })}
          </button>
        )}
      </p>
    </section>
  );
};

/** On how many jobs the policies were tried, how long that took, and what is left out. */
const TriedNote = () => {
  const words = useWords();
  const { whatIf: store } = useParts();
  const { source, whatIf, isRunning, share, tookMs, problem } = useStore(store);
  if (problem) {
    return (
      <span className="refused" role="alert">
        {words.problem(problem)}{' '}
        <button type="button" className="lnk" onClick={() => void store.ask()}>
          {words.text('policies.again')}
        </button>
      </span>
    );
  }
  const trying = isRunning && share > 0 ? words.text('policies.tryingShare', { percent: Math.floor(share * 100) }) : undefined;
  if (!whatIf || (isRunning && whatIf.outcomes.length < policyNames.length))
    return (
      <span className="n" aria-busy={isRunning}>
        {isRunning ? (trying ?? words.text('policies.trying')) : ''}
      </span>
    );
  const jobs = Math.max(0, ...whatIf.outcomes.map(({ figures }) => figures.jobs));
  const unplanned = Math.max(0, ...whatIf.outcomes.map((outcome) => outcome.unplanned));
  const parts = [
    trying,
    jobs === 0
      ? words.text(source === 'queue' ? 'policies.noneQueue' : 'policies.noneDay')
      : words.text(source === 'queue' ? 'policies.triedQueue' : 'policies.triedDay', { count: jobs, took: tookMs / 1000 }),
    whatIf.beyond > 0 ? words.text('policies.beyond', { count: whatIf.beyond }) : undefined,
    unplanned > 0 ? words.text('policies.unplanned', { count: unplanned }) : undefined,
  ];
  const text = parts.filter((part) => part !== undefined).join('; ');
  return (
    <span className={`n plan-note ${isRunning ? 'running' : ''}`} title={text} aria-busy={isRunning}>
      {text}
    </span>
  );
};
