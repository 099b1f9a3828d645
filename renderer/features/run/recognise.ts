import type { ApplicationManifest } from '../../../shared/model/application.ts';

/** One thing that can be done with the files given. */
export type Proposal =
  /** A model, and the files that may be its inputs. */
  | { kind: 'model'; model: number; inputs: readonly number[] }
  /** An application with the files it takes; one job for all of them, or one for each. */
  | { kind: 'application'; application: string; files: readonly number[]; jobs: number };

const tensorExtensions = ['.npy', '.json', '.pb'];

/** What can be done with files of these names, the likeliest first; files are named by their place. */
export const recognise = (names: readonly string[], applications: readonly ApplicationManifest[]): readonly Proposal[] => {
  const places = names.map((_, place) => place);
  const ending = (place: number) => extensionOf(names[place] ?? '');
  const models = places.filter((place) => ending(place) === '.onnx');
  const inputs = places.filter((place) => tensorExtensions.includes(ending(place)));
  const proposals: Proposal[] = models.map((model) => ({ kind: 'model', model, inputs }));
  const taken = applications
    .map(({ id, accepts, manyFiles }) => {
      const files = places.filter((place) => accepts.includes(ending(place)));
      return { kind: 'application' as const, application: id, files, jobs: manyFiles ? 1 : files.length };
    })
    .filter(({ files }) => files.length > 0);
  // Sorting is stable: applications that take as many files stay in the order of the core.
  return [...proposals, ...taken.sort((a, b) => b.files.length - a.files.length)];
};

/** ".png" of "Note 1.PNG"; nothing without one. */
export const extensionOf = (name: string): string => /\.[^./\\]+$/.exec(name)?.[0].toLowerCase() ?? '';

const knownTypes: Readonly<Record<string, string>> = {
  'image/png': '.png',
  'image/jpeg': '.jpg',
  'image/webp': '.webp',
  'image/bmp': '.bmp',
  'image/gif': '.gif',
  'image/tiff': '.tiff',
  'audio/wav': '.wav',
  'audio/x-wav': '.wav',
  'audio/vnd.wave': '.wav',
  'text/csv': '.csv',
  'application/json': '.json',
  'text/plain': '.txt',
};

/** A name to recognise a dragged file by: while it is dragged a browser tells its type only. */
export const nameOfType = (type: string): string => `dragged${knownTypes[type] ?? ''}`;

/** Which file goes into which input: by its name without the extension, or the only one into the only input. */
export const matchInputs = (inputs: readonly string[], names: readonly string[]): readonly (number | undefined)[] => {
  const stems = names.map((name) => name.replace(/\.[^.]+$/, '').toLowerCase());
  const matched = inputs.map((input) => {
    const place = stems.indexOf(input.toLowerCase());
    return place < 0 ? undefined : place;
  });
  return inputs.length === 1 && names.length === 1 ? [0] : matched;
};
