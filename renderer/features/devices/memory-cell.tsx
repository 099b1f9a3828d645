import type { ReactNode } from 'react';
import type { DeviceState } from '../../../shared/contract/devices.ts';
import { MemoryBar } from '../../graphs/memory-bar.tsx';
import { useWords } from '../../words.tsx';
import { memoryGraphLines } from './list-layout.ts';
import { memoryParts } from './memory-parts.ts';
import { memoryShares } from './memory-shares.ts';

/** How much memory is left, and whose the rest is by colour and mark; with room, over time too. */
export const MemoryCell = ({ device, lines, children }: { device: DeviceState; lines: number; children: ReactNode }) => {
  const words = useWords();
  const { memory } = device;
  if (!memory) return device.parent === undefined ? <p className="dim">–</p> : null;
  const shares = memoryShares(device);
  if (!shares) return <p className="left dim">{words.bytes(memory.totalBytes)}</p>;
  return (
    <div className="memory-cell">
      <p className="left">
        <b>{words.text('memory.freeOf', { free: shares.freeBytes })}</b>{' '}
        <span className="dim">{words.text('memory.of', { total: shares.totalBytes })}</span>
      </p>
      {device.parent === undefined && (
        <MemoryBar
          parts={memoryParts(shares, words)}
          label={words.text('memory.label', { free: shares.freeBytes, total: shares.totalBytes })}
        />
      )}
      {lines >= memoryGraphLines && children}
    </div>
  );
};
