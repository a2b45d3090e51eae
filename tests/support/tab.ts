/** A tab of a real Chromium, driven as a person would: by what is written and named on the page (UI.md 12). */
import type { BrowserContext, Locator, Page } from 'playwright-core'
import { WatchedTab } from './watched-tab.ts'

export class Tab extends WatchedTab {
  readonly page: Page
  /** Every address that the page asked for anything, web sockets too. */
  readonly requests: string[] = []

  constructor(name: string, page: Page) {
    super(name, page)
    this.page = page
    page.on('pageerror', (error) => this.problems.push(`error: ${error.stack ?? String(error)}`))
    page.on('console', (message) => message.type() === 'error' && this.problems.push(`console: ${message.text()}`))
    page.on('request', (request) => this.requests.push(request.url()))
    page.on('websocket', (socket) => this.requests.push(socket.url()))
    page.on('close', () => this.gone())
    page.on('crash', () => this.gone())
  }

  get context(): BrowserContext {
    return this.page.context()
  }

  // The front page.

  async found(name: string): Promise<void> {
    const field = this.page.getByRole('textbox', { name: 'Name a new list' })
    await field.fill(name)
    await field.press('Enter')
  }

  // The list.

  async add(text: string): Promise<void> {
    const box = this.page.getByRole('textbox', { name: 'Add an item' })
    await box.fill(text)
    await box.press('Enter')
  }

  row(text: string): Locator {
    return this.page
      .getByRole('list', { name: 'Items', exact: true })
      .getByRole('listitem')
      .filter({ has: this.page.getByRole('checkbox', { name: text, exact: true }) })
  }

  /** Clicks the words, types others, and leaves with Escape, which keeps them. */
  async edit(text: string, to: string): Promise<void> {
    await this.row(text).getByText(text, { exact: true }).click()
    const field = this.page.getByRole('textbox', { name: `Edit ${text}` })
    await field.fill(to)
    await field.press('Escape')
  }

  async check(text: string): Promise<void> {
    await this.row(text).locator('label').click()
  }

  /** A press of a key while the item has the focus. */
  async press(text: string, key: string): Promise<void> {
    await this.row(text).getByRole('checkbox').focus()
    await this.page.keyboard.press(key)
  }

  /** An entry of the item's own menu. */
  async choose(text: string, entry: string): Promise<void> {
    await this.row(text).hover()
    await this.page.getByRole('button', { name: `Actions for ${text}` }).click()
    await this.page.getByRole('menuitem', { name: entry, exact: true }).click()
  }

  async rename(to: string): Promise<void> {
    await this.page.getByRole('heading', { level: 1 }).getByRole('button').click()
    const field = this.page.getByRole('textbox', { name: 'Name of the list' })
    await field.fill(to)
    await field.press('Enter')
  }

  /** The button of the fleet; its description says role, term and leader. */
  get cluster(): Locator {
    return this.page.getByRole('button', { name: /^Cluster:/ })
  }

  /** The slip that says what holds right now. */
  slip(words: string | RegExp): Locator {
    return this.page.getByRole('status').filter({ hasText: words })
  }

  // The tab.

  async reload(): Promise<void> {
    await this.page.reload()
  }

  async close(): Promise<void> {
    await this.page.close()
  }

  /** The renderer dies: no pagehide, no farewell. */
  async crash(): Promise<void> {
    const session = await this.context.newCDPSession(this.page)
    const crashed = this.page.waitForEvent('crash')
    session.send('Page.crash').catch(() => {}) // Nobody is left to answer.
    await crashed
  }
}
