import { createElement } from 'react';
import { renderToStaticMarkup } from 'react-dom/server';
import { expect, test } from 'vitest';
import { CoreBars } from './core-bars.tsx';

test.each([2, 64, 256])('%d cores have a bar each, as tall as they are busy', (cores) => {
  const percents = Array.from({ length: cores }, (_, core) => (core * 7) % 101);
  const markup = renderToStaticMarkup(createElement(CoreBars, { percents, label: 'cores' }));
  const heights = [...markup.matchAll(/height:([\d.]+)%/g)].map(([, height]) => Number(height));
  expect(heights).toEqual(percents);
});
