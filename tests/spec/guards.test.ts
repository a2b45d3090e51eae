/** Every guard of every action is seen to fail, with all guards before it holding. */
import { describe, expect, test } from 'vitest'
import { ACTIONS } from './action.ts'
import type { Action } from './action.ts'
import * as E from './elections.ts'
import { acks, answers, appends, asks, configuration, entry, refuses } from './history.ts'
import * as L from './lives.ts'
import * as M from './membership.ts'
import type { Stepped, View } from './observation.ts'
import * as O from './outcome.ts'
import * as Q from './reads.ts'
import * as R from './replication.ts'
import * as S from './snapshots.ts'
import { configurationOf, emptyCluster } from './state.ts'
import type { AppendEntries, AppendEntriesReply, Cluster, Entry, Farewell, InstallSnapshot, Message, RequestVote, Server } from './state.ts'
import { EDIT, LOG, trio } from './trio.ts'

/** n1 leads term 2, n2 and n3 follow; all six entries are committed and known to be. */
const { cluster } = trio().check
cluster.commands.add('edit')

interface Row {
  readonly action: string
  readonly guard: string
  readonly failed: string | null
}

const rows: Row[] = []

/** The first guard that fails where this server is changed a little. */
function row<P>(action: Action<P>, guard: string, given: P, node = 'n1', change: Partial<Server> = {}, world: Cluster = cluster): void {
  const place = { cluster: world, server: { ...cluster.servers.get(node)!, ...change } }
  const failed = Object.keys(action.guards).find((name) => !action.guards[name]!(place, given)) ?? null
  rows.push({ action: action.name, guard, failed })
}

function elections(): void {
  row(E.updateTerm, 'the term is newer', { term: 2 })
  row(E.giveUp, 'it stands, or asked whether it could', null)
  row(E.preCampaign, 'it does not lead', null)
  row(E.preCampaign, 'it may campaign', null, 'n2', { log: [] })
  row(E.timeout, 'it does not lead', { why: 'time' })
  row(E.timeout, 'it may campaign: a voter, or one that only its own uncommitted log removes', { why: 'time' }, 'n2', { log: [] })
  const alone = { asksFirst: true, role: 'pre-candidate' } as const
  row(E.timeout, 'it asked first, and a majority of the voters would vote for it', { why: 'time' }, 'n2', alone)
  const candidacy = { term: 3, preVote: false, lastLogIndex: 6, lastLogTerm: 2, inForce: configuration('n1 n2 n3') }
  const request = (message: RequestVote): Parameters<(typeof E.requestVote)['effect']>[1] => ({ message, candidacies: [candidacy] })
  row(E.requestVote, 'it stands in that term', request(asks('n2', 'n3', 4, '6@2')), 'n2')
  row(E.requestVote, 'it claims the log that it has', request(asks('n2', 'n3', 3, '7@2')), 'n2')
  row(E.requestVote, 'it asks other members', request(asks('n2', 'n9', 3, '6@2')), 'n2')
  row(E.grantVote, 'the term is the current one', asks('n3', 'n2', 3, '6@2'), 'n2')
  row(E.grantVote, 'one vote a term: none was given, or to the same candidate', asks('n3', 'n2', 2, '6@2'), 'n2', { votedFor: 'n1' })
  row(E.grantVote, 'the candidate is at least as up to date', asks('n3', 'n2', 2, '5@2'), 'n2')
  row(E.grantVote, 'a leader votes for nobody else', asks('n3', 'n1', 2, '6@2'), 'n1', { votedFor: null })
  const pre = { preVote: true }
  row(E.grantPreVote, 'the term asked about is not over', asks('n3', 'n2', 1, '6@2', pre), 'n2')
  const given = 'in the current term its vote is not given to another'
  row(E.grantPreVote, given, asks('n3', 'n2', 2, '6@2', pre), 'n2', { votedFor: 'n1' })
  row(E.grantPreVote, 'the candidate is at least as up to date', asks('n3', 'n2', 3, '6@1', pre), 'n2')
  row(E.grantPreVote, 'a leader tells nobody to try', asks('n3', 'n1', 3, '6@2', pre))
  row(E.refuseVote, 'there is a reason to refuse', asks('n3', 'n2', 3, '6@2'), 'n2')
  row(E.ignoreRequestVote, 'it hears a leader, and is asked because of a timeout', asks('n3', 'n2', 3, '6@2'), 'n2', { leader: null })
  row(E.countVote, 'it was granted', answers(asks('n2', 'n3', 2, '6@2'), false), 'n2', { role: 'candidate' })
  row(E.countVote, 'the answer is of this very round', answers(asks('n2', 'n3', 1, '6@2'), true), 'n2', { role: 'candidate' })
  row(E.becomeLeader, 'it stands as a candidate', { first: entry(2, 'noop') }, 'n2')
  const won = { role: 'candidate', votes: new Set(['n1', 'n3']) } as const
  const majority = 'a majority of the voters in force granted it; its own vote counts once it is durable'
  row(E.becomeLeader, majority, { first: entry(2, 'noop') }, 'n2', { ...won, votes: new Set(['n3', 'n9']) })
  row(E.becomeLeader, 'it begins with an entry of its own term', { first: undefined }, 'n2', won)
  row(E.becomeLeader, 'Election Safety: nobody else led this term', { first: entry(2, 'noop') }, 'n2', won)
}

