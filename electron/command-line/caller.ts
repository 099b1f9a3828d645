import type { Locale } from '../../shared/words/format.ts';

/** The language of messages: SWITCHYARD_LANG, else what the system's variables say, in their order of precedence. */
export const localeOf = (environment: NodeJS.ProcessEnv): Locale => {
  const name = ['SWITCHYARD_LANG', 'LC_ALL', 'LC_MESSAGES', 'LANG'].map((key) => environment[key]).find(Boolean);
  return name?.toLowerCase().startsWith('zh') ? 'zh' : 'en';
};

/** The folder that relative paths start from. npm runs scripts in the checkout and tells where it was called. */
export const callerFolder = (environment: NodeJS.ProcessEnv, current: string): string =>
  environment['npm_lifecycle_event'] === 'switchyard' ? (environment['INIT_CWD'] ?? current) : current;
