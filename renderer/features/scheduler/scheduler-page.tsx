import { useEffect } from 'react';
import { useLocation } from 'wouter';
import { useStore } from 'zustand';
import { useParts } from '../../parts.tsx';
import { JobPanel } from '../job/job-panel.tsx';
import type { JobTab } from '../job/job-tabs.ts';
import { GroupsBlock } from './groups-block.tsx';
import { PlanBlock } from './plan-block.tsx';
import { PolicyBlock } from './policy-block.tsx';
import { PredictionsBlock } from './predictions-block.tsx';
import { ReservationsBlock } from './reservations-block.tsx';
import './scheduler.css';

/** Who runs next, where, when and why; and what would be otherwise under another policy. */
export const SchedulerPage = ({ open, tab }: { open: number | undefined; tab: JobTab | undefined }) => {
  const { machine, plan, past } = useParts();
  const [, go] = useLocation();
  const devices = useStore(machine, (state) => state.devices) ?? [];
  useEffect(() => {
    const stops = [machine.watch(), plan.watch(), past.watch()];
    return () => stops.forEach((stop) => stop());
  }, [machine, plan, past]);
  return (
    <>
      <main className="main p-scheduler">
        <div className="scheduler-top">
          <PolicyBlock />
          <GroupsBlock devices={devices} />
        </div>
        <PlanBlock devices={devices} open={open} onOpen={(job) => go(`/scheduler/${job}`)} />
        <ReservationsBlock devices={devices} />
        <PredictionsBlock />
      </main>
      {open !== undefined && (
        <JobPanel
          key={open}
          id={open}
          tab={tab}
          onClose={() => go('/scheduler')}
          onTab={(name) => go(`/scheduler/${open}/${name}`, { replace: true })}
        />
      )}
    </>
  );
};
