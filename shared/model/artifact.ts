import * as z from 'zod';

/** A result of a job: bytes stored once under their sha256. */
export const Artifact = z.object({
  /** Relative path within the result, with forward slashes. */
  name: z.string(),
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
  bytes: z.int().nonnegative(),
  mediaType: z.string(),
});
export type Artifact = z.infer<typeof Artifact>;

/** One output tensor of an ONNX job; `file` names the artifact that holds it as .npy. */
export const TensorOutput = z.object({
  name: z.string(),
  file: z.string(),
  dtype: z.string(),
  shape: z.array(z.int().nonnegative()),
});
export type TensorOutput = z.infer<typeof TensorOutput>;
