import { useEffect, useRef, useState, type DragEvent, type ReactNode } from 'react';
import { useLocation } from 'wouter';
import { useStore } from 'zustand';
import { useParts } from '../../parts.tsx';
import { Icon } from '../../ui/icon.tsx';
import { useWords } from '../../words.tsx';
import { ProposalText } from './proposal-text.tsx';
import { nameOfType, recognise } from './recognise.ts';
import './run.css';

/** The whole window takes files, and says what it would do with them before they are let go. */
export const DropTarget = ({ children }: { children: ReactNode }) => {
  const { run, connection } = useParts();
  const [, go] = useLocation();
  const [types, setTypes] = useState<readonly string[]>();
  // Each element that is entered and left tells so; the window is left when as many were left as entered.
  const depth = useRef(0);
  const isConnected = useStore(connection, (state) => state.kind === 'connected');
  useEffect(() => {
    if (isConnected) void run.loadApplications();
  }, [run, isConnected]);

  const enter = (event: DragEvent) => {
    if (!event.dataTransfer.types.includes('Files')) return;
    depth.current += 1;
    setTypes([...event.dataTransfer.items].filter(({ kind }) => kind === 'file').map(({ type }) => type));
  };
  const leave = () => {
    depth.current = Math.max(0, depth.current - 1);
    if (depth.current === 0) setTypes(undefined);
  };
  const drop = (event: DragEvent) => {
    if (!event.dataTransfer.types.includes('Files')) return;
    event.preventDefault();
    depth.current = 0;
    setTypes(undefined);
    run.stage(event.dataTransfer.files);
    go('/run');
  };
  return (
    <div
      className="drop-target"
      onDragEnter={enter}
      onDragOver={(event) => event.dataTransfer.types.includes('Files') && event.preventDefault()}
      onDragLeave={leave}
      onDrop={drop}
    >
      {children}
      {types && <Overlay types={types} />}
    </div>
  );
};

const Overlay = ({ types }: { types: readonly string[] }) => {
  const words = useWords();
  const { run } = useParts();
  const applications = useStore(run, (state) => state.applications);
  const proposals = recognise(types.map(nameOfType), applications);
  return (
    <div className="dropover" role="status">
      <div className="dz">
        <h2>{words.text('drop.title', { count: types.length })}</h2>
        <div className="dgrid">
          <div>
            <h3>{words.text('drop.what')}</h3>
            <ul className="hold">
              {kindsOf(types).map(({ kind, count }) => (
                <li key={kind}>
                  <Icon name={kind === 'sound' ? 'sound' : kind === 'other' ? 'model' : 'file'} /> {words.text(`drop.${kind}`, { count })}
                </li>
              ))}
            </ul>
          </div>
          <div>
            <h3>{words.text('drop.then')}</h3>
            <ol className="will">
              {proposals.slice(0, 3).map((proposal, index) => (
                <li key={index}>
                  <ProposalText proposal={proposal} />
                </li>
              ))}
              {proposals.length === 0 && <li>{words.text('drop.unknown')}</li>}
            </ol>
            <p className="dim">{words.text('drop.stays')}</p>
          </div>
        </div>
      </div>
      <div className="zone">
        <b>{words.text('drop.here')}</b>
        <span>{words.text('drop.nothingStarts')}</span>
      </div>
    </div>
  );
};

const kindNames = ['picture', 'sound', 'table', 'text', 'other'] as const;

const kindsOf = (types: readonly string[]): readonly { kind: (typeof kindNames)[number]; count: number }[] => {
  const kinds = types.map((type) => {
    if (type.startsWith('image/')) return 'picture';
    if (type.startsWith('audio/')) return 'sound';
    if (type === 'text/csv' || type === 'application/json') return 'table';
    return type.startsWith('text/') ? 'text' : 'other';
  });
  return kindNames.map((kind) => ({ kind, count: kinds.filter((other) => other === kind).length })).filter(({ count }) => count > 0);
};
