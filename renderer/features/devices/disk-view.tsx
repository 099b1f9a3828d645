import type { DeviceState } from '../../../shared/contract/devices.ts';
import { MemoryBar } from '../../graphs/memory-bar.tsx';
import { useWords } from '../../words.tsx';

/** The disk that holds the data folder. */
export const DiskView = ({ device: { sample } }: { device: DeviceState }) => {
  const words = useWords();
  if (sample?.diskTotalBytes === undefined || sample.diskFreeBytes === undefined) return null;
  const usedBytes = sample.diskTotalBytes - sample.diskFreeBytes;
  return (
    <section className="block">
      <div className="bh">
        <h2>{words.text('disk.title')}</h2>
        <span className="grow" />
        <span>
          <b>{words.text('memory.freeOf', { free: sample.diskFreeBytes })}</b>{' '}
          <span className="dim">{words.text('memory.of', { total: sample.diskTotalBytes })}</span>
        </span>
      </div>
      <MemoryBar
        label={words.text('memory.label', { free: sample.diskFreeBytes, total: sample.diskTotalBytes })}
        parts={[
          { key: 'used', className: 'other', bytes: usedBytes, title: words.text('disk.used') },
          { key: 'free', className: 'free', bytes: sample.diskFreeBytes, title: words.text('memory.free') },
        ]}
      />
      <p className="note">{words.text('disk.what')}</p>
    </section>
  );
};
