import './graphs.css';

export interface MemoryPart {
  key: string;
  /** A group's colour, what is not ours, what is kept free, or free. */
  className: 'g1' | 'g2' | 'g3' | 'g4' | 'other' | 'kept' | 'free';
  bytes: number;
  title: string;
}

/** Memory to scale: whose it is by colour and mark. */
export const MemoryBar = ({ parts, label }: { parts: readonly MemoryPart[]; label: string }) => (
  <div className="mem" role="img" aria-label={label}>
    {parts
      .filter(({ bytes }) => bytes > 0)
      .map(({ key, className, bytes, title }) => (
        <i key={key} className={className} style={{ flexGrow: bytes, flexBasis: 0 }} title={title} />
      ))}
  </div>
);