function replication(): void {
  row(R.clientRequest, 'it leads', { entry: EDIT, command: 'edit' }, 'n2')
  row(R.clientRequest, 'the entry is of its own term', { entry: entry(1, 'edit'), command: 'edit' })
  row(R.clientRequest, 'a client asked for it', { entry: EDIT, command: 'never' })
  row(R.clientRequest, 'the lead is not being handed over', { entry: EDIT, command: 'edit' }, 'n1', { handingTo: 'n2' })
  row(R.mark, 'it leads', { entry: EDIT }, 'n2')
  row(R.mark, 'the entry is of its own term', { entry: entry(1, 'edit') })
  row(R.mark, 'the lead is not being handed over', { entry: EDIT }, 'n1', { handingTo: 'n2' })
  const append = (guard: string, message: AppendEntries, node = 'n1'): void =>
    row(R.appendEntries, guard, { message, mayEndWith: null }, node)
  append('it leads the term it speaks for', appends('n2', 'n3', 2, '6@2', [], 6), 'n2')
  append('to a member, or to one that it removed', appends('n1', 'n9', 2, '6@2', [], 6))
  append('prevLogTerm is the term at prevLogIndex of its log', appends('n1', 'n2', 2, '6@1', [], 6))
  append('the entries are those of its log', appends('n1', 'n2', 2, '6@2', [EDIT], 6))
  append('it looks no further back than what is known to match', appends('n1', 'n2', 2, '5@2', [], 6))
  append('leaderCommit is no more than it knows committed', appends('n1', 'n2', 2, '6@2', [], 7))
  const quiet = { message: { ...appends('n1', 'n2', 2, '6@2', [], 6), quiet: true }, mayEndWith: null }
  row(R.appendEntries, 'quiet is only what tells a commit index to one that stays', quiet, 'n1', { departing: new Set(['n2']) })
  row(R.hearLeader, 'the term is the current one', appends('n1', 'n2', 1, '6@2', [], 6), 'n2')
  row(R.hearLeader, 'the receiver does not lead this very term', appends('n2', 'n1', 2, '6@2', [], 6))
  const accept = (guard: string, append: AppendEntries, matchIndex: number): void =>
    row(R.acceptEntries, guard, { append, result: { success: true, matchIndex } }, 'n2')
  accept('the term is the current one', appends('n1', 'n2', 3, '6@2', [], 6), 6)
  accept('the log has an entry of prevLogTerm at prevLogIndex', appends('n1', 'n2', 2, '7@2', [], 6), 7)
  accept('nothing that is committed here is contradicted', appends('n1', 'n2', 2, '4@2', [entry(1, 'other')], 6), 5)
  accept('it acknowledges what the message verified', appends('n1', 'n2', 2, '6@2', [], 6), 7)
  const reject = (guard: string, append: AppendEntries, answer: AppendEntriesReply): void => {
    if (!answer.result.success) row(R.rejectEntries, guard, { append, result: answer.result }, 'n2')
  }
  const beyond = appends('n1', 'n2', 2, '9@2', [], 6)
  reject('the term is over, or the log has no such entry', appends('n1', 'n2', 2, '6@2', [], 6), refuses(beyond, 2, '6@2'))
  reject('the refusal names the message that it refuses', beyond, refuses(appends('n1', 'n2', 2, '8@2', [], 6), 2, '6@2'))
  reject("its hint is an entry of its log that may be the leader's too", beyond, refuses(beyond, 2, '7@2'))
  row(R.countAck, 'it leads the term of the answer', acks(appends('n2', 'n3', 2, '6@2', [], 6), 6), 'n2')
  row(R.countAck, 'nobody matches beyond its log', acks(appends('n1', 'n3', 2, '7@2', [], 6), 6))
  row(R.advanceCommitIndex, 'it leads', { to: 6 }, 'n2')
  row(R.advanceCommitIndex, 'the entry is of its own term (5.4.2)', { to: 1 })
  const counted = 'a majority of the voters in force has it, itself only what is durable'
  row(R.advanceCommitIndex, counted, { to: 6 }, 'n1', { matchIndex: new Map() })
  row(R.apply, 'what is committed and was not yet handed out, in order', { entries: [EDIT] })
  const other = entry(1, 'other')
  const alone = { log: [other], commitIndex: 1, applied: 0 }
  row(R.apply, 'State Machine Safety: nobody has another entry committed there', { entries: [other] }, 'n2', alone)
}

