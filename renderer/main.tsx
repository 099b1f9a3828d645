import { createRoot } from 'react-dom/client';
import { App } from './app.tsx';
import { connect } from './client.ts';
import { createParts } from './create-parts.ts';
import { takeOfferedFiles } from './features/run/offered-files.ts';
import { chooseTransport } from './transports.ts';

const root = document.getElementById('root');
if (!root) throw new Error('index.html has no element with the id root.');
const parts = createParts(connect(chooseTransport(window)), localStorage, navigator.languages, takeOfferedFiles(window));
createRoot(root).render(<App parts={parts} />);
