/** How many columns of a terminal a text takes: Chinese, Japanese and Korean characters and emoji take two, marks none. */
export const textWidth = (text: string): number => {
  if (isPlain(text)) return text.length;
  let width = 0;
  for (const { segment } of segmenter().segment(text)) width += clusterWidth(segment);
  return width;
};

/** The text in at most so many columns; what is left out is shown by an ellipsis. */
export const fitText = (text: string, columns: number): string => {
  if (textWidth(text) <= columns) return text;
  if (columns < 1) return '';
  let kept = '';
  let width = 0;
  for (const { segment } of segmenter().segment(text)) {
    width += clusterWidth(segment);
    if (width > columns - 1) break;
    kept += segment;
  }
  return `${kept}…`;
};

/** A name made by someone else on one line: control characters would move the cursor or change the terminal. */
export const oneLine = (text: string): string => text.replace(/[\p{Cc}\u2028\u2029]+/gu, ' ').trim();

const isPlain = (text: string): boolean => /^[\x20-\x7e]*$/.test(text);

let shared: Intl.Segmenter | undefined;
/** Made at first use: it costs some milliseconds, and most texts are plain. */
const segmenter = (): Intl.Segmenter => (shared ??= new Intl.Segmenter(undefined, { granularity: 'grapheme' }));

const wide =
  /^(?:\p{Emoji_Presentation}|.\ufe0f|[\u1100-\u115f\u2329\u232a\u2e80-\u303e\u3041-\ua4cf\ua960-\ua97f\uac00-\ud7a3\uf900-\ufaff\ufe10-\ufe19\ufe30-\ufe6f\uff01-\uff60\uffe0-\uffe6]|[\u{16fe0}-\u{18aff}\u{1b000}-\u{1b2ff}\u{1f300}-\u{1f64f}\u{1f900}-\u{1f9ff}\u{20000}-\u{3fffd}])/su;

const clusterWidth = (cluster: string): number => {
  if (/^[\p{Mn}\p{Me}\p{Cf}\p{Cc}]/u.test(cluster)) return 0;
  return wide.test(cluster) ? 2 : 1;
};