function reads(): void {
  const message = { type: 'ReadIndex', from: 'n2', to: 'n1', term: 2, id: 9 } as const
  row(Q.sendReadIndex, 'a client asked it', message, 'n2')
  row(Q.gatherRead, 'it leads', { node: 'n3', id: 1 }, 'n2')
  const ack = acks(appends('n1', 'n2', 2, '6@2', [], 6), 6)
  row(Q.vouch, 'it leads the term of the answer', { ...ack, term: 1 })
  row(Q.vouch, 'a refusal may be of an older term', refuses(appends('n1', 'n2', 2, '6@2', [], 6), 2, '5@2'))
  const asked = (...by: readonly string[]): Partial<Server> => ({ asked: new Map([['n3 1', { after: 0, vouched: new Set(by) }]]) })
  const confirm = (guard: string, change: Partial<Server>, index = 6, node = 'n1'): void =>
    row(Q.confirmRead, guard, { node: 'n3', id: 1, index }, node, change)
  confirm('it leads', asked('n2'), 6, 'n2')
  confirm('it was asked', {})
  confirm('the lead is not being handed over', { ...asked('n2'), handingTo: 'n2' })
  confirm('it committed an entry of its own term before', { ...asked('n2'), commitIndex: 1 })
  confirm('it tells what it knows committed', asked('n2'), 5)
  confirm('a majority of the voters in force vouches for it, itself only if it votes', asked('n9'))
  row(Q.hearReadIndexReply, 'a client asked it', { id: 9, index: 6 }, 'n2')
  const confirmed = new Set(['1 5'])
  const world: Cluster = { ...cluster, reads: new Map([['n2 1', 6]]) }
  const answer = (guard: string, index: number, change: Partial<Server>): void =>
    row(Q.answerRead, guard, { id: 1, index }, 'n2', change, world)
  answer('a leader confirmed it', 6, { confirmed })
  answer('it is applied here', 5, { confirmed, machine: 4 })
  answer('Linearizability: whatever anybody knew committed when it was asked', 5, { confirmed, machine: 6 })
  row(R.hearApplied, 'it was handed out', { index: 7 })
}

