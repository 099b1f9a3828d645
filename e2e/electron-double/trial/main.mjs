// A small app for the double's own tests: an echo over a port, a page under a policy, and every handler set.
import { app, BrowserWindow, Menu, MessageChannelMain, Notification, protocol, session, Tray, utilityProcess } from 'electron';
import electron from 'electron';
import { join } from 'node:path';

const folder = process.argv[process.argv.indexOf('--data') + 1];
const page = `<!doctype html><meta charset="utf-8"><title>Trial</title><link rel="icon" href="data:,">
<input type="file" multiple><pre id="zone">drop here\n\n\n\n\n\n\n\n\n\n\n\n</pre><script src="/page.js"></script>`;
const script = `
window.got = []; window.log = [];
addEventListener('message', (event) => {
  if (event.data?.type !== 'port') return;
  const [port] = event.ports;
  port.onmessage = (message) => got.push(message.data);
  port.addEventListener('close', () => log.push('closed'));
  window.port = port;
});
document.querySelector('input').addEventListener('change', (event) => log.push(...[...event.target.files].map((file) => trial.pathOf(file))));
const zone = document.querySelector('#zone');
zone.addEventListener('dragover', (event) => event.preventDefault());
zone.addEventListener('drop', (event) => { event.preventDefault(); log.push(...[...event.dataTransfer.files].map((file) => trial.pathOf(file))); });
`;
const types = { '/': 'text/html', '/page.js': 'text/javascript' };

protocol.registerSchemesAsPrivileged([{ scheme: 'trial', privileges: { standard: true, secure: true, supportFetchAPI: true } }]);
app.setPath('userData', folder);
if (electron.app.requestSingleInstanceLock({ files: ['given'] })) await start();
else app.quit();

async function start() {
  await app.whenReady();
  app.on('second-instance', (_event, argv, workingFolder, data) =>
    new Notification({ title: 'second', body: JSON.stringify(data) }).show(),
  );
  session.defaultSession.setPermissionRequestHandler((_page, permission, answer) => answer(permission === 'notifications'));
  session.defaultSession.setPermissionCheckHandler(() => true);
  protocol.handle('trial', (request) => {
    const { pathname } = new URL(request.url);
    if (pathname === '/asked') return Response.json({ url: request.url, range: request.headers.get('range') });
    const body = { '/': page, '/page.js': script }[pathname];
    const headers = {
      'content-type': types[pathname] ?? 'text/plain',
      'content-security-policy': "default-src 'none'; script-src 'self'; img-src data:; connect-src 'self'",
    };
    return new Response(body ?? 'nothing', { status: body ? 200 : 404, headers });
  });
  const window = new BrowserWindow({ show: false, webPreferences: { preload: join(import.meta.dirname, 'preload.cjs') } });
  window.webContents.setWindowOpenHandler(() => ({ action: 'deny' }));
  window.webContents.on('will-navigate', (event) => {
    if (!event.url.startsWith('trial://app/')) event.preventDefault();
  });
  const tray = new Tray(null);
  const worker = utilityProcess.fork(join(import.meta.dirname, 'worker.mjs'));

  window.webContents.on('dom-ready', () => {
    const { port1, port2 } = new MessageChannelMain();
    const attempt = (run) => {
      try {
        run();
        return 'no error';
      } catch (error) {
        return `${error.name}: ${error.message}`;
      }
    };
    port1.on('message', ({ data }) => {
      if (data === 'errors') {
        port1.postMessage([attempt(() => port1.postMessage(() => 1)), attempt(() => port1.postMessage(1, [new ArrayBuffer(1)]))]);
      } else if (data === 'worker') worker.postMessage({ n: 1n });
      else if (data === 'close') port1.close();
      else port1.postMessage({ echo: data, isBytes: data?.bytes instanceof Uint8Array });
    });
    worker.on('message', (message) => port1.postMessage(message));
    port1.on('close', () => new Notification({ title: 'port closed' }).show());
    port1.start();
    window.webContents.postMessage('port', null, [port2]);
  });
  tray.setContextMenu(
    Menu.buildFromTemplate([
      { label: 'Show', click: () => window.show() },
      { label: 'More', submenu: [{ label: 'Off', enabled: false }] },
    ]),
  );
  await window.loadURL('trial://app/');
}
