/** The files of the project as they lie on disk, committed or not. */
import { readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Tree } from './source.ts'

const FOLDERS = ['shared', 'server', 'client', 'tests', 'scripts']
const TEXT = /\.(ts|mjs|svelte|css|html)$/

export function readTree(root: string): Tree {
  const paths = FOLDERS.flatMap((folder) => filesUnder(root, folder)).filter((path) => TEXT.test(path))
  return new Map(paths.map((path) => [path, readFileSync(join(root, path), 'utf8')]))
}

function filesUnder(root: string, folder: string): readonly string[] {
  return readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = `${folder}/${entry.name}`
    return entry.isDirectory() ? filesUnder(root, path) : [path]
  })
}
