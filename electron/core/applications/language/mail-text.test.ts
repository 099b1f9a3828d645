import { expect, test } from 'vitest';
import { mailText } from './mail-text.ts';

const read = (text: string | Uint8Array): string => mailText(Buffer.from(text), 'mail.txt');

test('of a mail only subject and body are read', () => {
  const mail = 'From me Mon\r\nReceived: by free money\r\n\tfolded\r\nSubject: Hello there\r\nX-Spam: yes\r\n\r\nThe body.\r\n';
  expect(read(mail)).toBe('Hello there\n\n\nThe body.\n');
});

test('a mail that ends after its headers is its subject', () => {
  expect(read('Subject: All of it\nTo: you')).toBe('All of it\n');
});

test('a text that merely mentions a subject is read whole', () => {
  const text = 'Dear all,\nSubject: nothing\n\nBye';
  expect(read(text)).toBe(text);
});

test('bytes that are no UTF-8 fall away, and UTF-16 with a mark is understood', () => {
  expect(read(Buffer.from([0x61, 0xff, 0x62]))).toBe('ab');
  expect(read(Buffer.from('\uFEFFwin money', 'utf16le'))).toBe('win money');
});

test('a binary file is called damaged', () => {
  expect(() => read(Buffer.from([1, 0, 2]))).toThrow('mail.txt is not a readable text file: it holds bytes that are not text.');
});
