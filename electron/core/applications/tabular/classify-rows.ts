import { rowLimit, type ApplicationManifest } from '../../../../shared/model/application.ts';
import type { Application, ApplicationContext, NewArtifact } from '../../ports.ts';
import { InputError } from '../input-error.ts';
import { labelItem, type LabelItem } from '../labels.ts';
import { readInput } from '../read-input.ts';
import { float32Tensor, float32Values } from '../tensor.ts';
import { parseTable, type NumberRow } from './parse-table.ts';

/** What tells one tabular model from another. */
export interface RowClassifier {
  readonly manifest: ApplicationManifest;
  readonly model: string;
  readonly features: readonly string[];
  readonly classes: readonly string[];
  /** The score of every class from the outputs of one row. */
  scores(outputs: Float32Array): ArrayLike<number>;
}

const fileLimitBytes = 20 * 1024 * 1024;
const batchRows = 256;

/** An application that gives one prediction for each row of its tables. */
export const rowApplication = (classifier: RowClassifier): Application => ({
  manifest: classifier.manifest,
  run: async (context) => {
    const rows = await readRows(context, classifier.features);
    const items = await predict(context, classifier, rows);
    return { result: { kind: 'labels', items }, artifacts: [predictionsFile(classifier.classes, items)] };
  },
});

interface FileRow extends NumberRow {
  readonly file: string;
}

const readRows = async (context: ApplicationContext, features: readonly string[]): Promise<FileRow[]> => {
  const all: FileRow[] = [];
  for (const file of context.files) {
    const text = new TextDecoder().decode(await readInput(file, fileLimitBytes));
    all.push(...parseTable(text, file.name, features).map((row) => ({ ...row, file: file.name })));
    if (all.length > rowLimit)
      throw new InputError({ code: 'rows-too-many', values: { file: file.name, rows: all.length, limit: rowLimit } });
  }
  return all;
};

const predict = async (context: ApplicationContext, classifier: RowClassifier, rows: readonly FileRow[]): Promise<LabelItem[]> => {
  const session = await context.session(classifier.model);
  const width = classifier.features.length;
  const items: LabelItem[] = [];
  for (let start = 0; start < rows.length; start += batchRows) {
    const batch = rows.slice(start, start + batchRows);
    const x = Float32Array.from(batch.flatMap((row) => row.values));
    const outputs = float32Values((await session.run({ x: float32Tensor(x, [batch.length, width]) }))['probs']);
    const perRow = outputs.length / batch.length;
    items.push(
      ...batch.map((row, index) =>
        labelItem(row.file, classifier.classes, classifier.scores(outputs.subarray(index * perRow, (index + 1) * perRow)), row.line),
      ),
    );
    context.progress({ done: items.length, total: rows.length });
  }
  return items;
};

const predictionsFile = (classes: readonly string[], items: readonly LabelItem[]): NewArtifact => {
  const header = ['file', 'row', 'prediction', ...classes].map(csvCell).join(',');
  const lines = items.map((item) => {
    const scores = classes.map((name) => (item.labels.find(({ label }) => label === name)?.score ?? 0).toFixed(6));
    return [csvCell(item.file), item.row ?? '', csvCell(item.best), ...scores].join(',');
  });
  return { name: 'predictions.csv', mediaType: 'text/csv', joined: 'table', bytes: Buffer.from(`${[header, ...lines].join('\n')}\n`) };
};

const csvCell = (text: string): string => (/[",\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
