/** How a world came to where its exploration begins: a few moves by name, then the bounds start to count. */
import type { Moves } from './moves.ts'
import { NOTHING } from './state.ts'
import type { Bounds, Move, State, World } from './state.ts'

const PLENTY = 1_000

/** `settle` delivers and saves all; `timeout n1`, `saved n1`, `crash n1`, `restart n1`, `heartbeat n1`, `tick n1`; `deliver n1 n2`; `drop`; `remove n2 at n1`. */
export function begin(world: World, moves: Moves): State {
  const bounds: Bounds = { ...NOTHING, ...world.bounds }
  const plenty: Bounds = {
    timeouts: PLENTY,
    heartbeats: PLENTY,
    proposals: bounds.proposals,
    crashes: PLENTY,
    leaves: PLENTY,
    changes: PLENTY,
    ticks: PLENTY,
    copies: PLENTY,
    transfers: PLENTY,
    hints: PLENTY,
  }
  let state: State = { ...moves.first(), left: plenty }
  for (const line of world.before ?? []) state = told(line, state, moves)
  return { ...state, left: bounds }
}

function told(line: string, state: State, moves: Moves): State {
  const [verb = '', one = '', other = ''] = line.split(' ')
  const at = Number(one.slice(1)) - 1
  switch (verb) {
    case 'settle':
      return settled(state, moves)
    case 'drop':
      return { ...state, flight: [] }
    case 'deliver': {
      const chosen = state.flight.filter(({ message }) => message.from === one && (other === '' || message.to === other))
      return chosen.reduce((now, flying) => made({ type: 'deliver', flying }, now, moves), state)
    }
    case 'timeout':
    case 'saved':
    case 'crash':
    case 'restart':
    case 'heartbeat':
    case 'tick':
      return made({ type: verb, at }, state, moves)
    default:
      throw new Error(`no story knows "${line}"`)
  }
}

function settled(state: State, moves: Moves): State {
  let now = state
  for (;;) {
    const saving = now.places.findIndex(({ save }) => save !== null)
    const flying = now.flight.find(({ message }) => now.places.some(({ id, core }) => id === message.to && core !== null))
    if (saving >= 0) now = made({ type: 'saved', at: saving }, now, moves)
    else if (flying !== undefined) now = made({ type: 'deliver', flying }, now, moves)
    else return now
  }
}

function made(move: Move, state: State, moves: Moves): State {
  const after = moves.after(state, move)
  if (after === null) throw new Error(`this move changes nothing: ${JSON.stringify(move)}`)
  return after
}
