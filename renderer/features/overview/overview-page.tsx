import { useEffect } from 'react';
import { useStore } from 'zustand';
import { useParts } from '../../parts.tsx';
import { DeviceBand } from './device-band.tsx';
import { LatestList } from './latest-list.tsx';
import { LoudLine } from './loud-line.tsx';
import './overview.css';
import { RunningList } from './running-list.tsx';
import { Utilization } from './utilization.tsx';
import { WaitingList } from './waiting-list.tsx';

/** What needs a decision, how busy the machine is, what runs and what waits. */
export const OverviewPage = () => {
  const { machine, running, waiting, latest, plan, status: statusStore } = useParts();
  const { devices, readings } = useStore(machine);
  const status = useStore(statusStore, (state) => state.status);
  useEffect(() => {
    const stops = [machine.watch(), running.watch(), waiting.watch(), latest.watch(), plan.watch()];
    return () => stops.forEach((stop) => stop());
  }, [machine, running, waiting, latest, plan]);
  return (
    <main className="main p-overview">
      <LoudLine failure={status?.latestFailure} devices={devices ?? []} />
      {devices && <DeviceBand devices={devices} />}
      <div className="cols">
        <div className="col lists">
          <RunningList list={running} />
          <WaitingList list={waiting} />
          <LatestList list={latest} />
        </div>
        <div className="col side">{devices && <Utilization devices={devices} readings={readings} />}</div>
      </div>
    </main>
  );
};
