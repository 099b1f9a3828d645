interface SegmentedControlProps<Name extends string> {
  label: string;
  options: readonly { name: Name; label: string }[];
  chosen: Name;
  onChoose: (name: Name) => void;
}

/** One of a few, all of them in sight. */
export const SegmentedControl = <Name extends string>({ label, options, chosen, onChoose }: SegmentedControlProps<Name>) => (
  <div className="seg" role="group" aria-label={label}>
    {options.map((option) => (
      <button key={option.name} type="button" aria-pressed={option.name === chosen} onClick={() => onChoose(option.name)}>
        {option.label}
      </button>
    ))}
  </div>
);
