import { describe, expect, test } from 'vitest'
import { Gate } from '../../shared/host/gate.ts'
import { Log } from '../../shared/raft/log.ts'
import { NO_READS, NOTHING_DURABLE, start } from '../../shared/raft/node.ts'
import type { RaftNode } from '../../shared/raft/node.ts'
import type { Input } from '../../shared/raft/step.ts'
import type { Command, Entry } from '../../shared/raft/types.ts'
import { ROOMY } from '../support/settings.ts'

const command = (session: string, seq: number, bytes = Uint8Array.of(1)): Command => ({
  header: { session, seq, settled: 0 },
  bytes,
  signature: null,
})
const entry = (index: number, body: Command): Entry => ({ index, term: 1, time: 0, body: { type: 'command', command: body } })

function leader(term: number, commands: readonly Command[] = []): RaftNode {
  const follower = start('L', NOTHING_DURABLE, ROOMY, { now: 0, random: 0 })
  const log = Log.of(commands.map((one, k) => entry(k + 1, one)))
  return {
    ...follower,
    currentTerm: term,
    log,
    role: {
      name: 'leader',
      progress: new Map(),
      heartbeatDue: 0,
      beats: [],
      stampedAt: 0,
      transfer: null,
      reads: NO_READS,
      deadline: 2_000,
      graced: false,
    },
  }
}

const gate = (applied: Record<string, number> = {}, lastApplied = 0, expired: readonly string[] = []): Gate =>
  new Gate({
    lastSeq: (session) => applied[session] ?? 0,
    isExpired: (session) => expired.includes(session),
    lastApplied,
    isValid: (bytes) => bytes[0] !== 0,
  })
const proposal = (...commands: Command[]): Input => ({ type: 'proposal', commands })
const kept = (inputs: readonly Input[]): string[] =>
  inputs.flatMap((input) => {
    const commands =
      input.type === 'proposal'
        ? input.commands
        : input.type === 'message' && input.message.type === 'Propose'
          ? input.message.commands
          : []
    return commands.map(({ header }) => `${header.session}.${header.seq}`)
  })

describe('C2: the leader appends the commands of a session in order, each once', () => {
  test('numbers in order pass, also several in one turn and from several sessions', () => {
    const { inputs, refusals } = gate().admit(leader(1), [proposal(command('a', 1), command('a', 2), command('b', 1))])
    expect(kept(inputs)).toEqual(['a.1', 'a.2', 'b.1'])
    expect(refusals).toEqual([])
  })

  test('a gap is refused before it is appended, and told what is expected', () => {
    const { inputs, refusals } = gate({ a: 4 }).admit(leader(1), [proposal(command('a', 6), command('a', 5))])
    expect(kept(inputs)).toEqual(['a.5'])
    expect(refusals).toEqual([{ to: null, refusal: { session: 'a', seq: 6, reason: 'gap', expected: 5 } }])
  })

  test('what is in the log already is not appended again, applied or not', () => {
    const node = leader(1, [command('a', 3)])
    const { inputs, refusals } = gate({ a: 2 }).admit(node, [proposal(command('a', 1), command('a', 2), command('a', 3), command('a', 4))])
    expect(kept(inputs)).toEqual(['a.4'])
    expect(refusals).toEqual([])
  })

  test('another term reads the log anew: what an old leader had appended and lost is expected again', () => {
    const one = gate({ a: 2 })
    one.admit(leader(1, [command('a', 3)]), [proposal(command('a', 4))])
    const { inputs } = one.admit(leader(2), [proposal(command('a', 3))])
    expect(kept(inputs)).toEqual(['a.3'])
  })

  test('a refusal goes to whoever sent the command', () => {
    const message = { type: 'Propose', from: 'F', to: 'L', term: 1, commands: [command('a', 2)] } as const
    const { refusals } = gate().admit(leader(1), [{ type: 'message', message }])
    expect(refusals.map(({ to }) => to)).toEqual(['F'])
  })

  test('bytes that are no command of this level are refused, and their number stays free', () => {
    const { inputs, refusals } = gate().admit(leader(1), [proposal(command('a', 1, Uint8Array.of(0)), command('a', 1))])
    expect(kept(inputs)).toEqual(['a.1'])
    expect(refusals.map(({ refusal }) => refusal.reason)).toEqual(['invalid'])
  })

  test('who does not lead judges nothing: the core refuses or sends on', () => {
    const follower = start('F', NOTHING_DURABLE, ROOMY, { now: 0, random: 0 })
    const inputs = [proposal(command('a', 9))]
    expect(gate().admit(follower, inputs).inputs).toBe(inputs)
  })
})

test('C2: of one gap its sender is told once, however many commands stand behind it', () => {
  const { inputs, refusals } = gate().admit(leader(1), [proposal(command('s', 5), command('s', 6), command('t', 2), command('s', 7))])
  expect(kept(inputs)).toEqual([])
  expect(refusals.map(({ refusal }) => [refusal.session, refusal.expected])).toEqual([
    ['s', 1],
    ['t', 1],
  ])
})

test('C16: what comes of an expired session is neither appended nor refused: its client reads in the log that it expired', () => {
  const { inputs, refusals } = gate({}, 0, ['s']).admit(leader(1), [proposal(command('s', 1), command('s', 5), command('t', 1))])
  expect(kept(inputs)).toEqual(['t.1'])
  expect(refusals).toEqual([])
})
