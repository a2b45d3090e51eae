/**
 * Scenes as text. A file is a title and remarks (`#`), commands (`>`) and, below each, what it changed. Only commands are read;
 * playing a scene gives the whole file again, and where that differs from what is there, the behaviour has changed.
 */
import type { Message } from '../../shared/raft/messages.ts'
import type { Settings } from '../../shared/raft/node.ts'
import type { NodeId } from '../../shared/raft/types.ts'
import { Cluster } from '../support/cluster.ts'
import type { Filter } from '../support/cluster-network.ts'
import { Stage } from './stage.ts'

/** The file as it should be. Throws, with the command, where one cannot be understood or done. */
export function play(scene: string): string {
  const played: string[] = []
  const lines = scene.split('\n').filter((line) => /^(#|>|$)/.test(line))
  const drawn: string[] = []
  let stage: Stage | null = null
  for (const line of lines) {
    played.push(line)
    if (!line.startsWith('>')) continue
    const command = line.slice(1).trim()
    try {
      if (stage === null && command.startsWith('draw ')) {
        drawn.push(command.slice('draw '.length))
        continue
      }
      stage ??= drawn.length > 0 ? new Stage(Cluster.draw(...drawn)) : null
      if (stage === null) {
        stage = new Stage(begun(command))
        continue
      }
      run(stage, command)
      const told = stage.take()
      played.push(...(told.length === 0 ? ['  nothing changes'] : told))
    } catch (error) {
      throw new Error(`> ${command}`, { cause: error })
    }
  }
  return `${played.join('\n').trimEnd()}\n`
}

/** `voters n1 n2 n3[, learners n4][, strangers n5][, no pre-vote][, 2 in flight][, 64 bytes][, 3 uncommitted][, 9 bytes a chunk][, a tail of 2][, a window of 400]`. */
function begun(command: string): Cluster {
  const [head = '', ...more] = command.split(/,\s*/)
  const [word, ...voters] = names(head)
  if (word !== 'voters') throw new Error('a scene begins with voters, or draws them')
  const of = (kind: string): readonly NodeId[] => more.filter((part) => part.startsWith(kind)).flatMap((part) => names(part).slice(1))
  const number = (unit: string): number | null => {
    const found = more.find((part) => part.endsWith(unit))
    return found === undefined ? null : Number.parseInt(found, 10)
  }
  const after = (words: string): string | undefined => more.find((part) => part.startsWith(words))?.slice(words.length)
  const [chunk, tail, window] = [number('bytes a chunk'), after('a tail of '), after('a window of ')]
  const [inFlight, bytes, uncommitted] = [number('in flight'), number('bytes'), number('uncommitted')]
  const settings: Partial<Settings> = {
    ...(more.includes('no pre-vote') ? { preVote: false } : {}),
    ...(inFlight === null ? {} : { appendsInFlight: inFlight }),
    ...(bytes === null ? {} : { appendBytes: bytes }),
    ...(uncommitted === null ? {} : { uncommittedMax: uncommitted }),
    ...(chunk === null ? {} : { chunkBytes: chunk }),
    ...(tail === undefined ? {} : { logTail: Number(tail) }),
    ...(window === undefined ? {} : { windowMin: Number(window) }),
  }
  return Cluster.with(voters, { learners: of('learners'), strangers: of('strangers'), settings })
}

type Deed = (stage: Stage, ...parts: readonly string[]) => unknown

/** In the order tried. Parts in parentheses are handed over. */
const DEEDS: readonly (readonly [RegExp, Deed])[] = [
  [/^deliver(?: (.+))?$/, (stage, which) => stage.deliver(filter(which))],
  [/^drop(?: (.+))?$/, (stage, which) => stage.drop(filter(which))],
  [/^repeat(?: (.+))?$/, (stage, which) => stage.repeat(filter(which))],
  [/^settle(?: among (.+))?$/, (stage, among) => stage.settle(names(among))],
  [/^cut (.+)$/, ({ cluster }, groups) => cluster.cut(...groups.split('|').map(names))],
  [/^heal$/, ({ cluster }) => cluster.heal()],
  [/^show$/, (stage) => stage.all()],
  [/^(\S+) leads$/, (stage, id) => stage.leads(id)],
  [/^(\d+) ms pass(?: at (\d+) ms a way)?$/, (stage, ms, way) => stage.pass(Number(ms), Number(way ?? 0))],
  [/^(\d+) ms later$/, ({ cluster }, ms) => cluster.advance(Number(ms))],
  [/^(\S+) times out$/, ({ cluster }, id) => cluster.timeout(id)],
  [/^(\S+) beats$/, ({ cluster }, id) => cluster.heartbeat(id)],
  [/^(\S+) proposes (.+)$/, ({ cluster }, id, texts) => cluster.propose(id, ...names(texts))],
  [/^(\S+) reads$/, (stage, id) => stage.reads(id)],
  [/^(\S+) is slow$/, (stage, id) => stage.slow(id)],
  [/^(\S+) is fast$/, (stage, id) => stage.fast(id)],
  [/^(\S+) saved$/, ({ cluster }, id) => cluster.saved(id)],
  [/^(\S+) crashes$/, ({ cluster }, id) => cluster.crash(id)],
  [/^(\S+) crashes, its save landed$/, ({ cluster }, id) => cluster.crash(id, { landed: true })],
  [/^(\S+) restarts$/, ({ cluster }, id) => cluster.restart(id)],
  [/^(\S+) leaves$/, ({ cluster }, id) => cluster.leave(id)],
  [/^(\S+) takes a snapshot$/, ({ cluster }, id) => cluster.snapshot(id)],
  [/^(\S+) hands over to (\S+)$/, ({ cluster }, id, to) => cluster.transfer(id, to)],
  [/^(\S+) sets voters ([^,]+)(?:, learners (.+))?$/, ({ cluster }, id, voters, more) => cluster.change(id, names(voters), names(more))],
]

function run(stage: Stage, command: string): void {
  for (const [form, deed] of DEEDS) {
    const found = form.exec(command)
    if (found !== null) return void deed(stage, ...found.slice(1))
  }
  throw new Error('nobody knows how to do that')
}

const names = (text: string | undefined): readonly string[] => text?.split(/\s+/).filter((name) => name !== '') ?? []

/** `n1->n2 AppendEntries`, `->n2`, `n1-> PreVote`: each part may be missing. */
function filter(text: string | undefined): Filter {
  const found = /^(?:(\S*)->(\S*))?\s*(\w+)?$/.exec(text ?? '')
  if (found === null) throw new Error(`no messages are like ${text}`)
  const [, from, to, kind] = found
  return { ...(from ? { from } : {}), ...(to ? { to } : {}), ...(kind ? kindOf(kind) : {}) }
}

function kindOf(kind: string): Filter {
  const preVote = kind.startsWith('PreVote')
  const type = kind.replace('PreVote', 'RequestVote') as Message['type']
  return type.startsWith('RequestVote') ? { type, preVote } : { type }
}
