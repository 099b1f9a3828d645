import { useVirtualizer } from '@tanstack/react-virtual';
import { useEffect, useLayoutEffect, useRef, useState } from 'react';
import { useStore } from 'zustand';
import { useParts } from '../../parts.tsx';
import { useWords } from '../../words.tsx';
import type { Followed } from './followed.ts';
import type { LogState } from './job-stores.ts';
import { cleanLine } from './log-text.ts';

/** What the job prints, as it prints it. */
export const LogTab = ({ id }: { id: number }) => {
  const { jobs } = useParts();
  const [followed, setFollowed] = useState<Followed<LogState>>();
  useEffect(() => {
    const store = jobs.followLog(id);
    setFollowed(store);
    return store.stop;
  }, [jobs, id]);
  return followed ? <Log followed={followed} /> : null;
};

const lineHeight = 18;

const Log = ({ followed }: { followed: Followed<LogState> }) => {
  const words = useWords();
  const { log, hasEnded, problem } = useStore(followed);
  const scroller = useRef<HTMLDivElement>(null);
  // Sticks to the end until somebody scrolls up, and again once they are back at the end.
  const isAtEnd = useRef(true);
  const lines = log.rest ? [...log.lines, cleanLine(log.rest)] : log.lines;
  const virtual = useVirtualizer({
    count: lines.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => lineHeight,
    overscan: 20,
  });
  useLayoutEffect(() => {
    const node = scroller.current;
    if (node && isAtEnd.current) node.scrollTop = node.scrollHeight;
  }, [lines.length, log.rest]);

  if (problem) return <p className="refused">{words.problem(problem)}</p>;
  if (lines.length === 0) return <p className="dim">{words.text(hasEnded ? 'log.empty' : 'log.nothingYet')}</p>;
  return (
    <div
      className="log"
      ref={scroller}
      role="log"
      aria-label={words.text('tab.log')}
      tabIndex={0}
      onScroll={({ currentTarget: node }) => (isAtEnd.current = node.scrollHeight - node.scrollTop - node.clientHeight < lineHeight)}
    >
      {log.dropped > 0 && <p className="dim">{words.text('log.dropped', { count: log.dropped })}</p>}
      <div className="log-lines" style={{ height: virtual.getTotalSize() }}>
        {virtual.getVirtualItems().map(({ index, start }) => (
          <div key={index} style={{ transform: `translateY(${start}px)` }}>
            {lines[index] || ' '}
          </div>
        ))}
      </div>
    </div>
  );
};
