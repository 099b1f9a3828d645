import type { Application } from '../ports.ts';
import { spam } from './language/spam.ts';
import { vad } from './speech/vad.ts';
import { tumour } from './tabular/tumour.ts';
import { wine } from './tabular/wine.ts';
import { digits } from './vision/digits.ts';
import { ocrLine } from './vision/ocr-line.ts';
import { ocr } from './vision/ocr.ts';

/** Every application with what runs it; loaded only in the worker. */
export const applications: readonly Application[] = [ocr, ocrLine, vad, digits, spam, tumour, wine];
