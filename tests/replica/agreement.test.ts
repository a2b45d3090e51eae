import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { commandId } from '../../shared/list/commands.ts'
import type { Command, CommandResult } from '../../shared/list/commands.ts'
import { List } from '../../shared/list/list.ts'
import { ListMachine } from '../../shared/list/machine.ts'
import { snapshot } from '../../shared/list/snapshot.ts'
import type { ReplicaEntry } from '../../shared/replica/machine.ts'
import { Replica } from '../../shared/replica/replica.ts'
import { anyCommand, SESSIONS } from '../list/arbitrary.ts'
import { ENDLESS } from './log.ts'

const pack = (value: unknown) => new TextEncoder().encode(JSON.stringify(value))
const unpack = (bytes: Uint8Array) => ({ ok: true, value: JSON.parse(new TextDecoder().decode(bytes)) as unknown }) as const

function replica() {
  const machine = new ListMachine(unpack)
  return { machine, replica: new Replica<CommandResult>(machine, { min: 1, max: 1 }, { every: Infinity, hash: pack }, ENDLESS) }
}

/** What three clients gave, and in which order their sendings, repeats and strays came to stand in the log. */
const clients = fc.record({
  commands: fc.tuple(...SESSIONS.map(() => fc.array(anyCommand, { minLength: 1, maxLength: 15 }))),
  sendings: fc.array(
    fc.record({ session: fc.nat({ max: SESSIONS.length - 1 }), seq: fc.integer({ min: 1, max: 15 }), settles: fc.nat({ max: 15 }) }),
    {
      maxLength: 120,
      size: 'max',
    },
  ),
  snapshots: fc.array(fc.nat({ max: 120 }), { maxLength: 4 }),
})

interface Sending {
  readonly session: number
  readonly seq: number
  readonly settles: number
}

function entries(commands: readonly (readonly Command[])[], sendings: readonly Sending[]): readonly ReplicaEntry[] {
  const sent = sendings.filter(({ session, seq }) => seq <= commands[session]!.length)
  return sent.map(({ session, seq, settles }, at) => {
    const header = { session: SESSIONS[session]!, seq, settled: Math.min(settles, seq - 1) }
    return { index: at + 1, time: at, body: { type: 'command', command: { header, bytes: pack(commands[session]![seq - 1]) } } }
  })
}

/** Exactly once, said in the plainest way: the first of each number that follows the one before. */
function applyOnce(commands: readonly (readonly Command[])[], sendings: readonly Sending[]) {
  const list = new List()
  const results = new Map<string, CommandResult>()
  const last = SESSIONS.map(() => 0)
  for (const { session, seq } of sendings) {
    const command = commands[session]![seq - 1]
    if (command === undefined || seq !== last[session]! + 1) continue
    last[session] = seq
    const id = commandId(SESSIONS[session]!, seq)
    results.set(id, list.apply(1, command, { id }))
  }
  return { list, results }
}

describe('two replicas of one log', () => {
  test('agree on every outcome and on the list, repeats, strays and snapshots notwithstanding; each command counts once', () => {
    const outcomes = new Set<string>()
    fc.assert(
      fc.property(clients, ({ commands, sendings, snapshots }) => {
        const one = replica()
        let other = replica()
        const once = applyOnce(commands, sendings)
        for (const entry of entries(commands, sendings)) {
          if (snapshots.includes(entry.index)) {
            const plain: unknown = JSON.parse(JSON.stringify(other.replica.snapshot()))
            other = replica()
            expect(other.replica.restore(plain)).toBe(true)
          }
          const outcome = one.replica.applyEntry(entry)
          expect(other.replica.applyEntry(entry)).toEqual(outcome)
          outcomes.add(outcome.type)
          if (outcome.type === 'applied' || outcome.type === 'repeated') {
            expect(outcome.result).toEqual(once.results.get(commandId(outcome.session, outcome.seq)))
          }
        }
        expect(JSON.stringify(other.replica.snapshot())).toBe(JSON.stringify(one.replica.snapshot()))
        expect(snapshot(one.machine.list)).toEqual(snapshot(once.list))
      }),
      { seed: 5, numRuns: 150 },
    )
    expect([...outcomes].sort()).toEqual(['applied', 'gap', 'repeated', 'settled'])
  })
})
