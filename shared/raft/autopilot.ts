/** Who should vote: policy, pure, first form (DESIGN 7). Every tab a voter up to five, the rest learners. */
import { configurationIndex, configurationOf, isChangeInFlight } from './node.ts'
import type { Progress, RaftNode } from './node.ts'
import { isMember, isVoter, majorityOf, membersOf, without } from './quorum.ts'
import type { Configuration, Index, Member, Millis, NodeId } from './types.ts'

export interface TabSeen {
  /** The tab's main node; only it asks to be a member. */
  readonly main: Member
  readonly hosted: readonly NodeId[]
  /** Since when it has been seen hosting these. */
  readonly since: Millis
  /** It says that its timers come late. */
  readonly late: boolean
}

export interface Surroundings {
  readonly now: Millis
  /** This tab and every tab with a link that is up. */
  readonly tabs: readonly TabSeen[]
  /** Who said farewell, and when that was heard. */
  readonly farewells: ReadonlyMap<NodeId, Millis>
  readonly votersMax: number
  readonly membersMax: number
  /** Of the state machine, as the log has it. */
  readonly level: number
}

export type Advice =
  | { readonly type: 'change'; readonly at: Index; readonly configuration: Configuration }
  | { readonly type: 'transfer'; readonly to: NodeId }

const AUTOPILOT = {
  /** An ack older than this proves nothing. */
  fresh: 1_000,
  /** How long a learner must have been up to vote. */
  up: 1_000,
  /** A leaver may be reloading. */
  reload: 5_000,
  /** Silence after which a voter is swapped, or goes where that helps. */
  silent: 10_000,
  /** Silence after which a voter goes though nobody can take its seat. */
  silentAlone: 300_000,
  silentLearner: 60_000,
} as const

interface Scene extends Surroundings {
  readonly node: RaftNode
  readonly progress: ReadonlyMap<NodeId, Progress>
  readonly inForce: Configuration
}

/** What a leader should do next about its members; null when nothing, or nothing yet. Order: leavers, silent, surplus, other levels, promotions, joins. */
export function autopilot(node: RaftNode, around: Surroundings): Advice | null {
  const scene = sceneOf(node, around)
  if (scene === null) return null
  return removeLeaver(scene) ?? removeSilent(scene) ?? shedSurplus(scene) ?? renew(scene) ?? promote(scene) ?? admit(scene)
}

/** To whom a leader in a late tab should hand over: the nearest voter that could and whose tab is not late. */
export function handOver(node: RaftNode, around: Surroundings): Advice | null {
  const scene = sceneOf(node, around)
  const isLate = (member: NodeId): boolean => around.tabs.find(({ hosted }) => hosted.includes(member))?.late ?? true
  if (scene === null || !isLate(node.id)) return null
  const { inForce, progress } = scene
  const couldLead = ({ node: voter, levels }: Member): boolean =>
    !isLate(voter) && isLive(scene, voter) && (progress.get(voter)?.matchIndex ?? 0) >= node.commitIndex && levels.max >= scene.level
  const [nearest] = inForce.voters
    .filter(couldLead)
    .map((voter) => ({ to: voter.node, distance: progress.get(voter.node)?.measured?.roundTrip ?? Infinity }))
    .toSorted((a, b) => a.distance - b.distance)
  return nearest === undefined ? null : { type: 'transfer', to: nearest.to }
}

/** Null unless this is a leader that may change something. */
function sceneOf(node: RaftNode, { now, tabs, farewells, votersMax, membersMax, level }: Surroundings): Scene | null {
  const { role } = node
  if (role.name !== 'leader' || role.transfer !== null || isChangeInFlight(node)) return null
  if (node.log.termAt(node.commitIndex) !== node.currentTerm) return null
  return { now, tabs, farewells, votersMax, membersMax, level, node, progress: role.progress, inForce: configurationOf(node) }
}

function removeLeaver(scene: Scene): Advice | null {
  const { inForce, farewells, now } = scene
  for (const { node: member } of membersOf(inForce)) {
    const heardAt = farewells.get(member)
    if (heardAt === undefined || !hasLeft(scene, member)) continue
    const living = inForce.voters.filter((voter) => isLive(scene, voter.node)).length
    const mayLoseNone = isVoter(inForce, member) && living - 1 < majorityOf(inForce.voters.length)
    if (!mayLoseNone && now - heardAt < AUTOPILOT.reload) continue
    const change = changeTo(scene, without(inForce, member), member, heardAt)
    if (change !== null) return change
  }
  return null
}

function removeSilent(scene: Scene): Advice | null {
  const { inForce, now } = scene
  // Of an even number one fewer bears as many losses, so a silent one only weighs. Of an odd one it waits for a stand-by to be
  // added first, and goes first where that one may not be: the guard counts the silent one then, and would for ever.
  const isEven = inForce.voters.length % 2 === 0
  const onlyWeighs = isEven || (inForce.learners.some((learner) => isStandBy(scene, learner)) && promote(scene) === null)
  for (const { node: member } of membersOf(inForce)) {
    const silence = now - lastHeard(scene, member)
    const patience = !isVoter(inForce, member) ? AUTOPILOT.silentLearner : onlyWeighs ? AUTOPILOT.silent : AUTOPILOT.silentAlone
    // The one that stays of two would go on with a single copy: that is for people to decide.
    if (silence < patience || (isVoter(inForce, member) && inForce.voters.length === 2)) continue
    const change = changeTo(scene, without(inForce, member), member, lastHeard(scene, member) + patience)
    if (change !== null) return change
  }
  return null
}

