import { connect as connectTcp } from 'node:net'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test, vi } from 'vitest'
import { ended, joined, ROOM, said, start, using } from './scene.ts'

vi.setConfig({ testTimeout: 60_000 })

describe('The page and its health', () => {
  async function dist(): Promise<string> {
    const folder = await mkdtemp(join(tmpdir(), 'flotilla-dist-'))
    ended.push(() => rm(folder, { recursive: true }))
    await mkdir(join(folder, 'assets'))
    await writeFile(join(folder, 'index.html'), '<!doctype html><title>Flotilla</title>')
    await writeFile(join(folder, 'assets', 'index-Ab12Cd34.js'), 'export const x = 1\n'.repeat(100))
    await writeFile(join(folder, 'assets', 'boat-portrait.svg'), '<svg/>')
    return folder
  }

  test('the page is always asked for again, what is named by its content never', async () => {
    const { port } = await start({}, { dist: await dist() })
    const url = `http://localhost:${port}`
    const page = await fetch(`${url}/?x=1`)
    expect([page.status, await page.text()]).toEqual([200, '<!doctype html><title>Flotilla</title>'])
    expect(page.headers.get('cache-control')).toBe('no-cache')
    expect(page.headers.get('content-type')).toBe('text/html; charset=utf-8')
    const script = await fetch(`${url}/assets/index-Ab12Cd34.js`)
    expect([script.headers.get('cache-control'), script.headers.get('content-encoding')]).toEqual([
      'public, max-age=31536000, immutable',
      'gzip',
    ])
    expect(await script.text()).toHaveLength(1_900)
    const again = await fetch(`${url}/`, { headers: { 'if-none-match': page.headers.get('etag')! } })
    expect(again.status).toBe(304)
  })

  test('the policy names nobody else', async () => {
    const { port } = await start({}, { dist: await dist() })
    const policy = (await fetch(`http://localhost:${port}/`)).headers.get('content-security-policy')!
    expect(policy).toContain(`default-src 'self'`)
    expect(policy).not.toMatch(/https?:|wss?:|\*|unsafe-eval/)
    expect(policy).not.toMatch(/script-src[^;]*unsafe/)
  })

  test.each(['/..%2f..%2fpackage.json', '/../package.json', '//etc/passwd', '/assets', '/assets/', '/%00', '/index.html/', '/socket.io'])(
    'nothing is served at %s',
    async (path) => {
      const { port } = await start({}, { dist: await dist() })
      const socket = connectTcp(port, 'localhost')
      socket.end(`GET ${path} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n`)
      let text = ''
      for await (const chunk of socket) text += String(chunk)
      expect(text).toMatch(/^HTTP\/1.1 404 /)
    },
  )

  test('only reading is allowed, and a missing page is said to be missing', async () => {
    const { port } = await start({}, { dist: '/nowhere' })
    expect((await fetch(`http://localhost:${port}/`, { method: 'POST' })).status).toBe(405)
    const missing = await fetch(`http://localhost:${port}/`)
    expect([missing.status, await missing.text()]).toEqual([503, 'The page is not built yet: npm run build\n'])
  })

  test('/healthz says how many rooms and tabs there are, and which refusals', async () => {
    const { port } = await start()
    using(await joined(port, 'a'))
    using(await joined(port, 'a'))
    const response = await fetch(`http://localhost:${port}/healthz`)
    expect(await response.json()).toMatchObject({ ok: true, rooms: 1, tabs: 1, counts: { joined: 1, 'refused:tab-taken': 1 } })
  })

  test('a log line is JSON and names no room, tab or address', async () => {
    const lines: string[] = []
    const { port } = await start({ malformed: 1 }, { log: (event, fields) => lines.push(JSON.stringify({ event, ...fields })) })
    const a = using(await joined(port, 'tabtabtab'))
    a.socket.emit('junk')
    await a.until(said('disconnect'))
    const text = lines.join('\n')
    expect(lines.map((line) => (JSON.parse(line) as { readonly event: string }).event)).toEqual(['listening', 'joined', 'hung-up', 'left'])
    for (const secret of [ROOM, 'tabtabtab', '127.0.0.1', '::1']) expect(text).not.toContain(secret)
  })
})
