/** The mesh between real pages: the contract of the Transport, and what only real links and a real signaling server show. */
import { randomBytes } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { build } from 'vite'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { startServer, type RunningServer } from '../../server/server.ts'
import { transportScenes } from '../contract/transport.ts'
import type { TransportTab, TransportWorld } from '../contract/watched.ts'
import { findFirefox, startChromium, startFirefox, type Machine } from '../support/browser.ts'
import type { TransportEvent } from '../support/recorder.ts'
import { joined } from '../server/scene.ts'
import type { Probe } from '../support/mesh-page/page.ts'

declare const probe: Probe

let dist: string
let server: RunningServer
let machine: Machine

beforeAll(async () => {
  dist = await mkdtemp(join(tmpdir(), 'flotilla-mesh-'))
  const root = join(import.meta.dirname, '../support/mesh-page')
  await build({ root, configFile: false, logLevel: 'error', build: { outDir: dist, emptyOutDir: true, target: 'es2023' } })
  server = await startServer({ port: 0, dist })
  machine = await startChromium()
})

afterAll(async () => {
  await machine?.discard()
  await server?.close()
  await rm(dist, { recursive: true, force: true })
})

/** What both drivers can do. */
interface DrivenPage {
  evaluate<A, R>(work: (argument: A) => R | Promise<R>, argument: A): Promise<R>
}

interface PageTab extends TransportTab {
  readonly page: DrivenPage
  counts(): Promise<Readonly<Record<string, number>>>
}

async function tabOn(page: DrivenPage, id: string, room: string): Promise<PageTab> {
  await page.evaluate(([tab, room]) => probe.open({ tab, room }), [id, room] as const)
  return {
    id,
    page,
    call: (name, ...args) => page.evaluate(([name, args]) => probe.call(name, args), [name, args] as const),
    events: (after) => page.evaluate((after) => probe.events(after), after),
    counts: () => page.evaluate(() => probe.counts(), null),
  }
}

const mintRoom = (): string => randomBytes(16).toString('base64url')
const bytesOf = (text: string): string => Buffer.from(text).toString('base64')

class PageWorld implements TransportWorld {
  readonly room = mintRoom()
  readonly pages = new Map<string, Page>()
  readonly problems: string[] = []
  #count = 0

  nextId(): string {
    return `tab${(this.#count += 1)}`
  }

  async open(port = server.port): Promise<PageTab> {
    const page = await machine.context.newPage()
    const id = this.nextId()
    this.pages.set(id, page)
    page.on('pageerror', (error) => this.problems.push(`${id}: ${String(error)}`))
    page.on('console', (message) => message.type() === 'error' && this.problems.push(`${id}: ${message.text()}`))
    await page.goto(`http://localhost:${port}/`)
    return tabOn(page, id, this.room)
  }

  /** The renderer dies: no pagehide, no closing of anything. */
  async crash({ id }: TransportTab): Promise<void> {
    const page = this.pages.get(id)!
    const session = await machine.context.newCDPSession(page)
    const gone = page.waitForEvent('crash')
    session.send('Page.crash').catch(() => {})
    await gone
  }

  async close(): Promise<void> {
    await Promise.all([...this.pages.values()].map((page) => page.close()))
  }
}

let world: PageWorld
afterEach(() => world.close())

describe('Transport over simple-peer between pages of Chromium', () => {
  for (const { title, play } of transportScenes) {
    test(title, async () => {
      world = new PageWorld()
      await play(world)
      expect(world.problems).toEqual([])
    })
  }
})

