import { useEffect, useState } from 'react';
import type { Artifact } from '../../../../shared/model/artifact.ts';
import { useParts } from '../../../parts.tsx';
import { useWords } from '../../../words.tsx';
import { previewNpy, type Preview } from './preview-npy.ts';

const mostBytes = 1e6;
const mostValues = 64;

/** The first values of a small array, as they stand in its file. */
export const TensorValues = ({ name, artifact }: { name: string; artifact: Artifact | undefined }) => {
  const words = useWords();
  const preview = usePreview(artifact);
  if (!artifact || preview === 'missing') return <p className="dim">{words.text('result.notRead')}</p>;
  if (preview === 'large') return <p className="dim">{words.text('tensors.large', { limit: mostBytes })}</p>;
  if (preview === 'reading') return <p className="dim">{words.text('job.opening')}</p>;
  if (preview === 'unknown') return <p className="dim">{words.text('tensors.unknown')}</p>;
  if (preview.rows.length === 0) return <p className="dim">{words.text('tensors.empty')}</p>;
  return (
    <div className="values" role="region" aria-label={words.text('tensors.values', { name })} tabIndex={0}>
      <table className="mono">
        <tbody>
          {preview.rows.map((row) => (
            <tr key={row.label}>
              <th scope="row">{row.label}</th>
              {row.values.map((value, index) => (
                <td key={index}>{value}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
      {preview.left > 0 && <p className="dim">{words.text('tensors.left', { count: preview.left })}</p>}
    </div>
  );
};

type Seen = Preview | 'reading' | 'large' | 'missing' | 'unknown';

const usePreview = (artifact: Artifact | undefined): Seen => {
  const { bytesOf } = useParts();
  const [seen, setSeen] = useState<Seen>('reading');
  const sha256 = artifact?.sha256;
  const name = artifact?.name;
  const isLarge = artifact !== undefined && artifact.bytes > mostBytes;
  useEffect(() => {
    if (sha256 === undefined || name === undefined || isLarge) return;
    const controller = new AbortController();
    bytesOf({ sha256, name }, controller.signal).then(
      (bytes) => setSeen(previewNpy(bytes, mostValues) ?? 'unknown'),
      () => !controller.signal.aborted && setSeen('missing'),
    );
    return () => controller.abort();
  }, [bytesOf, sha256, name, isLarge]);
  return isLarge ? 'large' : seen;
};
