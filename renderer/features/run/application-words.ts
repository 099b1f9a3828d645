import type { Words } from '../../words.tsx';

const known = ['ocr', 'ocr-line', 'vad', 'digits', 'spam', 'tumour', 'wine'] as const;
const isKnown = (id: string): id is (typeof known)[number] => (known as readonly string[]).includes(id);

/** The name of an application as a person says it; one this window does not know goes by its id. */
export const applicationName = (id: string, words: Words): string => (isKnown(id) ? words.text(`app.${id}`) : id);
export const applicationDoes = (id: string, words: Words): string => (isKnown(id) ? words.text(`app.${id}.does`) : '');
