/*
 * The one formatter of every text. A template holds `{name}` or `{name:how}`; hows are:
 *   bytes     6.2 GB            duration  26 min         percent   64 %
 *   flop      4.6 GFLOP, floating point operations
 *   number    1,247             jobs      names, at most three, then "and 4 more"
 *   id        1247, never grouped
 *   plural    {count:plural|one job|# jobs}
 *   kind      GPU               holders   python 4321 (18.0 GB), at most three as well
 *   resource  cores, GPU
 *   by        cores or memory: by what a device is split
 *   content   what a file holds: picture, text, .npy
 *   action    cancelled: what was to be done to a job; state    has ended: how it stands
 *   moment    18:05, with its seconds within the hour and with the date before it unless that is today
 * A part in square brackets is left out when something in it is not given, or is an empty text or list.
 */
export type Locale = 'en' | 'zh';
export type Values = Readonly<Record<string, unknown>>;

const placeholder = /\{(\w+)(?::(\w+)((?:\|[^}|]*)*))?\}/g;

/** The text of a template in a locale. A value that is not given stands as its name, so that a mistake is seen. */
export const formatText = (template: string, values: Values, locale: Locale): string =>
  dropEmptyParts(template, values).replace(placeholder, (whole, name: string, how: string | undefined, forms: string | undefined) => {
    const value = values[name];
    if (value === undefined) return whole;
    return formatValue(value, how, forms?.split('|').slice(1) ?? [], locale);
  });

/** Before any value is put in, so that brackets inside values mean nothing. */
const dropEmptyParts = (template: string, values: Values): string =>
  template.includes('[')
    ? template.replace(/\[([^\]]*)\]/g, (_, part: string) =>
        [...part.matchAll(placeholder)].some(([, name = '']) => isEmpty(values[name])) ? '' : part,
      )
    : template;

const isEmpty = (value: unknown): boolean => value === undefined || value === '' || (Array.isArray(value) && value.length === 0);

const formatValue = (value: unknown, how: string | undefined, forms: readonly string[], locale: Locale): string => {
  if (how === 'bytes') return formatBytes(Number(value), locale);
  if (how === 'flop') return formatFlop(Number(value), locale);
  if (how === 'duration') return formatDuration(Number(value), locale);
  if (how === 'percent') return `${formatNumber(Number(value), locale, 0)} %`;
  if (how === 'jobs') return formatNames(value, locale);
  if (how === 'holders') return formatHolders(value, locale);
  if (how === 'kind') return String(value).toUpperCase();
  if (how === 'resource') return value === 'cores' ? splitWords[locale].cores : String(value).toUpperCase();
  if (how === 'by') return splitWords[locale][value === 'cores' ? 'cores' : 'memory'];
  if (how === 'content') return formatContent(String(value), locale);
  if (how === 'action') return jobWords[locale].actions[String(value)] ?? String(value);
  if (how === 'state') return jobWords[locale].states[String(value)] ?? String(value);
  if (how === 'id') return String(value);
  if (how === 'moment') return formatMoment(Number(value));
  if (how === 'plural') return formatPlural(Number(value), forms, locale);
  return typeof value === 'number' ? formatNumber(value, locale, 1) : String(value);
};

/** Decimal units, as disks and clouds count them: 6.2 GB, 18.0 GB, 512 MB, 0 B. */
export const formatBytes = (bytes: number, locale: Locale): string => {
  const { value, unit } = scaled(bytes);
  const digits = unit >= 3 ? 1 : 0;
  return `${numberFormat(locale, digits, digits).format(value)} ${prefixes[unit]}B`;
};

/** 2 kFLOP, 4.6 GFLOP. */
const formatFlop = (flop: number, locale: Locale): string => {
  const { value, unit } = scaled(flop);
  return `${formatNumber(value, locale, 1)} ${prefixes[unit]}FLOP`;
};

const prefixes = ['', 'k', 'M', 'G', 'T', 'P'];

/** Below a thousand, and by how many thousands it was divided for that. */
const scaled = (amount: number): { value: number; unit: number } => {
  let value = amount;
  let unit = 0;
  while (Math.abs(value) >= 999.5 && unit < prefixes.length - 1) {
    value /= 1000;
    unit += 1;
  }
  return { value, unit };
};

const durationWords = {
  en: { ms: 'ms', s: 's', min: 'min', h: 'h', d: 'd' },
  zh: { ms: '毫秒', s: '秒', min: '分', h: '小时', d: '天' },
} as const;

/** Two units at most, as a person would say it: 41 ms, 3.2 s, 26 s, 14 min, 2 h 11 min, 3 d 4 h. */
export const formatDuration = (seconds: number, locale: Locale): string => {
  const words = durationWords[locale];
  if (seconds < 0.9995) return `${Math.round(seconds * 1000)} ${words.ms}`;
  if (seconds < 9.95) return `${formatNumber(seconds, locale, 1)} ${words.s}`;
  if (seconds < 59.5) return `${Math.round(seconds)} ${words.s}`;
  const minutes = Math.round(seconds / 60);
  if (minutes < 60) return `${minutes} ${words.min}`;
  const hours = Math.floor(minutes / 60);
  if (hours < 24) return `${hours} ${words.h}${minutes % 60 ? ` ${minutes % 60} ${words.min}` : ''}`;
  return `${Math.floor(hours / 24)} ${words.d}${hours % 24 ? ` ${hours % 24} ${words.h}` : ''}`;
};

