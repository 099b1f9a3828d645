import type { DeviceState } from '../../../shared/contract/devices.ts';
import type { Outcome } from '../../actions.ts';
import { useParts } from '../../parts.tsx';
import { Icon } from '../../ui/icon.tsx';
import { useConnected } from '../../ui/use-connected.ts';
import { useTask } from '../../ui/use-task.ts';
import { useWords } from '../../words.tsx';

/** Has it found out what a device can do; the figures are among its facts. */
export const MeasureControl = ({ device }: { device: DeviceState }) => {
  const words = useWords();
  const { actions } = useParts();
  const isConnected = useConnected();
  const task = useTask<Outcome>();
  // Somebody else may have asked for it.
  const isMeasuring = task.isBusy || device.reason?.code === 'device-measuring';
  return (
    <div className="drain">
      {task.outcome && (
        <p className="refused" role="alert">
          {words.problem(task.outcome)}
        </p>
      )}
      <button
        type="button"
        className="btn"
        title={words.text('device.measure.does')}
        disabled={!isConnected}
        // A disabled button would lose the focus, and the keys would reach the page behind.
        aria-busy={isMeasuring}
        onClick={() => !isMeasuring && void task.run(() => actions.measure(device.id))}
      >
        <Icon name="overview" />
        {words.text(isMeasuring ? 'device.measuring' : 'device.measure')}
      </button>
    </div>
  );
};
