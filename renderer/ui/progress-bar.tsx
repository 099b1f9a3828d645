/** How far something is; the number stands beside it in the text. */
export const ProgressBar = ({ fraction, label }: { fraction: number; label: string }) => (
  <span
    className="prog"
    role="progressbar"
    aria-label={label}
    aria-valuemin={0}
    aria-valuemax={100}
    aria-valuenow={Math.round(fraction * 100)}
  >
    <i style={{ width: `${Math.min(1, Math.max(0, fraction)) * 100}%` }} />
  </span>
);
