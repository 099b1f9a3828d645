import { Link } from 'wouter';
import type { DeviceState } from '../../../shared/contract/devices.ts';
import { CoreBars } from '../../graphs/core-bars.tsx';
import { LoadMark } from '../../graphs/load-mark.tsx';
import { MemoryBar } from '../../graphs/memory-bar.tsx';
import { Icon } from '../../ui/icon.tsx';
import { StateMark } from '../../ui/state-mark.tsx';
import { useWords } from '../../words.tsx';
import { deviceIcon, deviceTitle, whyNot, whyNotInShort } from '../devices/device-words.ts';
import { DiskView } from '../devices/disk-view.tsx';
import { memoryParts } from '../devices/memory-parts.ts';
import { memoryShares } from '../devices/memory-shares.ts';
import { MemoryView } from '../devices/memory-view.tsx';

/** The devices in short, each readable in two seconds; a processor alone with its memory and disk at more length. */
export const DeviceBand = ({ devices }: { devices: readonly DeviceState[] }) => {
  const words = useWords();
  const whole = devices.filter(({ parent }) => parent === undefined);
  const [only] = whole;
  return (
    <section className={`devband ${whole.length > 1 ? 'several' : ''}`} aria-label={words.text('page.devices')}>
      {whole.length === 1 && only ? <Processor device={only} /> : whole.map((device) => <Tile key={device.id} device={device} />)}
    </section>
  );
};

const Busy = ({ device }: { device: DeviceState }) => {
  const words = useWords();
  const percent = device.utilization ?? device.sample?.cpuPercent;
  if (percent === undefined) return null;
  return (
    <output>
      {words.number(percent)} <small>%</small> <LoadMark percent={percent} />
    </output>
  );
};

const useVitals = (device: DeviceState): string => {
  const words = useWords();
  const { sample } = device;
  const mhz = device.frequencyMhz ?? sample?.frequencyMhz;
  const celsius = device.temperatureC ?? sample?.temperatureC;
  const watts = device.powerW ?? sample?.powerW;
  const isProcessor = device.kind === 'cpu';
  return [
    isProcessor && mhz !== undefined ? `${words.number(mhz / 1000, 2)} GHz` : undefined,
    celsius === undefined ? undefined : `${words.number(celsius)} °C`,
    watts === undefined ? undefined : `${words.number(watts)} W`,
  ]
    .filter((text) => text !== undefined)
    .join('  ');
};

const Tile = ({ device }: { device: DeviceState }) => {
  const words = useWords();
  const vitals = useVitals(device);
  const why = whyNot(device, words);
  const shares = memoryShares(device);
  return (
    <div className={`tile ${device.state}`}>
      <header>
        <Icon name={deviceIcon(device)} />
        <h2>
          <Link href={`/devices/${device.id}`}>{deviceTitle(device, words)}</Link>
        </h2>
        {why === undefined ? (
          <Busy device={device} />
        ) : (
          <StateMark mark={device.state === 'drained' ? 'held' : 'failed'} title={words.text(`deviceState.${device.state}`)} />
        )}
      </header>
      {why === undefined ? (
        <p className="dev-sub">
          <span title={device.name}>{shares ? words.text('memory.freeOf', { free: shares.freeBytes }) : device.name}</span>
          <span className="vit">{vitals}</span>
        </p>
      ) : (
        <p className="dev-sub" title={why}>
          <span>{whyNotInShort(device, words)}</span>
        </p>
      )}
      {shares && (
        <MemoryBar
          parts={memoryParts(shares, words)}
          label={words.text('memory.label', { free: shares.freeBytes, total: shares.totalBytes })}
        />
      )}
    </div>
  );
};

const Processor = ({ device }: { device: DeviceState }) => {
  const words = useWords();
  const vitals = useVitals(device);
  const { sample, cores } = device;
  const shares = memoryShares(device);
  return (
    <>
      <div className="dev">
        <header>
          <Icon name={deviceIcon(device)} />
          <h2>
            <Link href="/devices">{deviceTitle(device, words)}</Link>
          </h2>
          <Busy device={device} />
        </header>
        <p className="dev-sub">
          <span title={device.name}>{device.name}</span>
          <span className="vit">{vitals}</span>
        </p>
        {sample?.corePercents && <CoreBars percents={sample.corePercents} label={words.text('devices.perCore')} />}
        <p className="actcap">
          <span>{cores !== undefined && words.text('overview.cores', { count: cores })}</span>
          <span>{words.text('overview.granted', { cores: device.granted.cores })}</span>
        </p>
      </div>
      {shares && (
        <div className="dev">
          <header>
            <h2>{words.text('chart.memory')}</h2>
            <output>
              {words.bytes(shares.freeBytes)} <small>{words.text('memory.freeWord')}</small>
            </output>
          </header>
          <p className="dev-sub">
            <span>{words.text('memory.ofAll', { total: shares.totalBytes })}</span>
            <span className="vit">{words.text('overview.grantedBytes', { bytes: device.granted.memoryBytes })}</span>
          </p>
          <MemoryView device={device} most={2} isShort />
        </div>
      )}
      <div className="dev">
        <DiskView device={device} />
      </div>
    </>
  );
};
