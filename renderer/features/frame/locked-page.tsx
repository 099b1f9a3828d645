import { useWords } from '../../words.tsx';

/** Shown when the core does not know this page: what happened, and the way back in. */
export const LockedPage = () => {
  const words = useWords();
  return (
    <main className="locked">
      <h1>{words.text('locked.title')}</h1>
      <p>{words.text('locked.why')}</p>
      <code className="mono">switchyard open</code>
    </main>
  );
};
