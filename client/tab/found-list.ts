/** "New list": the only way in which a list comes to be (DESIGN 8). */
import type { Result, SaveError } from '../../shared/host/ports.ts'
import { found } from '../../shared/life/birth.ts'
import { roomOf, mintSecret } from '../../shared/wire/keys.ts'
import type { Browser } from './browser.ts'

/** Durable before the secret is known to anybody. A guest stores nothing, so it can found nothing. */
export async function foundList(browser: Browser, name: string): Promise<Result<string, SaveError | { readonly type: 'guest' }>> {
  const { disk, registry, locks, mintId, clock, remembered } = browser
  if (locks === null) return { ok: false, error: { type: 'guest' } }
  const secret = mintSecret(crypto.getRandomValues(new Uint8Array(16)))
  const room = roomOf(secret)
  const node = mintId()
  const machine = await registry.machine()
  const minting = { node, machine, cluster: mintId(), nonce: mintId(), at: Math.round(clock.wall()) }
  const founded = await found(disk, minting, name, mintId())
  if (!founded.ok) return founded
  founded.value.journal.close()
  await registry.putNode({ node, room, lastTerm: 1, lastIndex: founded.value.saved.entries.length, incarnation: 1, retired: false })
  const now = clock.wall()
  await registry.putList({ room, secret, name, visitedAt: now, items: 0, pending: 0, agreedAt: now })
  remembered.set(room, node)
  return { ok: true, value: secret }
}
