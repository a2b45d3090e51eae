/** One list open in this tab: its life over a real mesh, ended when the page goes. */
import { openMesh } from '../mesh/open.ts'
import type { Mesh } from '../mesh/mesh.ts'
import type { Transition } from '../../shared/host/transition.ts'
import { LIMITS, REPLICA, TIMES } from '../../shared/limits.ts'
import { Life } from '../../shared/life/life.ts'
import type { Watch } from '../../shared/life/options.ts'
import type { Settings } from '../../shared/raft/node.ts'
import { roomOf } from '../../shared/wire/keys.ts'
import type { Browser } from './browser.ts'

const SETTINGS: Settings = {
  electionMin: TIMES.electionMin,
  electionMax: TIMES.electionMax,
  checkQuorum: TIMES.checkQuorum,
  heartbeat: TIMES.heartbeat,
  preVote: true,
  appendBytes: LIMITS.appendBytes,
  appendsInFlight: LIMITS.appendsInFlight,
  windowMin: LIMITS.windowMin,
  uncommittedMax: LIMITS.proposalsInFlight,
  chunkBytes: LIMITS.chunkBytes,
  logTail: LIMITS.logTail,
}

export interface OpenList {
  readonly secret: string
  readonly room: string
  readonly life: Life
  readonly mesh: Mesh
  /** Others in touch speak only newer protocols. */
  isTooOld(): boolean
  /** Farewell to the others; the locks are let go last. */
  leave(): void
}

/** `changed` is called often; look at most once a frame. */
export async function openList(browser: Browser, secret: string, changed: () => void, told: Watch): Promise<OpenList> {
  const room = roomOf(secret)
  const tab = browser.mintId()
  const mesh = openMesh({ tab, room, clock: browser.clock })
  const transition = (transition: Transition): void => {
    told.transition?.(transition)
    for (const onlooker of browser.onlookers) onlooker(transition)
  }
  const watch = { ...told, transition }
  const life = await Life.open(
    { ...browser, tab, room, transport: mesh, settings: SETTINGS, replica: REPLICA, build: BUILD },
    changed,
    watch,
  )
  const resumed = (): void => life.suspended()
  document.addEventListener('resume', resumed)
  return {
    secret,
    room,
    life,
    mesh,
    isTooOld: () => life.host.refusedBy === 'protocol',
    leave() {
      document.removeEventListener('resume', resumed)
      life.leave()
    },
  }
}

/** Told to other tabs, for people who compare; no decision is taken by it. */
const BUILD = import.meta.env.MODE === 'production' ? '0.1.0' : '0.1.0-dev'
