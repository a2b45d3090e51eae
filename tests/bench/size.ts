/** What a first visit downloads, each file compressed by itself, in kB. */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'

export function pageSize(dist: string): number {
  const files = [join(dist, 'index.html'), ...readdirSync(join(dist, 'assets')).map((name) => join(dist, 'assets', name))]
  return files.filter((file) => !file.endsWith('.map')).reduce((sum, file) => sum + gzipSync(readFileSync(file)).length, 0) / 1_024
}
