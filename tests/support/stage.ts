/**
 * Where end-to-end scenes play: the signaling server with the built page, and machines (browsers with a profile on disk).
 * Both are shared by the scenes of a file; each scene has its own tabs, and leaves none behind.
 */
import { mkdirSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { expect, vi } from 'vitest'
import type { Status } from '../../shared/host/status.ts'
import { startChromium, type Machine } from './browser.ts'
import { serveSite, type Site } from './site.ts'
import { Tab } from './tab.ts'
import type { ShownItem, WatchedTab } from './watched-tab.ts'

/** Long enough to mean "at all", on a busy machine too. */
const DEADLINE_MS = 60_000
const LOOK_EVERY_MS = 200
// A scene's own deadlines should speak first: they say what was waited for.
vi.setConfig({ testTimeout: 4 * DEADLINE_MS })
const PICTURES = join(import.meta.dirname, '../../artefacts/failures')

export class Stage {
  readonly #serve: () => Promise<Site>
  readonly #start: () => Promise<Machine>
  readonly #machines = new Map<string, Machine>()
  #site: Promise<Site> | null = null

  constructor(serve: () => Promise<Site> = serveSite, start: () => Promise<Machine> = startChromium) {
    this.#serve = serve
    this.#start = start
  }

  site(): Promise<Site> {
    this.#site ??= this.#serve()
    return this.#site
  }

  /** Another name is another browser on another profile. */
  async machine(name: string): Promise<Machine> {
    const running = this.#machines.get(name)
    if (running !== undefined) return running
    const machine = await this.#start()
    this.#machines.set(name, machine)
    return machine
  }

  /** Starts this machine again on its own profile, once its browser is gone. */
  async restart(name: string): Promise<Machine> {
    const machine = await startChromium({ profile: this.#machines.get(name)!.profile })
    this.#machines.set(name, machine)
    return machine
  }

  /** Plays one scene, and asks what must hold of every scene: no trouble in any page, nothing asked of anybody outside. */
  async play(work: (scene: Scene) => Promise<void>): Promise<void> {
    const { url } = await this.site()
    const scene = new Scene(this, url)
    try {
      await work(scene)
      scene.expectNoTrouble()
      scene.expectNobodyOutside()
    } catch (error) {
      throw new Error(`${String(error)}\n${await scene.describe()}`, { cause: error })
    } finally {
      await scene.end()
    }
  }

  async close(): Promise<void> {
    for (const machine of this.#machines.values()) {
      await machine.close().catch(() => {}) // Perhaps it was killed.
      await rm(machine.profile, { recursive: true, force: true, maxRetries: 10 })
    }
    await (await this.#site)?.close()
  }
}

export class Scene {
  readonly stage: Stage
  readonly url: string
  readonly #tabs: WatchedTab[] = []
  readonly #pictures: string
  /** Where the scene's pages come from: one server, perhaps by several names. */
  readonly #homes: Set<string>
  #expected: RegExp | null = null

  constructor(stage: Stage, url: string) {
    this.stage = stage
    this.url = url
    this.#homes = new Set([new URL(url).host])
    this.#pictures = join(PICTURES, (expect.getState().currentTestName ?? 'scene').replaceAll(/[^a-z0-9]+/gi, '-').slice(0, 80))
  }

  /** Every tab of this scene that is still open. */
  get tabs(): readonly WatchedTab[] {
    return this.#tabs.filter((tab) => !tab.isGone)
  }

  /** A new tab at this address, the front page by default. */
  async open(machine: string, name: string, link: string = this.url): Promise<Tab> {
    this.#homes.add(new URL(link).host)
    const { context } = await this.stage.machine(machine)
    const tab = this.take(new Tab(name, await context.newPage()))
    await tab.page.goto(link)
    return tab
  }

  /** A page that opened by itself, as a tab of this scene. */
  adopt(page: Page, name: string): Tab {
    return this.take(new Tab(name, page))
  }

  take<T extends WatchedTab>(tab: T): T {
    this.#tabs.push(tab)
    return tab
  }

  /** The first tab of a new list, from the front page to the first leader. */
  async found(machine: string, name: string, list: string): Promise<Tab> {
    const tab = await this.open(machine, name)
    await tab.found(list)
    await this.until(`${name} leads its new list`, async () => (await tab.status())?.role === 'leader')
    return tab
  }

  /** A list with tabs that are all voters: `['A', 'A', 'B']` are two of one machine and one of another, named A1, A2, B3. */
  async cluster(machines: readonly string[], list: string): Promise<readonly Tab[]> {
    const first = await this.found(machines[0]!, `${machines[0]}1`, list)
    const tabs = [first]
    for (const [i, machine] of machines.entries()) if (i > 0) tabs.push(await this.open(machine, `${machine}${i + 1}`, first.link))
    await this.allVoters(tabs)
    return tabs
  }

  /** Each of these tabs hosts a voter, there are no others, and all know the same leader. */
  async allVoters(tabs: readonly WatchedTab[]): Promise<void> {
    await this.until(`${tabs.length} voters with a leader`, async () => {
      const all = await this.statuses(tabs)
      const leaders = new Set(all.map(({ leader }) => leader))
      return (
        leaders.size === 1 && !leaders.has(null) && all.every(({ id, voters }) => voters.includes(id!) && voters.length === tabs.length)
      )
    })
  }

  /** Of tabs that have a list open. */
  async statuses(tabs: readonly WatchedTab[]): Promise<readonly Status[]> {
    const all = await Promise.all(tabs.map((tab) => tab.status()))
    return all.map((status, i) => status ?? fail(`${tabs[i]!.name} has no list open`))
  }

  /** The tab whose node leads now. By the time somebody acts on it another may lead, and that must be no matter. */
  async leader<T extends WatchedTab>(tabs: readonly T[]): Promise<T> {
    let leading: T | undefined
    await this.until('somebody leads', async () => {
      const all = await this.statuses(tabs)
      leading = tabs.find((_, i) => all[i]!.role === 'leader' && all.every(({ leader }) => leader === all[i]!.id))
      return leading !== undefined
    })
    return leading!
  }

  /** Looks again and again. */
  async until(what: string, holds: () => Promise<boolean>, deadline = DEADLINE_MS): Promise<void> {
    const end = performance.now() + deadline
    let trouble = ''
    while (performance.now() < end) {
      try {
        if (await holds()) return
        trouble = ''
      } catch (error) {
        trouble = `\nlooking failed: ${String(error)}` // A page that loads cannot be looked at.
      }
      await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS))
    }
    throw new Error(`Not within ${deadline / 1_000} s: ${what}${trouble}`)
  }

  /** Every tab has nothing pending, the same items in the same order, and just these on its screen; returns their texts. */
  async agree(tabs: readonly WatchedTab[] = this.tabs): Promise<readonly string[]> {
    let agreed = ''
    await this.until('all agree, and their screens show it', async () => {
      // Asked first: what is agreed between two looks would be in neither.
      if ((await Promise.all(tabs.map((tab) => tab.pendingCount()))).some((count) => count > 0)) return false
      const [first, ...rest] = await Promise.all(tabs.map((tab) => tab.items()))
      agreed = JSON.stringify(first)
      if (rest.some((items) => JSON.stringify(items) !== agreed)) return false
      const expected = JSON.stringify(first!.map(({ text, done }): ShownItem => ({ text, done, standing: 'agreed' })))
      return (await Promise.all(tabs.map((tab) => tab.shown()))).every((shown) => JSON.stringify(shown) === expected)
    })
    return (JSON.parse(agreed) as readonly ShownItem[]).map(({ text }) => text)
  }

  /** Trouble that this scene brings about by itself: a server that is gone, say. */
  expectTrouble(words: RegExp): void {
    this.#expected = words
  }

  expectNoTrouble(): void {
    const problems = this.#tabs.flatMap((tab) => tab.problems.map((problem) => `${tab.name}: ${problem}`))
    expect(problems.filter((problem) => this.#expected?.test(problem) !== true)).toEqual([])
  }

  expectNobodyOutside(): void {
    const asked = this.#tabs.flatMap((tab) => (tab instanceof Tab ? tab.requests : []))
    const outside = asked.filter((url) => !this.#homes.has(new URL(url).host) && !/^(?:data|blob):/.test(url))
    expect(asked.length).toBeGreaterThan(0)
    expect(outside).toEqual([])
  }

  async end(): Promise<void> {
    await Promise.all(this.tabs.map((tab) => tab.close().catch(() => {}))) // Its browser may be gone.
  }

  /** How every tab stands, with a picture of each. */
  async describe(): Promise<string> {
    mkdirSync(this.#pictures, { recursive: true })
    const said = await Promise.all(this.#tabs.map((tab) => tab.describe(`${join(this.#pictures, tab.name)}.png`)))
    return said.join('\n')
  }
}

function fail(why: string): never {
  throw new Error(why)
}
