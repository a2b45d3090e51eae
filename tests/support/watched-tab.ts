/** A tab with a list open, whatever drives its browser: what it says of itself and what stands on its screen. */
import type { ConsoleItem, Flotilla } from '../../client/tab/console.ts'
import type { Status } from '../../shared/host/status.ts'

declare const flotilla: Flotilla
declare global {
  interface Window {
    /** Ends `pour`. */
    poured?: { isOver: boolean }
    /** Tells the test of an edit that this tab knows to be agreed. */
    agreed?: (text: string) => Promise<void>
  }
}

/** What both drivers can do. */
export interface DrivenPage {
  evaluate<A, R>(work: (argument: A) => R | Promise<R>, argument: A): Promise<R>
  exposeFunction(name: string, told: (text: string) => void): Promise<unknown>
  screenshot(options: { readonly path: `${string}.png` }): Promise<unknown>
  url(): string
}

export interface ShownItem {
  readonly text: string
  readonly done: boolean
  readonly standing: string
}

/** One line of edits that wait for their results, in each tab that pours. */
const LANES = 3

export abstract class WatchedTab {
  readonly name: string
  /** What went wrong in the page, in its own words. */
  readonly problems: string[] = []
  /** Texts of the poured edits that this tab was told to be agreed. */
  readonly agreed: string[] = []
  readonly #page: DrivenPage
  #isGone = false
  #canTell = false

  constructor(name: string, page: DrivenPage) {
    this.name = name
    this.#page = page
  }

  /** Types into the page as a person does; resolves before it is agreed. */
  abstract add(text: string): Promise<void>

  /** As a person closes a tab: pagehide runs. */
  abstract close(): Promise<void>

  get isGone(): boolean {
    return this.#isGone
  }

  get link(): string {
    return this.#page.url()
  }

  protected gone(): void {
    this.#isGone = true
  }

  /** Null on the front page and while the page loads. */
  status(): Promise<Status | null> {
    return this.#page.evaluate(() => ('flotilla' in window ? flotilla.status() : null), null)
  }

  items(): Promise<readonly ConsoleItem[]> {
    return this.#page.evaluate(() => flotilla.items(), null)
  }

  /** How many of this tab's edits are not yet agreed. */
  pendingCount(): Promise<number> {
    return this.#page.evaluate(() => flotilla.pending().length, null)
  }

  /** The rows of the list `Items`, from the top. */
  shown(): Promise<readonly ShownItem[]> {
    return this.#page.evaluate(() => {
      const rows = [...document.querySelectorAll<HTMLElement>('[aria-label="Items"] [data-item]')]
      return rows.map((row) => {
        const box = row.querySelector<HTMLInputElement>('input[type=checkbox]')
        return { text: box?.ariaLabel ?? '', done: box?.checked ?? false, standing: row.dataset['standing'] ?? '' }
      })
    }, null)
  }

  /** Submits all at once through the console; resolves when all are agreed. */
  async addAll(texts: readonly string[]): Promise<void> {
    const refused = await this.#page.evaluate(async (texts) => {
      const results = await Promise.all(texts.map((text) => flotilla.add(text)))
      return results.filter(({ ok }) => !ok)
    }, texts)
    if (refused.length > 0) throw new Error(`${this.name}: refused ${JSON.stringify(refused)}`)
  }

  /** Edits without end, `prefix 1`, `prefix 2` …, some always under way; `agreed` grows as they are agreed. */
  async pour(prefix: string): Promise<void> {
    if (!this.#canTell) await this.#page.exposeFunction('agreed', (text) => void this.agreed.push(text))
    this.#canTell = true
    await this.#page.evaluate(
      ([prefix, lanes]) => {
        const poured = { isOver: false }
        window.poured = poured
        let count = 0
        const lane = async (): Promise<void> => {
          while (!poured.isOver) {
            const text = `${prefix} ${(count += 1)}`
            if ((await flotilla.add(text)).ok) await window.agreed!(text)
            await new Promise((resolve) => setTimeout(resolve, 20)) // So that the lists stay short enough to compare.
          }
        }
        for (let i = 0; i < lanes; i += 1) void lane()
      },
      [prefix, LANES] as const,
    )
  }

  stopPouring(): Promise<void> {
    return this.#page.evaluate(() => {
      if (window.poured !== undefined) window.poured.isOver = true
    }, null)
  }

  /** Cuts this tab's links to those tabs, both ways. */
  async cut(others: readonly WatchedTab[]): Promise<void> {
    const ids = await Promise.all(others.map(async (other) => (await other.status())!.tab))
    await this.#page.evaluate((ids) => flotilla.cut(ids), ids)
  }

  heal(): Promise<void> {
    return this.#page.evaluate(() => flotilla.heal(), null)
  }

  /** For a failing test: how it stands, and a picture. */
  async describe(picture: `${string}.png`): Promise<string> {
    if (this.#isGone) return `${this.name}: gone`
    const look = async (): Promise<string> => {
      const [status, items] = [await this.status(), await this.items()]
      await this.#page.screenshot({ path: picture })
      return `${JSON.stringify(status)}\n  ${items.length} items, ${await this.pendingCount()} pending; picture: ${picture}`
    }
    const limit = new Promise<string>((resolve) => setTimeout(resolve, 5_000, 'it does not answer'))
    const said = await Promise.race([look().catch((error: unknown) => String(error)), limit])
    return [`${this.name}: ${said}`, ...this.problems.map((problem) => `  ${problem}`)].join('\n')
  }
}
