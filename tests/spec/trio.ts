/** How three nodes become voters of one list, told step by step: n1 founds it, leads term 2 and lets the others in. */
import { acks, answers, appends, asks, configuration, entry, History } from './history.ts'
import { print } from './print.ts'
import type { AppendEntries, Entries, Entry } from './state.ts'

const FOUNDED = entry(1, configuration('n1'))
const NOOP = entry(2, 'noop')
/** n2 and n3 learn, then vote, one after the other. */
const CHANGES = [configuration('n1', 'n2'), configuration('n1', 'n2 n3'), configuration('n1 n2', 'n3'), configuration('n1 n2 n3')].map(
  (next) => entry(2, next),
)
export const LOG: Entries = [FOUNDED, NOOP, ...CHANGES]

/** Alone, after its election: term 2, two entries, both committed. */
export function founder(): History {
  return new History()
    .start('n1', { currentTerm: 1, votedFor: 'n1', log: [FOUNDED], commitIndex: 1 })
    .start('n2')
    .start('n3')
    .step('n1', { after: { currentTerm: 2, votedFor: 'n1', role: 'candidate' }, save: true })
    .saved('n1', [], { after: { role: 'leader' }, entries: [NOOP], save: true })
    .saved('n1', [], { after: { commitIndex: 2 } })
}

export function change(history: History, at: number, entry: Entry, sent: readonly AppendEntries[] = []): History {
  return history.step('n1', { inputs: [{ type: 'change', at, entry }], entries: [entry], save: true, sent })
}

/** n1 leads term 2 of {n1, n2, n3}; six entries, stored by all and committed, as all know. */
export function trio(): History {
  const [learner2, learner3, voter2, voter3] = CHANGES as [Entry, Entry, Entry, Entry]
  const history = founder()
  change(history, 1, learner2).saved('n1', [], { after: { commitIndex: 3 } })
  change(history, 3, learner3).saved('n1', [], { after: { commitIndex: 4 } })
  history.step('n1', { sent: toOthers('0@0', LOG.slice(0, 4), 4) })
  for (const append of toOthers('0@0', LOG.slice(0, 4), 4)) follow(history, append)
  history.step('n1', { inputs: heard(toOthers('0@0', LOG.slice(0, 4), 4), 4), after: matches(4) })

  const fifth = toOthers('4@2', [voter2], 4)
  change(history, 4, voter2, fifth)
  for (const append of fifth) follow(history, append)
  history.saved('n1', [], { inputs: heard(fifth, 4), after: { ...matches(5), commitIndex: 5 } })

  const sixth = toOthers('5@2', [voter3], 5)
  change(history, 5, voter3, sixth)
  for (const append of sixth) follow(history, append)
  history.saved('n1', [], { inputs: heard(sixth, 5), after: { ...matches(6), commitIndex: 6 }, sent: toOthers('6@2', [], 6) })
  for (const append of toOthers('6@2', [], 6)) {
    history.hear(append.to, append, { after: { commitIndex: 6 }, sent: [acks(append, 6)] })
  }
  return history
}

export function toOthers(prev: string, entries: Entries, commit: number): readonly AppendEntries[] {
  return ['n2', 'n3'].map((to) => appends('n1', to, 2, prev, entries, commit))
}

/** Takes, saves and acknowledges. */
function follow(history: History, append: AppendEntries): void {
  const commitIndex = Math.min(append.leaderCommit, append.prevLogIndex + append.entries.length)
  const reply = acks(append, commitIndex)
  const after = { currentTerm: append.term, leader: append.from, commitIndex }
  history.hear(append.to, append, { after, entries: append.entries, save: true, held: [reply] }).saved(append.to, [reply])
}

function heard(
  asked: readonly AppendEntries[],
  commit: number,
): readonly { readonly type: 'message'; readonly message: ReturnType<typeof acks> }[] {
  return asked.map((append) => ({ type: 'message', message: acks(append, Math.min(commit, append.leaderCommit)) }))
}

export function matches(index: number): { readonly matchIndex: readonly (readonly [string, number])[] } {
  return {
    matchIndex: [
      ['n2', index],
      ['n3', index],
    ],
  }
}

export const EDIT = entry(2, 'edit')

export function guardOf({ deviation }: History): string {
  return deviation === null ? print(null) : `${deviation.action}: ${deviation.guard}`
}

export function ackOf(from: string, matchIndex: number): { readonly type: 'message'; readonly message: ReturnType<typeof acks> } {
  return { type: 'message', message: acks(appends('n1', from, 2, '6@2', [], 6), 6, matchIndex) }
}

/** n1 crashed and comes back as it was stored. */
export function restartFirst(history: History, log = LOG): History {
  return history.start('n1', { currentTerm: 2, votedFor: 'n1', log, commitIndex: 6 })
}

/** Stands in term 3, durably, and asks both others. */
export function campaign(history: History, node: string, last = '6@2'): History {
  const held = ['n1', 'n2', 'n3'].filter((other) => other !== node).map((other) => asks(node, other, 3, last))
  const after = { currentTerm: 3, votedFor: node, role: 'candidate', leader: null } as const
  return history.step(node, { after, save: true, held }).saved(node, held)
}

export function grant(history: History, voter: string, candidate: string, last = '6@2'): History {
  const asked = asks(candidate, voter, 3, last)
  const held = [answers(asked, true)]
  return history.hear(voter, asked, { after: { currentTerm: 3, votedFor: candidate, leader: null }, save: true, held }).saved(voter, held)
}

/** n1 leads again, in term 3, with n2's vote. `first`: what happens before it crashes, and leaves more in its log. */
export function elected(first: (history: History) => History = (history) => history, more: typeof LOG = []): History {
  const log = [...LOG, ...more]
  const last = `${log.length}@2`
  const history = campaign(restartFirst(first(trio()), log), 'n1', last)
  grant(history, 'n2', 'n1', last)
  const after = { role: 'leader', votes: [], ...matches(0) } as const
  return history.hear('n1', answers(asks('n1', 'n2', 3, last), true), { after, entries: [entry(3, 'noop')], save: true })
}

/** A client of n1 asks for an edit, and n1 tells both others. */
export function propose(history: History): History {
  const inputs = [{ type: 'proposal', commands: ['edit'] }] as const
  return history.step('n1', { inputs, entries: [EDIT], save: true, sent: toOthers('6@2', [EDIT], 6) })
}

/** The edit is stored at n1 (perhaps) and at another. */
export function edited(history: History, at: string): History {
  const append = appends('n1', at, 2, '6@2', [EDIT], 6)
  propose(history).hear(at, append, { entries: [EDIT], save: true, held: [acks(append, 6)] })
  return history.saved(at, [acks(append, 6)])
}
