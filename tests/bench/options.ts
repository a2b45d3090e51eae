/** `npm run bench -- [--json] [--closings 30] [--entries 100000] [--only core,tabs]`. */
import { parseArgs } from 'node:util'

const PARTS = ['sim', 'core', 'tabs', 'y', 'crashes', 'join', 'machines'] as const
export type Part = (typeof PARTS)[number]

export interface Options {
  /** One object on the last line. */
  readonly json: boolean
  /** How often the leader's tab is closed, and how often it crashes in each way. */
  readonly closings: number
  /** How long the log of a long list is. */
  readonly entries: number
  readonly parts: ReadonlySet<Part>
}

/** Throws for what it does not know. */
export function readOptions(args: readonly string[]): Options {
  const { values } = parseArgs({
    args: [...args],
    options: {
      json: { type: 'boolean', default: false },
      closings: { type: 'string', default: '30' },
      entries: { type: 'string', default: '100000' },
      only: { type: 'string' },
    },
  })
  const { json, closings, entries, only } = values
  return {
    json,
    closings: countOf('--closings', closings),
    entries: countOf('--entries', entries),
    parts: new Set(only?.split(',').map(partOf) ?? PARTS),
  }
}

function countOf(option: string, value: string): number {
  const count = Number(value)
  if (!Number.isInteger(count) || count < 1) throw new Error(`${option} ${value} is no count`)
  return count
}

function partOf(name: string): Part {
  const part = PARTS.find((known) => known === name)
  if (part === undefined) throw new Error(`--only: ${name} is none of ${PARTS.join(', ')}`)
  return part
}
