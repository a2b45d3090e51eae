/** The same list by Yjs, as its users put it together: y-webrtc between tabs, y-indexeddb below, and what is seen is drawn. */
import { IndexeddbPersistence } from 'y-indexeddb'
import { WebrtcProvider } from 'y-webrtc'
import * as Y from 'yjs'

declare global {
  interface Window {
    y: {
      /** Adds an item; its id. */
      add(text: string): string
      /** When this tab had the item, on the clock that all browsers of this machine share. */
      readonly seen: ReadonlyMap<string, number>
    }
  }
}

interface Item {
  readonly id: string
  readonly text: string
}

const [room, signaling] = location.hash.slice(1).split(',') as [string, string]
const list = document.createElement('ul')
document.body.append(list)
const doc = new Y.Doc()
const items = doc.getArray<Item>('items')
const seen = new Map<string, number>()
let undrawn: Item[] = []

items.observe((event) => {
  const now = performance.timeOrigin + performance.now()
  const fresh = event.changes.delta.flatMap(({ insert }) => (insert ?? []) as Item[])
  for (const { id } of fresh) seen.set(id, now)
  if (undrawn.length === 0) requestAnimationFrame(draw)
  undrawn.push(...fresh)
})

function draw(): void {
  const rows = undrawn.map(({ text }) => Object.assign(document.createElement('li'), { textContent: text }))
  undrawn = []
  list.append(...rows)
}

const storage = new IndexeddbPersistence(room, doc)
await storage.whenSynced
// All by default but the servers: its own ask outside, for introductions and for addresses.
const provider = new WebrtcProvider(room, doc, { signaling: [signaling], peerOpts: { config: { iceServers: [] } } })
addEventListener('pagehide', () => provider.destroy())

window.y = {
  seen,
  add(text) {
    const id = crypto.randomUUID()
    items.push([{ id, text }])
    return id
  },
}
