import type { ApplicationManifest } from '../../../shared/model/application.ts';

/*
 * What every application says of itself; loads anywhere, without onnxruntime. Models and other resources are named by their path
 * within resources/models; those under gathered/ come from npm packages (npm run models).
 */
const pictures = ['.png', '.jpg', '.jpeg', '.webp', '.tif', '.tiff', '.gif'];
const tables = ['.csv', '.tsv', '.json'];

export const ocrModels = {
  detection: 'gathered/ocr/ch_PP-OCRv4_det_infer.onnx',
  orientation: 'gathered/ocr/ch_ppocr_mobile_v2.0_cls_infer.onnx',
  recognition: 'gathered/ocr/ch_PP-OCRv4_rec_infer.onnx',
  dictionary: 'gathered/ocr/ppocr_keys_v1.txt',
} as const;

export const ocrManifest: ApplicationManifest = {
  id: 'ocr',
  accepts: pictures,
  manyFiles: true,
  models: [ocrModels.detection, ocrModels.orientation, ocrModels.recognition],
};

export const ocrLineManifest: ApplicationManifest = {
  id: 'ocr-line',
  accepts: pictures,
  manyFiles: true,
  models: [ocrModels.recognition],
};

export const vadModel = 'gathered/vad/silero_vad_v6.onnx';
export const vadManifest: ApplicationManifest = { id: 'vad', accepts: ['.wav'], manyFiles: true, models: [vadModel] };

export const digitsModel = 'digits_cnn.onnx';
export const digitsManifest: ApplicationManifest = { id: 'digits', accepts: pictures, manyFiles: true, models: [digitsModel] };

export const spamModel = 'spam_hash_lr.onnx';
export const spamManifest: ApplicationManifest = { id: 'spam', accepts: ['.txt', '.eml', '.md'], manyFiles: true, models: [spamModel] };

export const tumourModel = 'breast_cancer_mlp.onnx';
export const tumourManifest: ApplicationManifest = { id: 'tumour', accepts: tables, manyFiles: true, models: [tumourModel] };

export const wineModel = 'wine_mlp.onnx';
export const wineManifest: ApplicationManifest = { id: 'wine', accepts: tables, manyFiles: true, models: [wineModel] };

/** Every application, in the order in which shells show them. */
export const manifests: readonly ApplicationManifest[] = [
  ocrManifest,
  ocrLineManifest,
  vadManifest,
  digitsManifest,
  spamManifest,
  tumourManifest,
  wineManifest,
];
