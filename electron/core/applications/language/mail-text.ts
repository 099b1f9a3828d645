import { InputError } from '../input-error.ts';

/** What the spam model reads of a file: of a mail its subject and body, since the other headers were not in its training. */
export const mailText = (bytes: Uint8Array, file: string): string => {
  const text = decodeText(bytes);
  if (text.includes('\0')) {
    throw new InputError({ code: 'file-damaged', values: { file, kind: 'text', detail: 'it holds bytes that are not text.' } });
  }
  return subjectAndBody(text.replaceAll('\r\n', '\n'));
};

/** Bytes that are no UTF-8 fall away, as they did in training. */
const decodeText = (bytes: Uint8Array): string => {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return new TextDecoder('utf-16le').decode(bytes);
  return new TextDecoder().decode(bytes).replaceAll('\uFFFD', '');
};

const headerLine = /^(?:[\w-]+:|[ \t]|From )/;

const subjectAndBody = (text: string): string => {
  const end = text.indexOf('\n\n');
  const head = end < 0 ? text : text.slice(0, end);
  const subject = /^Subject: (.*)$/m.exec(head)?.[1];
  if (subject === undefined || !head.split('\n').every((line) => headerLine.test(line))) return text;
  return `${subject}\n${end < 0 ? '' : text.slice(end)}`;
};
