import { useState } from 'react';
import type { JobResult } from '../../../../shared/model/application.ts';
import type { Artifact } from '../../../../shared/model/artifact.ts';
import { useWords } from '../../../words.tsx';
import { Pager } from './pager.tsx';
import { doubtfulBelow, leastSureFirst, polygonPoints } from './result-geometry.ts';
import './results.css';
import { Score } from './score.tsx';
import { useArtifact } from './use-artifact.ts';

type TextItems = Extract<JobResult, { kind: 'text' }>['items'];
type TextItem = TextItems[number];

/** The picture with a box around every line found, and the lines; pointing at one shows the other. */
export const TextResult = ({ items, artifacts }: { items: TextItems; artifacts: readonly Artifact[] }) => {
  const [page, setPage] = useState(0);
  const item = items[page];
  if (!item) return null;
  return (
    <>
      <Pager page={page} count={items.length} name={item.file} onPage={setPage} />
      <TextPicture key={page} item={item} artifact={artifacts.find(({ name }) => name === item.image)} />
    </>
  );
};

const TextPicture = ({ item, artifact }: { item: TextItem; artifact: Artifact | undefined }) => {
  const words = useWords();
  const picture = useArtifact(artifact);
  const [pointed, setPointed] = useState<number>();
  const [hasBoxes, setBoxes] = useState(true);
  const [isDoubtFirst, setDoubtFirst] = useState(false);
  const order = isDoubtFirst ? leastSureFirst(item.lines) : item.lines.map((_, index) => index);
  const doubtful = item.lines.filter(({ score }) => score < doubtfulBelow).length;
  return (
    <>
      <figure className="picture" style={{ aspectRatio: `${item.width} / ${item.height}`, maxWidth: `min(100%, ${item.width * 2}px)` }}>
        {picture.kind === 'missing' && <p className="refused">{words.text('result.notRead')}</p>}
        {picture.kind === 'ready' && (
          <img src={picture.address} alt={words.text('text.picture', { file: item.file, count: item.lines.length })} />
        )}
        {hasBoxes && (
          <svg viewBox={`0 0 ${item.width} ${item.height}`} aria-hidden="true">
            {item.lines.map((line, index) => (
              <polygon
                key={index}
                points={polygonPoints(line.corners)}
                className={`${line.score < doubtfulBelow ? 'low' : ''} ${index === pointed ? 'sel' : ''}`}
                onPointerEnter={() => setPointed(index)}
                onPointerLeave={() => setPointed(undefined)}
              />
            ))}
          </svg>
        )}
      </figure>
      <div className="picture-bar">
        <label>
          <input type="checkbox" checked={hasBoxes} onChange={() => setBoxes(!hasBoxes)} /> {words.text('text.boxes')}
        </label>
        <label>
          <input type="checkbox" checked={isDoubtFirst} onChange={() => setDoubtFirst(!isDoubtFirst)} /> {words.text('text.doubtFirst')}
        </label>
        <span className="dim">
          {item.file}, {item.width} × {item.height}
        </span>
      </div>
      <h3>
        {words.text('text.lines', { count: item.lines.length })}{' '}
        {doubtful > 0 && <small>{words.text('text.toCheck', { count: doubtful })}</small>}
      </h3>
      {item.lines.length === 0 && <p className="dim">{words.text('text.none')}</p>}
      <ol className="lines">
        {order.map((index) => {
          const line = item.lines[index];
          if (!line) return null;
          return (
            <li
              key={index}
              className={index === pointed ? 'sel' : ''}
              onPointerEnter={() => setPointed(index)}
              onPointerLeave={() => setPointed(undefined)}
            >
              <span className="n">{index + 1}</span>
              <span className="found" title={line.text}>
                {line.text}
              </span>
              <Score score={line.score} />
            </li>
          );
        })}
      </ol>
    </>
  );
};
