import { wineManifest, wineModel } from '../manifests.ts';
import { rowApplication } from './classify-rows.ts';

/** The columns of the UCI wine data, in the model's order. */
export const wineFeatures = [
  'alcohol',
  'malic_acid',
  'ash',
  'alcalinity_of_ash',
  'magnesium',
  'total_phenols',
  'flavanoids',
  'nonflavanoid_phenols',
  'proanthocyanins',
  'color_intensity',
  'hue',
  'od280/od315_of_diluted_wines',
  'proline',
] as const;

/** Which of three cultivars a wine is, from 13 assays. */
export const wine = rowApplication({
  manifest: wineManifest,
  model: wineModel,
  features: wineFeatures,
  classes: ['cultivar 1', 'cultivar 2', 'cultivar 3'],
  scores: (outputs) => outputs,
});
