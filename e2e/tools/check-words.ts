import { readFileSync, readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';

/** One language's texts of one area. */
export interface Catalogue {
  readonly area: string;
  readonly language: string;
  readonly texts: Readonly<Record<string, string>>;
}

/** Where languages disagree: an area, a text or a placeholder that one has and another has not. */
export const findWordFaults = (catalogues: readonly Catalogue[]): string[] => {
  const languages = [...new Set(catalogues.map(({ language }) => language))];
  const areas = [...new Set(catalogues.map(({ area }) => area))];
  return areas.flatMap((area) => {
    const textsOf = (language: string): Catalogue['texts'] | undefined =>
      catalogues.find((catalogue) => catalogue.area === area && catalogue.language === language)?.texts;
    const keys = [...new Set(languages.flatMap((language) => Object.keys(textsOf(language) ?? {})))];
    return keys.flatMap((key) =>
      findKeyFaults(
        area,
        key,
        languages.map((language) => ({ language, text: textsOf(language)?.[key] })),
      ),
    );
  });
};

const findKeyFaults = (area: string, key: string, versions: readonly { language: string; text: string | undefined }[]): string[] => {
  const absent = versions.filter(({ text }) => text === undefined).map(({ language }) => `${area}.${language}.json has no "${key}"`);
  const blank = versions.filter(({ text }) => text?.trim() === '').map(({ language }) => `${area}.${language}.json: "${key}" is empty`);
  const kinds = new Map(versions.flatMap(({ language, text }) => (text === undefined ? [] : [[language, placeholdersOf(text)] as const])));
  const differ =
    new Set(kinds.values()).size > 1
      ? [`${area}: "${key}" holds ${[...kinds].map(([language, found]) => `${found || 'nothing'} in ${language}`).join(', ')}`]
      : [];
  return [...absent, ...blank, ...differ];
};

/** `{name:how}` of each placeholder, sorted. A number, a grouped number and a plural say the same; the forms of a plural are each language's own. */
const placeholdersOf = (text: string): string => {
  const found = [...text.matchAll(/\{(\w+)(?::(\w+))?/g)].map(([, name, how]) =>
    how === undefined || how === 'number' || how === 'plural' ? `{${name}}` : `{${name}:${how}}`,
  );
  return [...new Set(found)].sort().join(' ');
};

const readCatalogues = (folder: string): Catalogue[] =>
  readdirSync(folder).flatMap((file) => {
    const [, area, language] = /^(.+)\.([a-z]{2})\.json$/.exec(file) ?? [];
    if (area === undefined || language === undefined) return [];
    return [{ area, language, texts: JSON.parse(readFileSync(join(folder, file), 'utf8')) as Catalogue['texts'] }];
  });

if (import.meta.main) {
  const faults = findWordFaults(readCatalogues(join(resolve(import.meta.dirname, '../..'), 'shared/words')));
  for (const line of faults) process.stdout.write(`${line}\n`);
  process.exitCode = faults.length === 0 ? 0 : 1;
}
