/** What was found of each mistake, as it is kept and as `docs/evidence.md` shows it. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { SUBJECTS } from './list.ts'
import type { Mutant } from './mutant.ts'
import type { Swarmed } from './swarm.ts'
import type { CaughtByTest } from './units.ts'
import { SURVIVORS } from './survivors.ts'

export interface Kill {
  readonly name: string
  /** The first test that failed, null if none did. */
  readonly test: CaughtByTest | null
  readonly swarm: Swarmed | null
  /** In bare worlds, for mistakes in the core. */
  readonly bare?: Swarmed | null
}

export const KILLS = join(import.meta.dirname, 'kills.jsonl')

export function readKills(): ReadonlyMap<string, Kill> {
  const lines = readFileSync(KILLS, 'utf8').split('\n').filter(Boolean)
  const kills = lines.map((line) => JSON.parse(line) as Kill)
  return new Map(kills.map((kill) => [kill.name, kill]))
}

export function isCaught({ test, swarm, bare }: Kill): boolean {
  return test !== null || isFound(swarm) || isFound(bare)
}

function isFound(swarmed: Swarmed | null | undefined): boolean {
  return (swarmed?.law ?? null) !== null
}

/** The tables, one for each subject, and the numbers above them. */
export function tables(kills: ReadonlyMap<string, Kill>): string {
  return [numbers(kills), ...Object.entries(SUBJECTS).map(([subject, mutants]) => table(subject, mutants, kills))].join('\n\n')
}

function numbers(kills: ReadonlyMap<string, Kill>): string {
  const all = [...kills.values()]
  const byTest = all.filter(({ test }) => test !== null).length
  const bySwarm = all.filter(({ swarm }) => isFound(swarm)).length
  const byBare = all.filter(({ bare }) => isFound(bare)).length
  const inCore = all.filter(({ bare }) => bare != null).length
  const alive = all.filter((kill) => !isCaught(kill)).length
  return `Of ${all.length} mistakes ${byTest} fail a test, ${bySwarm} show in whole worlds, ${byBare} of ${inCore} in bare ones, and ${alive} survive, each for the reason given.`
}

function table(subject: string, mutants: readonly Mutant[], kills: ReadonlyMap<string, Kill>): string {
  const rows = mutants.map(({ name, source }) => {
    const kill = kills.get(name)
    const why = SURVIVORS[name]
    const test = kill === undefined ? '?' : kill.test === null ? (isCaught(kill) ? '-' : `survives: ${why}`) : describeTest(kill.test)
    return `| ${cell(name)} | ${cell(source)} | ${cell(test)} | ${describeSwarm(kill?.swarm)} | ${describeSwarm(kill?.bare)} |`
  })
  return [
    `#### ${subject}`,
    '',
    '| mistake | source | first test that fails | whole worlds | bare worlds |',
    '| --- | --- | --- | --- | --- |',
    ...rows,
  ].join('\n')
}

function describeTest({ file, title }: CaughtByTest): string {
  if (file === '') return title
  return `\`${file.replace(/^tests\/|\.test\.ts$/g, '')}\` ${title.split(' > ').at(-1)!}`
}

function describeSwarm(swarm: Swarmed | null | undefined): string {
  if (swarm == null) return ''
  return swarm.law === null ? `- (${swarm.seeds})` : `${swarm.seeds}: ${cell(swarm.law)}`
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|').replaceAll('\n', ' ')
}
