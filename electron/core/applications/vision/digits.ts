import type { Application } from '../../ports.ts';
import { InputError } from '../input-error.ts';
import { labelItem, type LabelItem } from '../labels.ts';
import { digitsManifest, digitsModel } from '../manifests.ts';
import { float32Tensor, float32Values } from '../tensor.ts';
import { digitSide, findDigit } from './find-digit.ts';
import { openPicture } from './picture.ts';

const digitNames = ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9'];

/** Which digit a picture shows. */
export const digits: Application = {
  manifest: digitsManifest,
  run: async (context) => {
    const session = await context.session(digitsModel);
    const items: LabelItem[] = [];
    for (const file of context.files) {
      const image = findDigit(await openPicture(file));
      if (image === undefined) throw new InputError({ code: 'picture-blank', values: { file: file.name } });
      const { probs } = await session.run({ image: float32Tensor(image, [1, 1, digitSide, digitSide]) });
      items.push(labelItem(file.name, digitNames, float32Values(probs)));
      context.progress({ done: items.length, total: context.files.length });
    }
    return { result: { kind: 'labels', items }, artifacts: [] };
  },
};
