/**
 * Can this cluster still commit? Whatever is under way is lost, saves that began end, nobody comes or goes, and the network is
 * kind from now on: some order of campaigns and heartbeats must then lead to a leader that commits in its term. Only an order
 * that was found counts, so "it can" is proven and "it cannot" is a search that ended.
 */
import { isChangeInFlight, mayCampaign } from '../../shared/raft/node.ts'
import type { Flying, Move, State } from './state.ts'
import type { Moves } from './moves.ts'

/** Campaigns in a row: each either wins, or teaches somebody a term or a log. */
const CAMPAIGNS_MAX = 3
const MOVES_MAX = 400
const PLENTY = 1_000

export function canCommit(state: State, moves: Moves): boolean {
  const calm = settle({ ...state, flight: [], left: { ...state.left, timeouts: PLENTY, heartbeats: PLENTY } }, moves)
  return reaches(calm, moves, CAMPAIGNS_MAX)
}

/** Everybody is back first, from what is on the disks. */
export function canCommitTogether(state: State, moves: Moves): boolean {
  let back = state
  for (const [at, { core }] of state.places.entries()) if (core === null) back = moves.after(back, { type: 'restart', at })!
  return canCommit(back, moves)
}

function reaches(state: State, moves: Moves, campaigns: number): boolean {
  if (hasCommitted(state)) return true
  if (campaigns === 0) return false
  return state.places.some(({ core }, at) => {
    if (core === null || core.role.name === 'leader' || !mayCampaign(core)) return false
    const next = moves.after(state, { type: 'timeout', at })
    return next !== null && reaches(settle(next, moves), moves, campaigns - 1)
  })
}

/** A leader whose whole log is committed: what it is asked for next would be too. */
function hasCommitted({ places }: State): boolean {
  return places.some(({ core }) => {
    if (core?.role.name !== 'leader' || isChangeInFlight(core)) return false
    return core.commitIndex === core.log.lastIndex && core.log.lastTerm === core.currentTerm && core.saves.inFlight === null
  })
}

/** Delivers and saves until all is quiet, then leaders look twice for those that fell silent. */
function settle(state: State, moves: Moves): State {
  let now = quiet(state, moves)
  for (let round = 0; round < 2; round++) {
    for (const [at, { core }] of now.places.entries()) {
      if (core?.role.name === 'leader') now = quiet(moves.after(now, { type: 'silence', at }) ?? now, moves)
    }
  }
  return now
}

function quiet(state: State, moves: Moves): State {
  let now = state
  for (let count = 0; count < MOVES_MAX; count++) {
    const move = kindMove(now)
    if (move === null) return now
    now = moves.after(now, move) ?? now
  }
  throw new Error('a kind network never falls quiet')
}

function kindMove({ places, flight }: State): Move | null {
  const at = places.findIndex(({ save }) => save !== null)
  if (at >= 0) return { type: 'saved', at }
  const flying = flight.find((one: Flying) => places.some(({ id, core }) => id === one.message.to && core !== null))
  return flying === undefined ? null : { type: 'deliver', flying }
}
