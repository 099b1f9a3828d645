import { useEffect, useRef, useState, type PointerEvent, type RefObject } from 'react';
import type { JobResult } from '../../../../shared/model/application.ts';
import type { Artifact } from '../../../../shared/model/artifact.ts';
import { Icon } from '../../../ui/icon.tsx';
import { useWords } from '../../../words.tsx';
import { Pager } from './pager.tsx';
import { areaPath, curvePath, doubtfulBelow, formatPosition, segmentAt, timeTicks, wavePath } from './result-geometry.ts';
import './results.css';
import { Score } from './score.tsx';
import { useArtifact } from './use-artifact.ts';

type SpeechItems = Extract<JobResult, { kind: 'speech' }>['items'];
type SpeechItem = SpeechItems[number];

/** The sound as a time line: its wave, how likely speech is, the stretches found; it can be heard. */
export const SpeechResult = ({ items, artifacts }: { items: SpeechItems; artifacts: readonly Artifact[] }) => {
  const [page, setPage] = useState(0);
  const item = items[page];
  if (!item) return null;
  return (
    <>
      <Pager page={page} count={items.length} name={item.file} onPage={setPage} />
      <Sound key={page} item={item} artifact={artifacts.find(({ name }) => name === item.sound)} />
    </>
  );
};

const Sound = ({ item, artifact }: { item: SpeechItem; artifact: Artifact | undefined }) => {
  const words = useWords();
  const sound = useArtifact(artifact);
  const address = sound.kind === 'ready' ? sound.address : undefined;
  const audio = useRef<HTMLAudioElement>(null);
  const [isPlaying, setPlaying] = useState(false);
  const position = usePosition(audio, isPlaying, address);
  const current = segmentAt(item.segments, position);
  const spoken = item.segments.reduce((sum, { startSeconds, endSeconds }) => sum + endSeconds - startSeconds, 0);
  const seek = (seconds: number) => {
    if (audio.current) audio.current.currentTime = seconds;
  };
  return (
    <>
      <p className="sound-head">
        <button
          type="button"
          className="btn icon"
          disabled={!address}
          aria-label={words.text(isPlaying ? 'speech.pause' : 'speech.play')}
          onClick={() => void (isPlaying ? audio.current?.pause() : audio.current?.play())}
        >
          <Icon name={isPlaying ? 'pause' : 'run'} />
        </button>
        <span className="grow">
          <b title={item.file}>{item.file}</b>
          <span className="dim">
            {words.text('speech.summary', {
              seconds: item.seconds,
              kilohertz: item.sampleRate / 1000,
              count: item.segments.length,
              spoken,
            })}
          </span>
        </span>
        <output className="mono">{formatPosition(position)}</output>
      </p>
      {sound.kind === 'missing' && <p className="refused">{words.text('result.notRead')}</p>}
      {address && (
        <audio
          ref={audio}
          src={address}
          preload="auto"
          onPlay={() => setPlaying(true)}
          onPause={() => setPlaying(false)}
          onEnded={() => setPlaying(false)}
        />
      )}
      <TimeLine item={item} position={position} current={current} onSeek={seek} />
      <Segments item={item} current={current} onSeek={seek} />
    </>
  );
};

/** Follows the sound frame by frame while it plays, and whenever somebody moves it. */
const usePosition = (audio: RefObject<HTMLAudioElement | null>, isPlaying: boolean, address: string | undefined): number => {
  const [position, setPosition] = useState(0);
  useEffect(() => {
    const node = audio.current;
    if (!node) return;
    const read = () => setPosition(node.currentTime);
    node.addEventListener('seeked', read);
    let frame = 0;
    const follow = () => {
      read();
      frame = requestAnimationFrame(follow);
    };
    if (isPlaying) frame = requestAnimationFrame(follow);
    return () => {
      node.removeEventListener('seeked', read);
      cancelAnimationFrame(frame);
    };
    // The element is there only once its address is known.
  }, [audio, isPlaying, address]);
  return position;
};

interface TimeLineProps {
  item: SpeechItem;
  position: number;
  current: number | undefined;
  onSeek: (seconds: number) => void;
}

const TimeLine = ({ item, position, current, onSeek }: TimeLineProps) => {
  const words = useWords();
  const at = (seconds: number) => `${(seconds / item.seconds) * 100}%`;
  const point = (event: PointerEvent<HTMLDivElement>) => {
    const box = event.currentTarget.getBoundingClientRect();
    onSeek(Math.min(1, Math.max(0, (event.clientX - box.left) / box.width)) * item.seconds);
  };
  return (
    <div className="time-line" onPointerDown={point}>
      <svg
        className="wave"
        viewBox={`0 0 ${item.peaks.length} 2`}
        preserveAspectRatio="none"
        role="img"
        aria-label={words.text('speech.wave')}
      >
        <path d={wavePath(item.peaks)} />
      </svg>
      <svg
        className="curve"
        viewBox={`0 0 ${item.probabilities.length} 1`}
        preserveAspectRatio="none"
        role="img"
        aria-label={words.text('speech.curve')}
      >
        <path className="area" d={areaPath(item.probabilities)} />
        <path className="line" d={curvePath(item.probabilities)} />
        <path className="half" d={`M0 0.5H${item.probabilities.length}`} />
      </svg>
      <div className="segments">
        {item.segments.map((segment, index) => (
          <i
            key={index}
            className={`${segment.score < doubtfulBelow ? 'low' : ''} ${index === current ? 'sel' : ''}`}
            style={{ left: at(segment.startSeconds), width: at(segment.endSeconds - segment.startSeconds) }}
          >
            {index + 1}
          </i>
        ))}
      </div>
      <div className="time-axis">
        {timeTicks(item.seconds, 6).map((tick) => (
          <span key={tick} style={{ left: at(tick) }}>
            {formatPosition(tick)}
          </span>
        ))}
      </div>
      <div className="playhead" style={{ left: at(position) }} />
    </div>
  );
};

const Segments = ({ item, current, onSeek }: Pick<TimeLineProps, 'item' | 'current' | 'onSeek'>) => {
  const words = useWords();
  if (item.segments.length === 0) return <p className="dim">{words.text('speech.none')}</p>;
  return (
    <table className="t segment-list">
      <thead>
        <tr>
          <th className="num">#</th>
          <th className="num">{words.text('speech.from')}</th>
          <th className="num">{words.text('speech.to')}</th>
          <th className="num">{words.text('speech.lasts')}</th>
          <th className="num">{words.text('result.score')}</th>
        </tr>
      </thead>
      <tbody>
        {item.segments.map((segment, index) => (
          <tr key={index} className={index === current ? 'sel' : ''}>
            <td className="num">{index + 1}</td>
            <td className="num">
              <button type="button" className="lnk" onClick={() => onSeek(segment.startSeconds)}>
                {formatPosition(segment.startSeconds)}
              </button>
            </td>
            <td className="num">{formatPosition(segment.endSeconds)}</td>
            <td className="num">{words.duration(segment.endSeconds - segment.startSeconds)}</td>
            <td className="num">
              <Score score={segment.score} />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
};
