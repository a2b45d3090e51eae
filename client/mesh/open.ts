/** A mesh for this page: simple-peer links, introduced through socket.io, hurried by what the page hears of the network. */
import type { Clock, TabId } from '../../shared/host/ports.ts'
import { introduceLater } from './later.ts'
import { Mesh } from './mesh.ts'
import type { OpenChannel } from './types.ts'

export interface OpenMeshOptions {
  /** New for every page load; shaped as JoinRequest says. */
  readonly tab: TabId
  /** 22 url-safe characters. */
  readonly room: string
  /** Wakes should come from a Worker: a hidden page's own timers run once a second. */
  readonly clock: Clock
  /** The origin of the signaling server; this page's own by default. */
  readonly signalingUrl?: string
}

/** Meets nobody until it has a listener and a hello. */
export function openMesh({ tab, room, clock, signalingUrl = location.origin }: OpenMeshOptions): Mesh {
  const request = { room, tab, token: mintToken() }
  let open: OpenChannel | null = null
  const mesh = new Mesh({
    tab,
    clock,
    // Nobody is known before there was an introduction.
    openChannel: (options, events) => open!(options, events),
    introduce: (events) =>
      introduceLater(
        async () => {
          const { introduce, openChannel } = await import('./links.ts')
          open = openChannel
          return (events) => introduce({ url: signalingUrl, request, clock }, events)
        },
        clock,
        events,
      ),
  })
  const hurry = () => mesh.hurry()
  const hurryIfSeen = () => document.visibilityState === 'visible' && mesh.hurry()
  addEventListener('online', hurry)
  addEventListener('pageshow', hurry)
  document.addEventListener('visibilitychange', hurryIfSeen)
  return mesh
}

/** 128 random bits in 22 url-safe characters. */
function mintToken(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16))
  return btoa(String.fromCharCode(...bytes))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .slice(0, 22)
}
