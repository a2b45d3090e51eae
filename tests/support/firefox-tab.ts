/** A tab of a real Firefox. Its driver knows fewer ways to find things than Chromium's, so names are sought as attributes. */
import type { Page } from 'puppeteer-core'
import { WatchedTab, type DrivenPage } from './watched-tab.ts'

export class FirefoxTab extends WatchedTab {
  readonly #page: Page

  constructor(name: string, page: Page) {
    // What we hand over is never a handle, which is all that its own type of `evaluate` says otherwise.
    super(name, page as unknown as DrivenPage)
    this.#page = page
    page.on('pageerror', (error) => this.problems.push(`error: ${String(error)}`))
    page.on('console', (message) => message.type() === 'error' && this.problems.push(`console: ${message.text()}`))
    page.on('close', () => this.gone())
  }

  async open(link: string): Promise<void> {
    await this.#page.goto(link)
  }

  async add(text: string): Promise<void> {
    const box = await this.#page.waitForSelector('[aria-label="Add an item"]')
    await box!.click()
    await this.#page.keyboard.type(text)
    await this.#page.keyboard.press('Enter')
  }

  async close(): Promise<void> {
    await this.#page.close()
  }
}