const hourMs = 3_600_000;

/** Where this runs, in the way of ISO 8601, which every language reads: 18:05, 18:05:12 within the hour, or 2026-11-29 18:05. */
const formatMoment = (at: number): string => {
  const date = new Date(at);
  if (Number.isNaN(date.getTime())) return String(at);
  const two = (number: number): string => String(number).padStart(2, '0');
  const now = new Date();
  const isClose = Math.abs(at - now.getTime()) < hourMs && date.getSeconds() > 0;
  const time = `${two(date.getHours())}:${two(date.getMinutes())}${isClose ? `:${two(date.getSeconds())}` : ''}`;
  const isToday = date.toDateString() === now.toDateString();
  return isToday ? time : `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())} ${time}`;
};

export const formatNumber = (value: number, locale: Locale, digits: number): string =>
  // Most numbers are small and whole, and the first use of Intl costs a short command 17 ms.
  Number.isInteger(value) && value >= 0 && value < 1000 ? String(value) : numberFormat(locale, 0, digits).format(value);

/** Made when first needed and kept: making one costs far more than using it. */
const numberFormats = new Map<string, Intl.NumberFormat>();

const numberFormat = (locale: Locale, fewest: number, most: number): Intl.NumberFormat => {
  const key = `${locale} ${fewest} ${most}`;
  const known = numberFormats.get(key);
  if (known) return known;
  const made = new Intl.NumberFormat(locale, { minimumFractionDigits: fewest, maximumFractionDigits: most });
  numberFormats.set(key, made);
  return made;
};

const pluralRules = new Map<Locale, Intl.PluralRules>();

const pluralRule = (locale: Locale): Intl.PluralRules => {
  const rule = pluralRules.get(locale) ?? new Intl.PluralRules(locale);
  pluralRules.set(locale, rule);
  return rule;
};

const formatPlural = (count: number, forms: readonly string[], locale: Locale): string => {
  const [one = '#', other = one] = forms;
  const form = pluralRule(locale).select(count) === 'one' ? one : other;
  // Cores may be parts of one.
  return form.replace('#', formatNumber(count, locale, 2));
};

/** Names of formats are the same in every language; Chinese sets such words apart by spaces. */
const formatContent = (content: string, locale: Locale): string =>
  locale === 'zh' ? (contentInChinese[content] ?? ` ${content} `) : content;

const contentInChinese: Readonly<Record<string, string>> = { picture: '图片', tensor: '张量', text: '文本' };

/** A word that a newer core knows stands as it came. */
const jobWords: Record<Locale, Record<'actions' | 'states', Readonly<Record<string, string>>>> = {
  en: {
    actions: {
      cancel: 'cancelled',
      hold: 'held',
      release: 'released',
      retry: 'retried',
      next: 'moved to the head of the queue',
      pause: 'paused',
      resume: 'resumed',
      remove: 'removed',
    },
    states: {
      pending: 'is waiting',
      held: 'is held',
      starting: 'is just starting',
      running: 'is running',
      paused: 'is paused',
      completing: 'is about to end',
      ended: 'has ended',
    },
  },
  zh: {
    actions: {
      cancel: '取消',
      hold: '搁置',
      release: '释放',
      retry: '重试',
      next: '移到队首',
      pause: '暂停',
      resume: '继续',
      remove: '删除',
    },
    states: {
      pending: '正在等待',
      held: '已搁置',
      starting: '正在启动',
      running: '正在运行',
      paused: '已暂停',
      completing: '即将结束',
      ended: '已结束',
    },
  },
};

const splitWords = {
  en: { cores: 'cores', memory: 'memory' },
  zh: { cores: '核心', memory: '内存' },
} as const;

const listed = 3;

/** Names of jobs; an item is a name or an object with one. */
const formatNames = (value: unknown, locale: Locale): string =>
  formatList(
    (Array.isArray(value) ? value : [value]).map((item: unknown) =>
      typeof item === 'object' && item !== null && 'name' in item ? String(item.name) : String(item),
    ),
    locale,
  );

/** Programs that are not ours and what they hold: python 4321 (18.0 GB). */
const formatHolders = (value: unknown, locale: Locale): string =>
  formatList(
    (Array.isArray(value) ? value : []).map((item: Partial<Record<'name' | 'pid' | 'bytes', unknown>>) => {
      const size = formatBytes(Number(item.bytes), locale);
      return locale === 'zh' ? `${String(item.name)} ${String(item.pid)}（${size}）` : `${String(item.name)} ${String(item.pid)} (${size})`;
    }),
    locale,
  );

const formatList = (names: readonly string[], locale: Locale): string => {
  const more = names.length - listed;
  const shown = more > 0 ? [...names.slice(0, listed), locale === 'zh' ? `另外 ${more} 个` : `${more} more`] : names;
  return listFormat(locale).format(shown);
};

const listFormats = new Map<Locale, Intl.ListFormat>();

const listFormat = (locale: Locale): Intl.ListFormat => {
  const format = listFormats.get(locale) ?? new Intl.ListFormat(locale, { type: 'conjunction' });
  listFormats.set(locale, format);
  return format;
};
