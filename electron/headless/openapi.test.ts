import { describe, expect, test } from 'vitest';
import { contract } from '../../shared/contract/index.ts';
import { generateOpenApi } from './openapi.ts';

interface Operation {
  readonly operationId: string;
  readonly summary?: string;
  readonly parameters?: readonly { readonly name: string; readonly in: string; readonly required?: boolean }[];
  readonly responses: Readonly<Record<string, unknown>>;
}

interface Document {
  readonly openapi: string;
  readonly info: { readonly title: string };
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, unknown>> };
}

const document = JSON.parse(JSON.stringify(await generateOpenApi())) as Document;
const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, operation]) => ({ path, method, operation })),
);

const references = (value: unknown): string[] => {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, child]) => (key === '$ref' && typeof child === 'string' ? [child] : references(child)));
};

describe('the OpenAPI document', () => {
  test('describes every call of the contract once, and the two that carry bytes', () => {
    const calls = Object.entries(contract).flatMap(([area, members]) => Object.keys(members).map((call) => `${area}.${call}`));
    expect(operations.map(({ operation }) => operation.operationId).toSorted()).toEqual(
      [...calls, 'artifacts.read', 'files.upload'].toSorted(),
    );
  });

  test('says in a sentence what each of them does', () => {
    const wordless = operations.filter(({ operation }) => !/^[A-Z].{10,}\.$/.test(operation.summary ?? ''));
    expect(wordless.map(({ operation }) => operation.operationId)).toEqual([]);
  });

  test('is of version 3.1 and every reference in it leads somewhere', () => {
    expect(document.openapi).toMatch(/^3\.1\./);
    const targets = new Set(references(document));
    expect(targets.size).toBeGreaterThan(5);
    for (const target of targets) expect(document.components.schemas).toHaveProperty([target.replace('#/components/schemas/', '')]);
  });

  test('names every parameter of a path, and only those', () => {
    for (const { path, operation } of operations) {
      const inPath = [...path.matchAll(/\{(\w+)\}/g)].map((match) => match[1]);
      const named = (operation.parameters ?? []).filter((parameter) => parameter.in === 'path');
      expect(named.map((parameter) => parameter.name)).toEqual(inPath);
      expect(named.every((parameter) => parameter.required)).toBe(true);
    }
  });

  test('says how every call can fail', () => {
    for (const { path, method, operation } of operations) {
      const statuses = Object.keys(operation.responses);
      expect(
        statuses.some((status) => status.startsWith('2')),
        `${method} ${path}`,
      ).toBe(true);
      if (!path.startsWith('/files') && !path.startsWith('/artifacts'))
        expect(statuses).toEqual(expect.arrayContaining(['400', '401', '404', '422']));
    }
  });
});
