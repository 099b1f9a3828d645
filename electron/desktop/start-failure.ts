import { desktopText } from '../../shared/words/desktop.ts';
import type { Locale } from '../../shared/words/format.ts';
import { sentenceOf } from '../../shared/words/reasons.ts';
import { Refusal } from '../core/lib/refusal.ts';

/** The data folder is in use by a core that neither answers nor ends. */
export class SilentCore extends Error {
  readonly dataFolder: string;

  constructor(dataFolder: string) {
    super(desktopText('core-silent', 'en', { path: dataFolder }));
    this.name = 'SilentCore';
    this.dataFolder = dataFolder;
  }
}

/** What is wrong and what to do, in one text for a person whose Switchyard does not start. */
export const failureText = (error: unknown, locale: Locale): string =>
  desktopText('start-failed', locale, { detail: detailOf(error, locale) });

const detailOf = (error: unknown, locale: Locale): string => {
  if (error instanceof Refusal) return sentenceOf(error.reason, locale);
  if (error instanceof SilentCore) return desktopText('core-silent', locale, { path: error.dataFolder });
  if (isSystemError(error)) {
    if (notWritable.has(error.code) && error.path !== undefined)
      return sentenceOf({ code: 'not-writable', values: { path: error.path } }, locale);
    if (error.code === 'ENOSPC') return sentenceOf({ code: 'disk-full', values: { path: error.path ?? '' } }, locale);
  }
  return error instanceof Error ? error.message : String(error);
};

const notWritable: ReadonlySet<string> = new Set(['EACCES', 'EPERM', 'EROFS']);

const isSystemError = (error: unknown): error is Error & { code: string; path?: string } =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' && (!('path' in error) || typeof error.path === 'string');

/** The first language of the system that we speak, else English. */
export const systemLocale = (languages: readonly string[]): Locale => {
  const spoken = languages
    .map((language) => language.toLowerCase().split('-')[0])
    .find((language) => language === 'zh' || language === 'en');
  return spoken === 'zh' ? 'zh' : 'en';
};
