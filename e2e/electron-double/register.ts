import { registerHooks } from 'node:module';

/* Given to Node with --import: every `electron` of the app, also inside electron-store, is the double. */

const double = new URL('./electron.ts', import.meta.url).href;
const address = 'double:electron';

registerHooks({
  resolve: (name, context, next) => (name === 'electron' ? { url: address, shortCircuit: true } : next(name, context)),
  load: (url, context, next) => {
    if (url !== address) return next(url, context);
    const source = `export * from ${JSON.stringify(double)}; import * as all from ${JSON.stringify(double)}; export default all;`;
    return { format: 'module', source, shortCircuit: true };
  },
});
