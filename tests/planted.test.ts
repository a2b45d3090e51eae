/** svelte-check has been known to fall silent after an upgrade. Errors planted where it alone looks must be told. */
import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'

const root = join(import.meta.dirname, '..')
mkdirSync(join(root, 'artefacts'), { recursive: true })
const folder = mkdtempSync(join(root, 'artefacts', 'planted-'))
afterAll(() => rmSync(folder, { recursive: true }))

const PLANTED = {
  'Script.svelte': '<script lang="ts">\n  const count: number = "one"\n</script>\n{count}\n',
  'Markup.svelte': '<script lang="ts">\n  let { title }: { title: string } = $props()\n</script>\n{title.missing}\n',
  'Silent.svelte': '<img src="boat.png" />\n',
  'runes.svelte.ts': 'export const count: number = $state("one")\n',
  'plain.ts': 'export const count: number = "one"\n',
}

test(
  'svelte-check reports an error in a script, in markup, for those who cannot see, in runes and in plain code',
  { timeout: 60_000 },
  () => {
    const compilerOptions = { lib: ['ES2023', 'DOM'], types: ['svelte'] }
    writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify({ extends: '../../tsconfig.base.json', compilerOptions, include: ['.'] }))
    for (const [name, text] of Object.entries(PLANTED)) writeFileSync(join(folder, name), text)

    const program = join(root, 'node_modules', 'svelte-check', 'bin', 'svelte-check')
    const args = ['--workspace', folder, '--tsconfig', join(folder, 'tsconfig.json'), '--fail-on-warnings', '--output', 'machine']
    const { status, stdout } = spawnSync(process.execPath, [program, ...args], { encoding: 'utf8' })

    expect(status).not.toBe(0)
    for (const name of Object.keys(PLANTED)) expect(stdout).toMatch(new RegExp(`(ERROR|WARNING) ".*${name}"`))
  },
)
