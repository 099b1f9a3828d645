import { bothClasses } from '../labels.ts';
import { tumourManifest, tumourModel } from '../manifests.ts';
import { rowApplication } from './classify-rows.ts';

const measures = [
  'radius',
  'texture',
  'perimeter',
  'area',
  'smoothness',
  'compactness',
  'concavity',
  'concave points',
  'symmetry',
  'fractal dimension',
];

/** The columns of the Wisconsin diagnostic data, in the model's order. */
export const tumourFeatures: readonly string[] = [
  ...measures.map((measure) => `mean ${measure}`),
  ...measures.map((measure) => `${measure} error`),
  ...measures.map((measure) => `worst ${measure}`),
];

/** Whether a tumour is benign, from 30 measures of its cell nuclei. A demonstration, not a medical device. */
export const tumour = rowApplication({
  manifest: tumourManifest,
  model: tumourModel,
  features: tumourFeatures,
  classes: ['malignant', 'benign'],
  scores: (outputs) => bothClasses(outputs[0] ?? 0),
});
