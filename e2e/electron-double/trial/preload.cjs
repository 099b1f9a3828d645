const { contextBridge, ipcRenderer, webUtils } = require('electron');

ipcRenderer.on('port', ({ ports }) => window.postMessage({ type: 'port' }, location.origin, ports));
contextBridge.exposeInMainWorld('trial', { pathOf: (file) => webUtils.getPathForFile(file) });
