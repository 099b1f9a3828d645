import type { DeviceState } from '../../../shared/contract/devices.ts';
import { useWords } from '../../words.tsx';
import { coreNodesOf } from './core-cells.ts';
import { CoreGrid } from './core-grid.tsx';
import { sharesOf } from './device-order.ts';

/** How busy each core is. */
export const CoresBlock = ({ device, devices }: { device: DeviceState; devices: readonly DeviceState[] }) => {
  const words = useWords();
  const nodes = coreNodesOf(device, undefined, sharesOf(devices, device.id));
  const count = nodes.reduce((sum, { cells }) => sum + cells.length, 0);
  if (count === 0) return null;
  return (
    <section className="block">
      <div className="bh">
        <h2>{words.text('devices.cores')}</h2>
        <span className="n">{words.number(count)}</span>
      </div>
      <CoreGrid nodes={nodes} />
    </section>
  );
};
