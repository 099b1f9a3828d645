import type { Statement, VariableDeclarator } from '@swc/core';
import { Visitor } from '@swc/core/Visitor.js';
import { cruise, type ICruiseResult, type IConfiguration } from 'dependency-cruiser';
import { createRequire } from 'node:module';
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';

/** Every import under `root` that breaks a rule of .dependency-cruiser.cjs, one line each. */
export const findForbiddenImports = async (root: string): Promise<string[]> => {
  const rules = createRequire(import.meta.url)('../../.dependency-cruiser.cjs') as IConfiguration;
  const folders = ['electron', 'shared', 'renderer', 'e2e'].filter((folder) => existsSync(join(root, folder)));
  const { options, ...ruleSet } = rules;
  const { output } = await cruise(folders, { ...options, baseDir: root, ruleSet, validate: true }, options?.enhancedResolveOptions);
  // The default output type is the result itself; a string comes only from the named reporters.
  const { violations } = (output as ICruiseResult).summary;
  const comments = new Map(ruleSet.forbidden?.map((rule) => [rule.name, rule.comment]));
  return violations.map(({ rule, from, to, cycle }) => {
    const path = cycle ? [from, ...cycle.map((step) => step.name)].join(' → ') : from === to ? from : `${from} → ${to}`;
    return `${rule.name}: ${path}\n    ${comments.get(rule.name) ?? ''}`;
  });
};

/*
 * dependency-cruiser reads TypeScript through this visitor, because its other parser needs a compiler API that TypeScript 7 does
 * not have. The visitor is older than `using` and throws at it.
 */
const visitKnown = Visitor.prototype.visitStatement;
Visitor.prototype.visitStatement = function visitStatement(this: Visitor, statement: Statement | UsingDeclaration): Statement {
  if (statement.type !== 'UsingDeclaration') return visitKnown.call(this, statement);
  this.visitVariableDeclarators(statement.decls);
  return { type: 'EmptyStatement', span: statement.span };
};

interface UsingDeclaration {
  type: 'UsingDeclaration';
  span: Statement['span'];
  decls: VariableDeclarator[];
}

if (import.meta.main) {
  const violations = await findForbiddenImports(resolve(import.meta.dirname, '../..'));
  for (const line of violations) process.stdout.write(`${line}\n`);
  process.exitCode = violations.length === 0 ? 0 : 1;
}
