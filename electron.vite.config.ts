import react from '@vitejs/plugin-react';
import { defineConfig } from 'electron-vite';
import { resolve } from 'node:path';

const from = (path: string): string => resolve(import.meta.dirname, path);

/** One built file for each process and thread of the core and each shell; names are those of architecture. */
const entries = [
  'main',
  'headless',
  'cli',
  'worker',
  'launcher',
  'sampler',
  'nvml-thread',
  'journal-thread',
  'reader-thread',
  'metrics-thread',
  'foresight-thread',
];

export default defineConfig({
  main: {
    // React is bundled for the terminal view and would otherwise bring its development form.
    define: { 'process.env.NODE_ENV': JSON.stringify('production') },
    build: {
      outDir: 'out/main',
      rollupOptions: {
        input: Object.fromEntries(entries.map((name) => [name, from(`electron/${name}.ts`)])),
        output: { format: 'es', entryFileNames: '[name].js', chunkFileNames: 'chunks/[name]-[hash].js' },
      },
    },
  },
  preload: {
    build: {
      outDir: 'out/preload',
      // A sandboxed preload is one CommonJS file that may require nothing but electron.
      rollupOptions: { input: { preload: from('electron/preload.ts') }, output: { format: 'cjs', entryFileNames: '[name].cjs' } },
    },
  },
  renderer: {
    root: from('renderer'),
    plugins: [react()],
    build: {
      outDir: from('out/renderer'),
      minify: true,
      rollupOptions: { input: { index: from('renderer/index.html') } },
      // In kB. The page comes from this machine, where one file is read at once; parts fetched on demand would show an empty page first.
      chunkSizeWarningLimit: 800,
    },
  },
});