describe('Links and the signaling server', () => {
  /** Waits for an event of a tab that fits. */
  async function until(tab: PageTab, fits: (event: TransportEvent) => boolean): Promise<void> {
    let seen = 0
    for (;;) {
      const events = await tab.events(seen)
      if (events.some(fits)) return
      seen += events.length
    }
  }
  const isUp = (other: { readonly id: string }) => (event: TransportEvent) => event.type === 'up' && event.tab === other.id
  const isSignaling = (state: 'up' | 'down') => (event: TransportEvent) => event.type === 'signaling' && event.state === state
  const hears = (text: string) => (event: TransportEvent) => event.type === 'message' && event.message === bytesOf(text)

  async function opened(port: number): Promise<PageTab> {
    const tab = await world.open(port)
    await tab.call('setHello', bytesOf('hello'))
    return tab
  }

  test('links outlive the signaling server, and a new one on its port introduces a third tab', async () => {
    world = new PageWorld()
    const mortal = await startServer({ port: 0, dist })
    const [a, b] = [await opened(mortal.port), await opened(mortal.port)]
    await Promise.all([until(a, isUp(b)), until(b, isUp(a))])
    await mortal.close()
    await Promise.all([until(a, isSignaling('down')), until(b, isSignaling('down'))])
    await a.call('send', b.id, bytesOf('without it'))
    await until(b, hears('without it'))

    const risen = await startServer({ port: mortal.port, dist })
    try {
      const c = await opened(risen.port)
      await Promise.all([until(c, isUp(a)), until(c, isUp(b)), until(a, isUp(c)), until(b, isUp(c))])
      // One connection for each pair: none was made anew.
      const counts = await Promise.all([a.counts(), b.counts(), c.counts()])
      expect(counts.map((count) => count['attempt:made'])).toEqual([2, 2, 2])
    } finally {
      await world.close()
      await risen.close()
    }
  })

  test('junk from a hostile signaling server ends in counts, and the link that is up does not notice', async () => {
    world = new PageWorld()
    const [a, b] = [await opened(server.port), await opened(server.port)]
    await Promise.all([until(a, isUp(b)), until(b, isUp(a))])
    // A third socket of the room may send what it likes to both.
    const hostile = await joined(server.port, '0hostile', world.room)
    const before = await Promise.all([a.counts(), b.counts()])
    const signals = [
      '{}',
      'null',
      '{"type":"offer"}',
      '{"type":"offer","epoch":1,"sdp":"v=0\\r\\n"}',
      '{"type":"answer","epoch":1,"sdp":"x"}',
      '{"type":"candidates","epoch":1,"candidates":[{}]}',
      '\0\xff',
    ]
    for (const { id } of [a, b]) for (const text of signals) await hostile.ask('signal', { to: id, bytes: Buffer.from(text, 'latin1') })
    await expect
      .poll(async () => (await a.counts())['refused:signal'], { timeout: 60_000 })
      .toBe((before[0]['refused:signal'] ?? 0) + signals.length)
    hostile.socket.disconnect()
    await a.call('send', b.id, bytesOf('still here'))
    await until(b, hears('still here'))
    expect(world.problems).toEqual([])
  })

  test('a page that is closed says goodbye in pagehide', async () => {
    world = new PageWorld()
    const [a, b] = [await opened(server.port), await opened(server.port)]
    await Promise.all([until(a, isUp(b)), until(b, isUp(a))])
    await a.page.evaluate(([tab, words]) => addEventListener('pagehide', () => probe.call('farewell', [[[tab, words]]])), [
      b.id,
      bytesOf('I go'),
    ] as const)
    await world.pages.get(a.id)!.close()
    await until(b, hears('I go'))
    await until(b, (event) => event.type === 'down' && event.tab === a.id)
  })

  test.skipIf(findFirefox() === null)('a tab of Firefox is linked with two of Chromium', async () => {
    world = new PageWorld()
    const [a, b] = [await opened(server.port), await opened(server.port)]
    const firefox = await startFirefox()
    try {
      const page = await firefox.newPage()
      await page.goto(`http://localhost:${server.port}/`)
      const driven: DrivenPage = { evaluate: (work, argument) => page.evaluate(work as (argument: unknown) => never, argument) }
      // Its id is the highest and then the lowest: it answers, and it initiates.
      const f = await tabOn(driven, world.nextId(), world.room)
      await f.call('setHello', bytesOf('from the other side'))
      await Promise.all([until(f, isUp(a)), until(f, isUp(b)), until(a, isUp(f)), until(b, isUp(f))])
      await Promise.all([f.call('send', a.id, bytesOf('to a')), a.call('send', f.id, 'pattern:300000')])
      await Promise.all([until(a, hears('to a')), until(f, (event) => event.type === 'message' && event.message === 'pattern:300000')])
      const second = await firefox.newPage()
      await second.goto(`http://localhost:${server.port}/`)
      const first: DrivenPage = { evaluate: (work, argument) => second.evaluate(work as (argument: unknown) => never, argument) }
      const g = await tabOn(first, '0first', world.room)
      await g.call('setHello', bytesOf('from the other side'))
      await Promise.all([until(g, isUp(a)), until(g, isUp(f)), until(a, isUp(g))])
    } finally {
      await firefox.close()
    }
  })
})
