/**
 * Mistakes to plant, each a patch to the text of one file, applied while a copy of the simulator is bundled. The product's code
 * carries no switches; a patch that no longer fits its file fails.
 */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { build } from 'vite'
import type { runSeed } from '../../shared/sim/run.ts'

export interface Mutant {
  /** The mistake, in words. */
  readonly name: string
  readonly file: string
  readonly find: string
  readonly replace: string
}

interface Bundle {
  readonly runSeed: typeof runSeed
}

const ROOT = join(import.meta.dirname, '../..')

/** The whole simulator with the mistake in it. */
export function plant(mutant: Mutant | null): Promise<Bundle> {
  return plantIn<Bundle>('shared/sim/run.ts', mutant === null ? [] : [mutant])
}

/** What `entry` exports, with these mistakes in it and in all that it imports. */
export async function plantIn<Exports>(entry: string, mutants: readonly Omit<Mutant, 'name'>[]): Promise<Exports> {
  for (const mutant of mutants) assertFits(mutant)
  const built = await build({
    root: ROOT,
    configFile: false,
    logLevel: 'error',
    ssr: { noExternal: true },
    build: { write: false, minify: false, target: 'node20', ssr: join(ROOT, entry) },
    plugins: [
      {
        name: 'plant',
        enforce: 'pre',
        transform: (code, id) => {
          const here = mutants.filter(({ file }) => join(ROOT, file) === id)
          return here.length === 0 ? null : here.reduce((text, { find, replace }) => text.replace(find, () => replace), code)
        },
      },
    ],
  })
  const [output] = [built].flat()
  if (output === undefined || !('output' in output)) throw new Error('nothing was built')
  const [chunk] = output.output
  return (await import(`data:text/javascript;base64,${Buffer.from(chunk.code).toString('base64')}`)) as Exports
}

function assertFits({ file, find }: Omit<Mutant, 'name'>): void {
  const found = readFileSync(join(ROOT, file), 'utf8').split(find).length - 1
  if (found !== 1) throw new Error(`"${find}" fits ${file} ${found} times`)
}

export const MUTANTS: readonly Mutant[] = [
  {
    name: 'the vote is never saved',
    file: 'shared/raft/saves.ts',
    find: 'return { number, term, votedFor, commitIndex, from,',
    replace: 'return { number, term, votedFor: null, commitIndex, from,',
  },
  {
    name: 'a vote is answered before it is saved',
    file: 'shared/raft/election.ts',
    find: 'else sendWhenDurable(turn, { ...answer, preVote: false })',
    replace: 'else send(turn, { ...answer, preVote: false })',
  },
  {
    name: 'votes are asked for before term and own vote are saved',
    file: 'shared/raft/election.ts',
    find: 'sendWhenDurable(turn, { ...request(turn, to, node.currentTerm), preVote: false, reason })',
    replace: 'send(turn, { ...request(turn, to, node.currentTerm), preVote: false, reason })',
  },
  {
    name: 'entries are acknowledged before they are saved',
    file: 'shared/raft/replication.ts',
    find: 'if (result.success) sendWhenDurable(turn, answer)',
    replace: 'if (result.success) send(turn, answer)',
  },
  {
    name: 'an ack waits only for a save of its own step',
    file: 'shared/raft/saves.ts',
    find: 'return inFlight?.number ?? null',
    replace: 'return null',
  },
  {
    name: 'the own vote counts before it is durable',
    file: 'shared/raft/election.ts',
    find: 'const ownVote = saves.durable.term === currentTerm && saves.durable.votedFor === id',
    replace: 'const ownVote = saves.durable.term >= 0 && currentTerm > 0',
  },
  {
    name: 'a leader counts itself for what it has not saved',
    file: 'shared/raft/replication.ts',
    find: 'voter === id ? saves.durable.lastIndex : (role.progress.get(voter)?.matchIndex ?? 0),\n  )\n  if',
    replace: 'voter === id && saves.durable.lastIndex >= 0 ? log.lastIndex : (role.progress.get(voter)?.matchIndex ?? 0),\n  )\n  if',
  },
  {
    name: 'whoever asks gets a vote, however short its log (5.4.1)',
    file: 'shared/raft/election.ts',
    find: 'return candidate.lastLogIndex >= log.lastIndex',
    replace: 'return true',
  },
  {
    name: 'the last terms are not compared (5.4.1)',
    file: 'shared/raft/election.ts',
    find: 'if (candidate.lastLogTerm !== log.lastTerm) return candidate.lastLogTerm > log.lastTerm',
    replace: '',
  },
  {
    name: 'two votes in a term',
    file: 'shared/raft/election.ts',
    find: "return (node.votedFor === null && node.role.name !== 'leader') || node.votedFor === asked.from",
    replace: "return node.role.name !== 'leader'",
  },
  {
    name: 'an entry of an older term is committed by counting (5.4.2)',
    file: 'shared/raft/replication.ts',
    find: 'if (reached > node.commitIndex && log.termAt(reached) === currentTerm)',
    replace: 'if (reached > node.commitIndex && currentTerm > 0)',
  },
  {
    name: 'every AppendEntries cuts the log off behind it',
    file: 'shared/raft/replication.ts',
    find: 'if (first === -1) return\n',
    replace: 'if (first === -1) { if (entries.length > 0) turn.node.log = turn.node.log.truncate(entries.at(-1)!.index); return }\n',
  },
  {
    name: 'what the message does not vouch for is committed',
    file: 'shared/raft/replication.ts',
    find: 'Math.min(append.leaderCommit, matchIndex)',
    replace: 'Math.min(append.leaderCommit, node.log.lastIndex)',
  },
  {
    name: 'prevLogTerm is not compared (5.3)',
    file: 'shared/raft/replication.ts',
    find: 'if (node.log.termAt(append.prevLogIndex) !== append.prevLogTerm)',
    replace: 'if (node.log.termAt(append.prevLogIndex) === null)',
  },
  {
    name: 'votes are a number: a removed node counts itself',
    file: 'shared/raft/election.ts',
    find: 'return isQuorum(configurationOf(node), (voter) => (voter === id ? ownVote : role.granted.has(voter)))',
    replace: 'return role.granted.size + (ownVote ? 1 : 0) > configurationOf(node).voters.length / 2',
  },
  {
    name: 'a configuration is not rolled back with its entry',
    file: 'shared/raft/replication.ts',
    find: 'node.configurations = node.configurations.filter((placed) => placed.index <= keep)',
    replace: '',
  },
  {
    name: 'a sequence number may be skipped',
    file: 'shared/replica/sessions.ts',
    find: "if (!isSeq(seq) || !Number.isSafeInteger(settled) || seq > last + 1) return { type: 'gap', expected: last + 1 }\n    if (seq === last + 1)",
    replace: 'if (seq > last)',
  },
  {
    name: 'a command that comes again is applied again',
    file: 'shared/replica/sessions.ts',
    find: 'if (seq === last + 1)',
    replace: 'if (seq >= last)',
  },
  {
    name: 'the outbox is forgotten at a reload',
    file: 'shared/life/left-sessions.ts',
    find: 'for (const kept of taken.size === 0 ? [] : await outbox.sessions(room)) {',
    replace: 'for (const kept of taken.size >= 0 ? [] : await outbox.sessions(room)) {',
  },
]
