import * as z from 'zod';
import { TensorOutput } from './artifact.ts';

/** What an application says of itself, known in every process. */
export const ApplicationManifest = z.object({
  id: z.string(),
  /** Extensions it takes, lower case with the dot. */
  accepts: z.array(z.string()),
  /** Whether several files are one job. */
  manyFiles: z.boolean(),
  models: z.array(z.string()),
});
export type ApplicationManifest = z.infer<typeof ApplicationManifest>;

const Point = z.tuple([z.number(), z.number()]);

/** A line of text found in a picture; the corners run clockwise from the top left, in pixels of the original picture. */
const TextLine = z.object({ text: z.string(), score: z.number(), corners: z.array(Point).length(4) });
/** A stretch of sound that holds speech. */
const SpeechSegment = z.object({ startSeconds: z.number(), endSeconds: z.number(), score: z.number() });
const LabelScore = z.object({ label: z.string(), score: z.number() });

/** Rows of tables that one job takes: its result travels in one message and is drawn as one table. */
export const rowLimit = 10_000;

/** What a job found, in a form that every shell can show. Items stand in the order of the files given. */
export const JobResult = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('tensors'), outputs: z.array(TensorOutput) }),
  z.object({
    kind: z.literal('text'),
    items: z.array(
      z.object({
        file: z.string(),
        width: z.int(),
        height: z.int(),
        /** Name of the artifact that shows the picture; large batches keep none. */
        image: z.string().exactOptional(),
        lines: z.array(TextLine),
      }),
    ),
  }),
  z.object({
    kind: z.literal('speech'),
    items: z.array(
      z.object({
        file: z.string(),
        seconds: z.number(),
        sampleRate: z.number(),
        /** Loudest absolute sample (0 to 1) in each of equal slices of the sound, for drawing. */
        peaks: z.array(z.number()),
        /** Speech probability of each 32 ms window, averaged to the same slices as `peaks`. */
        probabilities: z.array(z.number()),
        /** Name of the artifact that holds the sound; large batches keep none. */
        sound: z.string().exactOptional(),
        segments: z.array(SpeechSegment),
      }),
    ),
  }),
  z.object({
    kind: z.literal('labels'),
    items: z.array(
      z.object({ file: z.string(), row: z.int().nonnegative().exactOptional(), best: z.string(), labels: z.array(LabelScore) }),
    ),
  }),
]);
export type JobResult = z.infer<typeof JobResult>;