/** A tab keeps one voter: its main node where that votes, else the first. A leader hands over before it goes. */
function shedSurplus(scene: Scene): Advice | null {
  const { inForce, node } = scene
  for (const { main, hosted, since } of scene.tabs) {
    const voting = hosted.filter((id) => isVoter(inForce, id))
    const keep = voting.includes(main.node) ? main.node : voting[0]
    for (const id of hosted) {
      if (id === keep || id === main.node || !isMember(inForce, id)) continue
      if (id === node.id) return keep === undefined ? null : { type: 'transfer', to: keep }
      const change = changeTo(scene, without(inForce, id), id, since)
      if (change !== null) return change
    }
  }
  return null
}

/** A tab that was reloaded may be of another build: the log says which levels its nodes can apply, so that all leaders know. */
function renew(scene: Scene): Advice | null {
  const { inForce } = scene
  for (const member of membersOf(inForce)) {
    // Of a tab that was reloaded the link may stay a while.
    const [tab] = scene.tabs.filter(({ hosted }) => hosted.includes(member.node)).toSorted((a, b) => b.since - a.since)
    if (tab === undefined) continue
    const { levels } = tab.main
    if (member.levels.min === levels.min && member.levels.max === levels.max) continue
    const renewed = (members: readonly Member[]): readonly Member[] => members.map((one) => (one === member ? { ...one, levels } : one))
    const change = changeTo(scene, { voters: renewed(inForce.voters), learners: renewed(inForce.learners) }, member.node, tab.since)
    if (change !== null) return change
  }
  return null
}

function promote(scene: Scene): Advice | null {
  const { inForce, progress, now } = scene
  const isSilent = (voter: Member): boolean => now - lastHeard(scene, voter.node) >= AUTOPILOT.silent
  const seats = scene.votersMax + (inForce.voters.some(isSilent) ? 1 : 0)
  if (inForce.voters.length >= seats) return null
  for (const learner of inForce.learners) {
    if (!isStandBy(scene, learner)) continue
    const next = { voters: [...inForce.voters, learner], learners: inForce.learners.filter((other) => other !== learner) }
    const change = changeTo(scene, next, learner.node, progress.get(learner.node)!.since + AUTOPILOT.up)
    if (change !== null) return change
  }
  return null
}

/** Could vote: of a build that is new enough, everything committed stored there within the last second, up for a second, and its tab has no voter yet. */
function isStandBy(scene: Scene, learner: Member): boolean {
  const { inForce, node, progress, now, tabs } = scene
  const known = progress.get(learner.node)
  const tab = tabs.find(({ main }) => main.node === learner.node)
  const isAlone = tab !== undefined && !tab.hosted.some((id) => isVoter(inForce, id))
  const isProven = known !== undefined && known.matchIndex >= node.commitIndex && isLive(scene, learner.node)
  // Who cannot apply what all do must not come to lead.
  const isFit = learner.levels.max >= scene.level
  return learner.votes && isFit && isAlone && isProven && now - known.since >= AUTOPILOT.up
}

function admit(scene: Scene): Advice | null {
  const { inForce, tabs, membersMax } = scene
  if (membersOf(inForce).length >= membersMax) return null
  for (const { main, since } of tabs) {
    if (isMember(inForce, main.node)) continue
    const change = changeTo(scene, { ...inForce, learners: [...inForce.learners, main] }, main.node, since)
    if (change !== null) return change
  }
  return null
}

/**
 * The change, if it could commit: a majority of the new voters, not counting the node that it is about, answered a message sent
 * after the reason for the change was known. An addition that does not raise the majority may count the added node, and so must
 * the second of two.
 */
function changeTo(scene: Scene, next: Configuration, about: NodeId, reasonKnownAt: Millis): Advice | null {
  const { inForce, node } = scene
  const after = Math.max(reasonKnownAt, scene.now - AUTOPILOT.fresh)
  const [before, needed] = [majorityOf(inForce.voters.length), majorityOf(next.voters.length)]
  const countsAbout = needed === before || next.voters.length === 2
  const answered = next.voters.filter(
    ({ node: voter }) =>
      (voter !== about || countsAbout) && (voter === node.id || (scene.progress.get(voter)?.ackedSentAt ?? -Infinity) > after),
  )
  if (answered.length < needed) return null
  return { type: 'change', at: configurationIndex(node), configuration: next }
}

/** A leader looks after all but itself. */
function lastHeard({ progress, now }: Scene, member: NodeId): Millis {
  const known = progress.get(member)
  return known === undefined ? now : Math.max(known.ackedSentAt, known.since)
}

function isLive(scene: Scene, member: NodeId): boolean {
  if (member === scene.node.id) return true
  const known = scene.progress.get(member)
  return known !== undefined && scene.now - known.ackedSentAt < AUTOPILOT.fresh && !hasLeft(scene, member)
}

/** It said farewell and answered nothing that was sent since. */
function hasLeft({ farewells, progress, node }: Scene, member: NodeId): boolean {
  const heardAt = farewells.get(member)
  return heardAt !== undefined && member !== node.id && (progress.get(member)?.ackedSentAt ?? -Infinity) <= heardAt
}