type Changed = Parameters<(typeof M.changeConfiguration)['effect']>[1]
type Left = Parameters<(typeof M.farewell)['effect']>[1]

function membership(): void {
  const to = (voters: string, learners = '', term = 2): Changed['entry'] => entry(term, configuration(voters, learners)) as Changed['entry']
  const change = (guard: string, given: Partial<Changed>, node = 'n1', change: Partial<Server> = {}): void =>
    row(M.changeConfiguration, guard, { at: 6, entry: to('n1 n2', 'n3'), ...given }, node, change)
  change('it leads', {}, 'n2')
  change('the entry is of its own term', { entry: to('n1 n2', 'n3', 1) })
  change('it replaces the configuration that is in force', { at: 5 })
  change('no other change is in flight', {}, 'n1', { commitIndex: 5 })
  change('it committed an entry of its own term before', { entry: to('n1 n2', 'n3', 3) }, 'n1', { currentTerm: 3 })
  change('the lead is not being handed over', {}, 'n1', { handingTo: 'n2' })
  change('one voter at most is added or removed', { entry: to('n1') })
  change('who is added was a learner, and may vote', { entry: to('n1 n2 n3 n4') })
  change('somebody votes', { at: 1, entry: to('') }, 'n1', { log: [to('n1')], commitIndex: 1 })
  row(M.stepDown, 'it leads', null, 'n2')
  row(M.stepDown, 'a committed configuration does not have it as a voter', null)
  row(M.loseQuorum, 'it leads', null, 'n2')
  row(M.loseQuorum, 'alone it is no majority', null, 'n1', { log: [to('n1')], commitIndex: 1 })
  row(M.handOver, 'it leads', { to: 'n3' }, 'n2')
  row(M.handOver, 'to another voter', { to: 'n1' })
  row(M.timeoutNow, 'it leads the term it speaks for', { to: 'n3', term: 2 }, 'n2')
  row(M.timeoutNow, 'it hands over to this voter', { to: 'n2', term: 2 })
  row(M.timeoutNow, 'the target has everything', { to: 'n2', term: 2 }, 'n1', { handingTo: 'n2', matchIndex: new Map() })
  const bye: Farewell = { type: 'Farewell', from: 'n1', to: 'n2', term: 2, nodes: ['n1'], successors: [], append: null }
  const leave = (guard: string, said: Partial<Farewell>, removal: Entry | null, node = 'n1', change: Partial<Server> = {}): void =>
    row(M.farewell, guard, { said: [{ ...bye, ...said }], nodes: [node], removal } satisfies Left, node, change)
  leave('in its own term, by one of those that leave', { term: 1 }, null)
  leave('to members that stay', { to: 'n9' }, null)
  leave('a leader alone names successors, voters that stay', { to: 'n3', successors: ['n3'] }, null, 'n2')
  leave('it adds its removal only as a leader that committed in its term', { to: 'n3' }, to('n1 n3'), 'n2')
  leave('it adds its removal only with no change in flight', {}, to('n2 n3'), 'n1', { commitIndex: 5 })
  leave('it removes itself and nobody else, and somebody else votes', {}, to('n1 n2'))
  leave('those that hear of its removal are a majority without it, but not with it', {}, to('n2 n3'))
  row(M.hearFarewell, 'it follows, and the leader is among those that leave', bye)
  row(M.hearFarewell, 'the term is not over', { ...bye, term: 1 }, 'n2')
}

