import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, normalize, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

import ts from 'typescript';

/** Root of the project. */
export const PROJECT = normalize(join(dirname(fileURLToPath(import.meta.url)), '..', '..'));

/** A TypeScript file of the project, read and parsed. */
export interface SourceFile {
  /** Relative to the project, with forward slashes. */
  readonly path: string;
  readonly text: string;
  /** Own modules it imports, as paths of the project, and packages by name. */
  readonly imports: readonly string[];
  readonly packages: readonly string[];
  /** Functions, methods and accessors with the lines they take. */
  readonly functions: readonly { readonly name: string; readonly line: number; readonly lineCount: number }[];
}

/** Files that git tracks or would track, relative to the project. */
export function projectFiles(): string[] {
  if (!existsSync(join(PROJECT, '.git'))) throw new Error('the tidy test reads the list of files from git');
  const output = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard'], {
    cwd: PROJECT,
    encoding: 'utf8',
  });
  return output
    .split('\n')
    .filter((path) => path !== '' && existsSync(join(PROJECT, path)))
    .sort();
}

/** The TypeScript files under some folders, parsed. */
export function sourceFiles(folders: readonly string[]): SourceFile[] {
  return projectFiles()
    .filter(
      (path) => path.endsWith('.ts') && folders.some((folder) => path.startsWith(`${folder}/`) || path === folder),
    )
    .map(read);
}

function read(path: string): SourceFile {
  const text = readFileSync(join(PROJECT, path), 'utf8');
  const tree = ts.createSourceFile(path, text, ts.ScriptTarget.ES2023, true);
  const specifiers = importSpecifiers(tree);
  return {
    path,
    text,
    imports: specifiers.filter((name) => name.startsWith('.')).map((name) => resolveImport(path, name)),
    packages: specifiers.filter((name) => !name.startsWith('.')),
    functions: functionsOf(tree),
  };
}

function importSpecifiers(tree: ts.SourceFile): string[] {
  const found: string[] = [];
  const visit = (node: ts.Node): void => {
    const specifier =
      ts.isImportDeclaration(node) || ts.isExportDeclaration(node)
        ? node.moduleSpecifier
        : ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword
          ? node.arguments[0]
          : undefined;
    if (specifier !== undefined && ts.isStringLiteral(specifier)) found.push(specifier.text);
    ts.forEachChild(node, visit);
  };
  visit(tree);
  return found;
}

function resolveImport(from: string, specifier: string): string {
  return relative('.', join(dirname(from), specifier))
    .replace(/\\/g, '/')
    .replace(/\.js$/, '.ts');
}

function functionsOf(tree: ts.SourceFile): SourceFile['functions'] {
  const found: { name: string; line: number; lineCount: number }[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isFunctionLike(node) && 'body' in node && node.body !== undefined) {
      const start = tree.getLineAndCharacterOfPosition(node.getStart(tree)).line;
      const end = tree.getLineAndCharacterOfPosition(node.getEnd()).line;
      const name = node.name === undefined ? 'function' : node.name.getText(tree);
      found.push({ name, line: start + 1, lineCount: end - start + 1 });
    }
    ts.forEachChild(node, visit);
  };
  visit(tree);
  return found;
}
