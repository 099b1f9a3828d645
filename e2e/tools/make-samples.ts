import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import sharp from 'sharp';
import { tumourFeatures } from '../../electron/core/applications/tabular/tumour.ts';
import { wineFeatures } from '../../electron/core/applications/tabular/wine.ts';
import { makeSpeech } from './make-speech.ts';

/*
 * Makes resources/samples/, so that every sample is ours: node e2e/tools/make-samples.ts (needs the Debian packages
 * fonts-dejavu-core and espeak-ng). The rows come from the first rows of the models' test sets.
 */

const root = resolve(import.meta.dirname, '../..');
const folder = join(root, 'resources/samples');

/** A notice as it might hang in an office: two sizes, two fonts, a coloured band, slightly turned. */
const noticeSvg = `<svg xmlns="http://www.w3.org/2000/svg" width="960" height="600">
  <rect width="960" height="600" fill="#f4f1ea"/>
  <g transform="rotate(-1.5 480 300)">
    <rect x="60" y="60" width="840" height="110" rx="8" fill="#1d3b53"/>
    <text x="95" y="132" font-family="DejaVu Sans" font-weight="bold" font-size="48" fill="#ffffff">Reading room</text>
    <text x="95" y="240" font-family="DejaVu Serif" font-size="32" fill="#1a1a1a">Open from Monday to Friday, 9:00 to 17:30</text>
    <text x="95" y="300" font-family="DejaVu Serif" font-size="32" fill="#1a1a1a">Please leave bags and coats at the desk.</text>
    <text x="95" y="360" font-family="DejaVu Serif" font-size="32" fill="#1a1a1a">Books may be kept for 28 days.</text>
    <text x="95" y="470" font-family="DejaVu Sans" font-size="24" fill="#5b5b5b">Questions? Call 0312 456 789 or ask at desk 4</text>
  </g>
</svg>`;

const notice = (): Promise<Buffer> => sharp(Buffer.from(noticeSvg)).png({ palette: true, colours: 64 }).toBuffer();

/** A four as one writes it by hand: drawn with a thick round pen. */
const digitSvg = `<svg xmlns="http://www.w3.org/2000/svg" width="160" height="200">
  <rect width="160" height="200" fill="#fbfbf8"/>
  <path d="M82 42 Q62 78 46 108 Q78 112 116 104 M96 78 Q92 118 84 156" fill="none" stroke="#22304a" stroke-width="19" stroke-linecap="round" stroke-linejoin="round"/>
</svg>`;

const digit = (): Promise<Buffer> => sharp(Buffer.from(digitSvg)).png().toBuffer();

const speech = async (): Promise<Buffer> => {
  const bursts = ['The train to the north leaves from platform four.', 'Please keep your luggage with you.'];
  return (await makeSpeech({ bursts, silenceSeconds: 1 })).wav;
};

const spam = `From: prizes@example.com
To: you@example.com
Subject: You have WON a free prize!!!

Congratulations! Your address was chosen and you have won a free holiday and cash money.
Click here now to claim your free money, this offer expires today. No credit check, no risk,
order now and save. 100% guaranteed, act now!
`;

const ham = `From: anna@example.com
To: team@example.com
Subject: build of the parser

Hi all, since Tuesday the build of the parser package fails with the new compiler because a header
is missing. I think we should revert that patch until the test passes again. The log is attached.
Anna
`;

const table = async (model: string, features: readonly string[], rows: number): Promise<string> => {
  const vectors = JSON.parse(await readFile(join(root, `resources/models/vectors/${model}_test50.json`), 'utf8')) as { x: number[][] };
  return [features, ...vectors.x.slice(0, rows)].map((row) => `${row.join(',')}\n`).join('');
};

const samples: Readonly<Record<string, () => Promise<string | Buffer>>> = {
  'notice.png': notice,
  'announcement.wav': speech,
  'digit.png': digit,
  'prize.eml': () => Promise.resolve(spam),
  'build.eml': () => Promise.resolve(ham),
  'tumours.csv': () => table('breast_cancer_mlp', tumourFeatures, 6),
  'wines.csv': () => table('wine_mlp', wineFeatures, 6),
};

await mkdir(folder, { recursive: true });
for (const [name, make] of Object.entries(samples)) await writeFile(join(folder, name), await make());