function lives(): void {
  const blank = { currentTerm: 0, votedFor: null, log: [] }
  const start = { incarnation: 2, stored: blank, commitIndex: 0, applied: 0, asksFirst: false }
  row(L.found, 'no cluster was founded before', start)
  row(L.found, 'the founder is the only voter', start, 'n1', {}, emptyCluster())
  row(L.mint, 'a new id has nothing', { ...start, stored: { ...blank, currentTerm: 1 } })
  row(L.mint, 'and knows of nothing committed', { ...start, commitIndex: 1 })
  const stored = { currentTerm: 2, votedFor: null, log: LOG }
  row(L.restart, 'each start has a higher incarnation', { ...start, incarnation: 1 }, 'n2')
  row(L.restart, 'with term, vote and log as on disk, the write that was under way done or not', start, 'n2')
  row(L.restart, 'its commit index is one that it knew', { ...start, stored, commitIndex: 7 }, 'n2')
  const { issued } = cluster.servers.get('n2')!
  const save = { number: issued.number + 1, currentTerm: 2, votedFor: null, from: 7, entries: [], snapshot: 0 }
  row(L.issueSave, 'no other save is in flight', save, 'n2', { isSaving: true })
  row(L.issueSave, 'saves are numbered without gaps', { ...save, number: 99 }, 'n2')
  row(L.issueSave, 'it makes durable the term and vote of now', { ...save, votedFor: 'n1' }, 'n2')
  row(L.issueSave, 'with it the log on disk is the log of now', { ...save, entries: [EDIT] }, 'n2')
  row(L.saveDone, 'it is the save in flight', { number: issued.number }, 'n2')
  const sends = (guard: string, message: Message, wasHeld: boolean, change: Partial<Server> = {}): void =>
    row(L.send, guard, { message, wasHeld }, 'n2', change)
  sends('a vote leaves once it is durable', answers(asks('n3', 'n2', 3, '6@2'), true), true)
  sends('RequestVote leaves once term, own vote and the log that it claims are durable', asks('n2', 'n3', 3, '6@2'), true)
  sends('an ack leaves once all that it vouches for is durable', acks(appends('n1', 'n2', 2, '7@2', [], 6), 6), true)
  const old = acks(appends('n1', 'n2', 2, '6@2', [], 6), 6)
  sends('what waited for a save and is of an older term is dropped', old, true, { currentTerm: 3 })
  row(L.receive, 'it is addressed to this server', appends('n1', 'n3', 2, '6@2', [], 6), 'n2')
  row(L.receive, 'it was sent', appends('n1', 'n2', 9, '6@2', [], 6), 'n2')
  row(L.run, 'it runs: it neither left nor stopped', { incarnation: 1 }, 'n2', { runs: false })
  row(L.run, 'it is its newest incarnation', { incarnation: 2 }, 'n2')
  row(L.hearSaved, 'that save is done', { number: 99 }, 'n2')
  row(L.owe, 'what is not durable is being saved, or waits for the save in flight', null, 'n2', { votedFor: 'n3' })
  row(L.hold, 'it waits for a save that is issued or owed', { message: old, after: 99 }, 'n2')
  row(L.letGo, 'it waited for this save', { message: old, number: 99 }, 'n2')
}

