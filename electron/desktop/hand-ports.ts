import { MessageChannelMain, type WebContents } from 'electron';
import type { JoinedCore } from './joined-core.ts';
import { callPortOf } from './call-port.ts';
import { isOwnPage } from './page-address.ts';

/**
 * Gives every page that is loaded its own port to the core, and a new one when the core behind it changes. Nothing is given on
 * request, so there is no sender to check: the port goes to the main frame of our window, and only while that shows our page.
 */
export const handPorts = (webContents: WebContents, joined: () => JoinedCore): { handAgain(): void } => {
  let endPrevious = (): void => {};
  const hand = (): void => {
    // A port whose page has gone may close late or never.
    endPrevious();
    endPrevious = () => {};
    if (webContents.isDestroyed() || !isOwnPage(webContents.getURL())) return;
    const { port1, port2 } = new MessageChannelMain();
    endPrevious = joined().servePage(callPortOf(port1));
    webContents.postMessage('switchyard-port', null, [port2]);
  };
  // By then the preload listens; the page asks it for the port when it is ready itself.
  webContents.on('dom-ready', hand);
  webContents.on('render-process-gone', () => endPrevious());
  webContents.on('destroyed', () => endPrevious());
  return { handAgain: hand };
};
