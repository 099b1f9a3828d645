import { expect, test } from 'vitest';
import { contentSecurityPolicy } from './content-security-policy.ts';

const directives = Object.fromEntries(
  contentSecurityPolicy.split('; ').map((directive) => {
    const [name = '', ...sources] = directive.split(' ');
    return [name, sources];
  }),
);

test('what no directive names is refused', () => {
  expect(directives['default-src']).toEqual(["'none'"]);
});

test('scripts and styles come from the own origin only', () => {
  expect(directives['script-src']).toEqual(["'self'"]);
  expect(directives['style-src']).toEqual(["'self'"]);
});

test('nothing inline, evaluated or from another host is let in anywhere', () => {
  const sources = new Set(Object.values(directives).flat());
  expect([...sources].sort()).toEqual(["'none'", "'self'", 'blob:', 'data:']);
  expect([...directives['connect-src']!]).toEqual(["'self'"]);
});

test('the page cannot be framed, cannot be rebased and cannot post a form', () => {
  for (const name of ['frame-ancestors', 'base-uri', 'form-action', 'object-src']) expect(directives[name]).toEqual(["'none'"]);
});