function outcomes(): void {
  const ack = acks(appends('n1', 'n2', 2, '6@2', [], 6), 6)
  row(O.reply, 'a reply carries the current term', { ...ack, term: 1 }, 'n2')
  row(O.reply, 'an answer tells the commit index of its sender', { ...ack, commitIndex: 7 }, 'n2')
  row(
    O.answerAppend,
    'each AppendEntries is answered, a quiet one by who refuses',
    { append: appends('n1', 'n2', 2, '6@2', [], 6), reply: null },
    'n2',
  )
  row(O.answerAppend, 'it brings back when that was sent', { append: appends('n1', 'n2', 2, '6@2', [], 6, 5), reply: ack }, 'n2')
  const install = chunk({})
  const answered = 'each InstallSnapshot is answered: with how much is here, or as AppendEntries once it is all here'
  row(O.answerInstall, answered, { install, reply: null }, 'n2')
  row(O.answer, 'nothing is said that nobody asked for', { unexplained: [ack] }, 'n2')
  const message = { type: 'Propose', from: 'n1', to: 'n2', term: 2, commands: ['edit'] } as const
  row(O.sendOn, 'who leads sends nothing on', { message, inputs: [] })
  row(O.sendOn, 'only what its own clients proposed in this step', { message, inputs: [] }, 'n2')

  const server = cluster.servers.get('n1')!
  const { currentTerm, votedFor, role, commitIndex } = server
  const matchIndex = [...server.matchIndex]
  const seen = { currentTerm, votedFor, role, commitIndex, matchIndex, configuration: configurationOf(server) }
  const after: View = { ...seen, leader: null, votes: [], nextIndex: [['n2', 7]], handingTo: null, snapshot: 0 }
  const ended = { restored: null, applied: [], confirmed: [], answered: [] }
  const nothing = { inputs: [], log: { from: 7, entries: [] }, save: null, sent: [], ...ended }
  const step: Stepped = { type: 'stepped', node: 'n1', incarnation: 1, after, ...nothing }
  const ends = (guard: string, other: Partial<View>, change: Partial<Server> = {}, log = step.log): void =>
    row(O.conform, guard, { step: { ...step, after: { ...after, ...other }, log }, logBefore: server.log }, 'n1', change)
  ends('currentTerm is what the actions make it', { currentTerm: 3 })
  ends('votedFor is what the actions make it', { votedFor: 'n2' })
  ends('the role is what the actions make it', { role: 'follower' })
  ends('the log is what the actions make it', {}, {}, { from: 7, entries: [EDIT] })
  ends('the configuration in force is the newest of the log', { configuration: configuration('n1') })
  ends('commitIndex goes as far as a message verified, or a majority has it', { commitIndex: 7 })
  ends('what is committed is handed out at once', {}, { applied: 5 })
  ends('a snapshot covers only what is committed', { snapshot: 7 })
  ends('votes are those that were granted', { votes: ['n2'] })
  ends('a follower believes in the leader that it heard, or in none', { leader: 'n2' })
  ends('matchIndex is what was acknowledged', { matchIndex: [['n2', 7]] })
  ends('matchIndex < nextIndex <= last index + 1', { nextIndex: [['n2', 8]] })
  ends('the lead is handed to whom it was said, or to nobody', { handingTo: 'n2' })
  const removal = entry(2, configuration('n2 n3'))
  const gone = { log: [...LOG, removal], commitIndex: 7, applied: 7 }
  const next = { configuration: configuration('n2 n3'), commitIndex: 7 }
  ends('who removed itself leads until that is committed, and no longer', next, gone, { from: 7, entries: [removal] })
}

const chunk = (more: Partial<InstallSnapshot>): InstallSnapshot => {
  return { type: 'InstallSnapshot', from: 'n1', to: 'n2', term: 2, index: 6, lastTerm: 2, hash: 1, offset: 0, bytes: '', ...more }
}

function snapshots(): void {
  row(S.sendSnapshot, 'it leads the term it speaks for', chunk({ term: 3 }))
  row(S.sendSnapshot, 'to a member', chunk({ to: 'n9' }))
  row(S.sendSnapshot, 'it covers only what its sender knows committed', chunk({ index: 7 }))
  row(S.keepLog, 'the entry is in the log, or committed here', chunk({ index: 7 }), 'n2')
  row(S.installSnapshot, 'it goes beyond what is committed here', chunk({}), 'n2')
  row(S.installSnapshot, 'what it covers is committed', chunk({ index: 7 }), 'n2')
  row(S.restore, 'the state machine goes on from the snapshot that was installed', { restored: null, installed: 6 }, 'n2')
}

for (const tell of [elections, replication, reads, membership, lives, outcomes, snapshots]) tell()

describe('a guard fails', () => {
  test.each(rows)('$action: $guard', ({ guard, failed }) => expect(failed).toBe(guard))

  test('and there is no other', () => {
    const all = ACTIONS.flatMap(({ name, guards }) => Object.keys(guards).map((guard) => `${name}: ${guard}`))
    expect(rows.map(({ action, guard }) => `${action}: ${guard}`).toSorted()).toEqual(all.toSorted())
  })
})
