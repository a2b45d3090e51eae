/** The gallery (the page over a list in memory), built and served to a browser of its own. */
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { extname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Browser, Page } from 'playwright-core'
import { build } from 'vite'
import { launchChromium } from '../support/browser.ts'

const TYPES: { readonly [ending: string]: string } = { '.html': 'text/html', '.js': 'text/javascript', '.css': 'text/css' }

export class Gallery {
  readonly #folder: string
  readonly #server: Server
  readonly #browser: Browser

  private constructor(folder: string, server: Server, browser: Browser) {
    this.#folder = folder
    this.#server = server
    this.#browser = browser
  }

  static async build(): Promise<Gallery> {
    const folder = await mkdtemp(join(tmpdir(), 'flotilla-gallery-'))
    const gallery = fileURLToPath(new URL('./gallery', import.meta.url))
    await build({ root: gallery, configFile: join(gallery, 'vite.config.ts'), logLevel: 'error', build: { outDir: folder } })
    const server = createServer((request, response) => {
      const { pathname } = new URL(request.url ?? '/', 'http://localhost')
      readFile(join(folder, pathname === '/' ? 'index.html' : pathname)).then(
        (file) =>
          response.writeHead(200, { 'content-type': TYPES[extname(pathname === '/' ? '.html' : pathname)] ?? 'text/html' }).end(file),
        () => response.writeHead(404).end(),
      )
    })
    await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
    return new Gallery(folder, server, await launchChromium())
  }

  /** `troubled` hears of every error on the page. */
  async open(query: string, phone: boolean, troubled: (trouble: string) => void): Promise<Page> {
    const page = await this.#browser.newPage(
      phone ? { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true } : { viewport: { width: 1280, height: 900 } },
    )
    page.on('pageerror', (error) => troubled(error.message))
    await page.goto(`http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/?${query}`)
    await page.waitForFunction(() => window.fake !== undefined)
    return page
  }

  async close(): Promise<void> {
    await this.#browser.close()
    this.#server.close()
    await rm(this.#folder, { recursive: true, force: true })
  }
}
