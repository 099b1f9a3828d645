import { useLocation } from 'wouter';
import { useStore } from 'zustand';
import type { DeviceState } from '../../../shared/contract/devices.ts';
import type { Actions, JobAction } from '../../actions.ts';
import { useParts } from '../../parts.tsx';
import type { IconName } from '../../ui/icon.tsx';
import { useWords, type Words } from '../../words.tsx';
import { deviceTitle } from '../devices/device-words.ts';
import { policyNames } from '../../../shared/model/policy-names.ts';
import { fittingIds } from '../queue/fitting-ids.ts';
import type { Command } from './commands.ts';
import { pages } from './pages.ts';

const jobActions: readonly { action: JobAction; icon: IconName }[] = [
  { action: 'next', icon: 'next' },
  { action: 'hold', icon: 'hold' },
  { action: 'release', icon: 'run' },
  { action: 'retry', icon: 'undo' },
  { action: 'cancel', icon: 'x' },
];

/** The actions that make sense now: those on jobs only while some are selected or one is open. */
export const useCommands = (): readonly Command[] => {
  const words = useWords();
  const { actions, machine, preferences, queue, status } = useParts();
  const [location, go] = useLocation();
  const { selected, rows } = useStore(queue);
  const inUse = useStore(status, (state) => state.status?.policy);
  const isPaused = useStore(status, (state) => state.status?.isPaused ?? false);
  const open = /^\/queue\/(\d+)/.exec(location)?.[1];
  const ids = selected.size > 0 ? selected : new Set(open ? [Number(open)] : []);
  const onJobs = jobActions
    .map((entry) => ({ ...entry, fitting: fittingIds(entry.action, ids, rows) }))
    .filter(({ fitting }) => fitting.length > 0);

  const devices = useStore(machine, (state) => state.devices) ?? [];
  const openDevice = devices.find(({ id }) => location === `/devices/${id}`);

  const goTo = (path: string) => () => {
    go(path);
    return undefined;
  };
  return [
    { id: 'new', label: words.text('action.newJob'), icon: 'plus', shortcut: 'N', run: goTo('/run') },
    ...onJobs.map(({ action, icon, fitting }): Command => ({
      id: action,
      label: words.text('palette.onJobs', { action: words.text(`action.${action}`), count: fitting.length }),
      icon,
      needsCore: true,
      run: () => actions.change(action, fitting),
    })),
    {
      id: 'pause',
      label: words.text(isPaused ? 'action.resumeQueue' : 'action.pauseQueue'),
      icon: isPaused ? 'run' : 'pause',
      needsCore: true,
      run: isPaused ? actions.resume : actions.pause,
    },
    ...policyNames
      .filter((policy) => policy !== inUse)
      .map((policy): Command => ({
        id: `policy-${policy}`,
        label: words.text('palette.policy', { policy: words.text(`policy.${policy}`) }),
        icon: 'scheduler',
        needsCore: true,
        run: () => actions.setPolicy(policy),
      })),
    ...pages.map(({ name, path, icon, key }): Command => ({
      id: name,
      label: words.text('palette.goTo', { page: words.text(`page.${name}`) }),
      icon,
      shortcut: key,
      run: goTo(path),
    })),
    ...(openDevice ? [drainCommand(openDevice, actions, words)] : []),
    ...devices.map((device): Command => ({
      id: `device-${device.id}`,
      label: words.text('palette.goTo', { page: deviceTitle(device, words) }),
      icon: device.kind,
      run: goTo(`/devices/${device.id}`),
    })),
    ...(['light', 'dark', 'system'] as const).map((theme): Command => ({
      id: `theme-${theme}`,
      label: words.text('palette.theme', { theme: words.text(`settings.${theme}`) }),
      icon: 'theme',
      run: () => preferences.setState({ theme }) as undefined,
    })),
    {
      id: 'language',
      label: words.locale === 'en' ? '切换到简体中文' : 'Switch to English',
      icon: 'language',
      run: () => preferences.setState({ locale: words.locale === 'en' ? 'zh' : 'en' }) as undefined,
    },
  ];
};

/** What is open is what the palette acts on. */
const drainCommand = (device: DeviceState, actions: Actions, words: Words): Command => {
  const isDrained = device.state === 'drained';
  return {
    id: 'drain',
    label: words.text(isDrained ? 'palette.undrain' : 'palette.drain', { device: deviceTitle(device, words) }),
    icon: isDrained ? 'run' : 'hold',
    needsCore: true,
    run: () => (isDrained ? actions.undrain(device.id) : actions.drain(device.id, '')),
  };
};
