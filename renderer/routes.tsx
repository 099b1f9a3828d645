import { useStore } from 'zustand';
import { Route, Switch, useLocation } from 'wouter';
import { DevicePage } from './features/devices/device-page.tsx';
import { DevicesPage } from './features/devices/devices-page.tsx';
import { DropTarget } from './features/run/drop-target.tsx';
import { Frame } from './features/frame/frame.tsx';
import { LockedPage } from './features/frame/locked-page.tsx';
import type { PageName } from './features/frame/pages.ts';
import { OverviewPage } from './features/overview/overview-page.tsx';
import { QueuePage } from './features/queue/queue-page.tsx';
import { RunPage } from './features/run/run-page.tsx';
import { useParts } from './parts.tsx';
import { SchedulerPage } from './features/scheduler/scheduler-page.tsx';
import { parseTab } from './features/job/job-tabs.ts';

/** Which page stands at which address. */
export const Routes = () => {
  const [location] = useLocation();
  const parts = useParts();
  const connection = useStore(parts.connection);
  if (connection.kind === 'locked') return <LockedPage />;
  return (
    <DropTarget>
      <Frame page={pageAt(location)}>
        <Switch>
          <Route path="/queue/array/:array?/:id?/:tab?">
            {({ array, id, tab }) => <QueuePage array={numberIn(array)} open={numberIn(id)} tab={parseTab(tab)} />}
          </Route>
          <Route path="/queue/:id?/:tab?">{({ id, tab }) => <QueuePage open={numberIn(id)} tab={parseTab(tab)} />}</Route>
          <Route path="/devices/:id">{({ id }) => <DevicePage key={id} id={id} />}</Route>
          <Route path="/devices">
            <DevicesPage />
          </Route>
          <Route path="/scheduler/:id?/:tab?">{({ id, tab }) => <SchedulerPage open={numberIn(id)} tab={parseTab(tab)} />}</Route>
          <Route path="/run/as/:id">{({ id }) => <RunPage from={numberIn(id)} />}</Route>
          <Route path="/run">
            <RunPage from={undefined} />
          </Route>
          <Route>
            <OverviewPage />
          </Route>
        </Switch>
      </Frame>
    </DropTarget>
  );
};

const numberIn = (text: string | undefined): number | undefined => (text && /^\d+$/.test(text) ? Number(text) : undefined);

const pageAt = (location: string): PageName => {
  if (location.startsWith('/queue')) return 'queue';
  if (location.startsWith('/devices')) return 'devices';
  if (location.startsWith('/scheduler')) return 'scheduler';
  return location.startsWith('/run') ? 'run' : 'overview';
};
