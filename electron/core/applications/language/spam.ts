import type { Application } from '../../ports.ts';
import { InputError } from '../input-error.ts';
import { bothClasses, labelItem, type LabelItem } from '../labels.ts';
import { spamManifest, spamModel } from '../manifests.ts';
import { readInput } from '../read-input.ts';
import { float32Tensor, float32Values } from '../tensor.ts';
import { hashSize, hashWords } from './hash-words.ts';
import { mailText } from './mail-text.ts';

const fileLimitBytes = 20 * 1024 * 1024;

/** Whether a text, such as an e-mail, is spam. */
export const spam: Application = {
  manifest: spamManifest,
  run: async (context) => {
    const session = await context.session(spamModel);
    const items: LabelItem[] = [];
    for (const file of context.files) {
      const { vector, words } = hashWords(mailText(await readInput(file, fileLimitBytes), file.name));
      if (words === 0) throw new InputError({ code: 'text-without-words', values: { file: file.name } });
      const { p } = await session.run({ x: float32Tensor(vector, [1, hashSize]) });
      items.push(labelItem(file.name, ['not spam', 'spam'], bothClasses(float32Values(p)[0] ?? 0)));
      context.progress({ done: items.length, total: context.files.length });
    }
    return { result: { kind: 'labels', items }, artifacts: [] };
  },
};
