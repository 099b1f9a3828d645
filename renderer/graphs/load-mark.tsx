import { bandOf } from './series.ts';

/** The load band by one, two or three strong bars, for those who do not see the tone. */
export const LoadMark = ({ percent }: { percent: number }) => (
  <svg className={`lm b${bandOf(percent)}`} viewBox="0 0 12 12" aria-hidden="true">
    <path d="M2 11V8" />
    <path d="M6 11V5" />
    <path d="M10 11V2" />
  </svg>
);
