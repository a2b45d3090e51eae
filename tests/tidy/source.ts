/** What a source file says about itself: whom it imports and which words it uses. Read from the syntax tree, so a comment is no import. */
import { posix } from 'node:path'
import ts from 'typescript'

/** Path from the project's root, with forward slashes, to the text of every file that is ours. */
export type Tree = ReadonlyMap<string, string>

export interface Import {
  readonly from: string
  readonly line: number
  /** A file of ours (its path) or somebody's package (its name, `node:` for what Node brings). */
  readonly target: { readonly file: string } | { readonly package: string }
}

export interface Source {
  readonly path: string
  readonly imports: readonly Import[]
  /** Names used as values or types, and keywords; `.name` for a property. */
  readonly words: readonly Word[]
}

interface Word {
  readonly word: string
  /** Found when asked for: there are many words, and few are wrong. */
  readonly line: () => number
}

export function readSource(path: string, text: string): Source {
  const code = path.endsWith('.svelte') ? scriptsOf(text) : text
  const file = ts.createSourceFile(path, code, ts.ScriptTarget.ES2023, true)
  const imports: Import[] = []
  const words: Word[] = []
  const visit = (node: ts.Node): void => {
    const line = (): number => file.getLineAndCharacterOfPosition(node.getStart(file)).line + 1
    const specifier = specifierOf(node)
    if (specifier !== null) imports.push({ from: path, line: line(), target: targetOf(path, specifier) })
    const word = wordOf(node)
    if (word !== null) words.push({ word, line })
    ts.forEachChild(node, visit)
  }
  visit(file)
  return { path, imports, words }
}

/** Everything outside the scripts becomes blank, so that lines keep their numbers. */
function scriptsOf(text: string): string {
  const blank = (part: string): string => part.replaceAll(/[^\n]/g, ' ')
  let code = ''
  let end = 0
  for (const match of text.matchAll(/(<script\b[^>]*>)(.*?)<\/script>/gs)) {
    const start = match.index + match[1]!.length
    code += blank(text.slice(end, start)) + match[2]!
    end = start + match[2]!.length
  }
  return code + blank(text.slice(end))
}

function specifierOf(node: ts.Node): string | null {
  if (ts.isImportDeclaration(node) || ts.isExportDeclaration(node)) return textOf(node.moduleSpecifier)
  if (ts.isImportTypeNode(node)) return ts.isLiteralTypeNode(node.argument) ? textOf(node.argument.literal) : null
  if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword) return textOf(node.arguments[0])
  // new URL('./worker.ts', import.meta.url): how a page names its Worker.
  if (ts.isNewExpression(node) && node.expression.getText() === 'URL' && node.arguments?.[1]?.getText() === 'import.meta.url') {
    const url = textOf(node.arguments[0])
    return url?.startsWith('.') === true ? url : null
  }
  return null
}

const textOf = (node: ts.Node | undefined): string | null => (node !== undefined && ts.isStringLiteralLike(node) ? node.text : null)

function targetOf(path: string, specifier: string): Import['target'] {
  if (specifier.startsWith('.')) return { file: posix.join(posix.dirname(path), specifier.split('?')[0]!) }
  if (specifier.startsWith('node:')) return { package: 'node:' }
  const parts = specifier.split('/')
  return { package: parts.slice(0, specifier.startsWith('@') ? 2 : 1).join('/') }
}

function wordOf(node: ts.Node): string | null {
  if (node.kind === ts.SyntaxKind.AsyncKeyword) return 'async'
  if (ts.isAwaitExpression(node) || (ts.isForOfStatement(node) && node.awaitModifier !== undefined)) return 'await'
  if (ts.isExportAssignment(node) || node.kind === ts.SyntaxKind.DefaultKeyword) return isDefaultExport(node) ? 'export default' : null
  if (ts.isElementAccessExpression(node)) return pair(node.expression, textOf(node.argumentExpression))
  if (!ts.isIdentifier(node)) return null
  const { parent } = node
  if (ts.isPropertyAccessExpression(parent) && parent.name === node) return pair(parent.expression, node.text)
  if ((ts.isPropertyAssignment(parent) || ts.isPropertySignature(parent)) && parent.name === node) return null
  // `const { random } = Math` would take it unseen, so Math alone is a word too.
  if (node.text === 'Math' && !ts.isPropertyAccessExpression(parent) && !ts.isElementAccessExpression(parent)) return 'Math'
  return node.text === 'Math' ? null : node.text
}

function isDefaultExport(node: ts.Node): boolean {
  return ts.isExportAssignment(node) ? node.isExportEquals !== true : !ts.isDefaultClause(node.parent)
}

/** `Math.random` is a word of its own; of everything else only the property counts. */
function pair(of: ts.Expression, property: string | null): string | null {
  if (property === null) return null
  return of.getText() === 'Math' ? `Math.${property}` : `.${property}`
}
