import { spawn } from 'node:child_process'
import { createServer, connect as connectTcp, type AddressInfo } from 'node:net'
import { once } from 'node:events'
import { join } from 'node:path'
import { describe, expect, test, vi } from 'vitest'
import { SERVER_LIMITS } from '../../server/limits.ts'
import { startServer } from '../../server/server.ts'
import { LIMITS } from '../../shared/limits.ts'
import { connect, ended, joined, mint, ROOM, said, start, using } from './scene.ts'

// Real sockets on a busy machine: the deadline means "at all".
vi.setConfig({ testTimeout: 60_000 })

describe('The signaling server', () => {
  test('introduces tabs of a room, hands on their signals and says who left', async () => {
    const ice = [{ urls: ['stun:stun.example.net'] }]
    const { port } = await start({}, { ice })
    const a = using(await joined(port, 'a'))
    const b = using(await joined(port, 'b'))
    expect(a.answer).toEqual({ ok: true, tabs: [], ice })
    expect(b.answer).toEqual({ ok: true, tabs: ['a'], ice })
    expect(await a.until(said('joined'))).toEqual(['joined', { tab: 'b' }])

    expect(await b.ask('signal', { to: 'a', bytes: new Uint8Array([1, 2, 255]) })).toEqual({ ok: true })
    expect(await a.until(said('signal'))).toEqual(['signal', { from: 'b', bytes: Buffer.from([1, 2, 255]) }])

    b.socket.disconnect()
    expect(await a.until(said('left'))).toEqual(['left', { tab: 'b' }])
  })

  test('names no ICE server unless told to', async () => {
    const { port } = await start()
    expect(using(await joined(port, 'a')).answer).toEqual({ ok: true, tabs: [], ice: [] })
  })

  test('works for browsers behind what breaks WebSockets', async () => {
    const { port } = await start()
    const a = using(await connect(port, ['polling']))
    expect(await a.ask('join', { room: ROOM, tab: 'a', token: mint() })).toMatchObject({ ok: true })
  })

  test('a newer socket of the same tab evicts the ghost, and the others hear nothing', async () => {
    const { port, counts } = await start()
    const other = using(await joined(port, 'other'))
    const token = mint()
    const ghost = using(await joined(port, 'a', ROOM, token))
    const newer = using(await joined(port, 'a', ROOM, token))
    expect(newer.answer).toMatchObject({ ok: true, tabs: ['other'] })
    expect(await ghost.until(said('disconnect'))).toEqual(['disconnect', 'io server disconnect'])
    expect(ghost.heard).toContainEqual(['replaced'])

    await other.ask('signal', { to: 'a', bytes: new Uint8Array([7]) })
    await newer.until(said('signal'))
    expect(other.heard).toEqual([['joined', { tab: 'a' }]])
    expect(counts()['replaced']).toBe(1)
  })

  test('without its token nobody takes a seat', async () => {
    const { port } = await start()
    using(await joined(port, 'a'))
    expect(using(await joined(port, 'a')).answer).toEqual({ ok: false, refusal: 'tab-taken' })
  })
})

describe('Refusals in words', () => {
  test('a full room, a full server, a second join, a signal from outside or to nobody', async () => {
    const { port } = await start({ roomTabs: 2, rooms: 1 })
    const a = using(await joined(port, 'a'))
    using(await joined(port, 'b'))
    expect(using(await joined(port, 'c')).answer).toEqual({ ok: false, refusal: 'room-full' })
    const stranger = using(await joined(port, 'd', 's'.repeat(22)))
    expect(stranger.answer).toEqual({ ok: false, refusal: 'too-many-rooms' })
    expect(await stranger.ask('signal', { to: 'a', bytes: new Uint8Array(1) })).toEqual({ ok: false, refusal: 'not-joined' })
    expect(await a.ask('join', { room: ROOM, tab: 'z', token: mint() })).toEqual({ ok: false, refusal: 'already-joined' })
    expect(await a.ask('signal', { to: 'nobody', bytes: new Uint8Array(1) })).toEqual({ ok: false, refusal: 'not-here' })
  })

  test('a signal may be so large and no larger', async () => {
    const { port } = await start()
    const a = using(await joined(port, 'a'))
    using(await joined(port, 'b'))
    expect(await a.ask('signal', { to: 'b', bytes: new Uint8Array(LIMITS.signalBytes) })).toEqual({ ok: true })
    expect(await a.ask('signal', { to: 'b', bytes: new Uint8Array(LIMITS.signalBytes + 1) })).toEqual({ ok: false, refusal: 'too-large' })
  })

  test('signals beyond the rate are refused and the socket stays', async () => {
    const { port, counts } = await start({ signals: { perSecond: 0, burst: 5 } })
    const a = using(await joined(port, 'a'))
    using(await joined(port, 'b'))
    const answers = await Promise.all(Array.from({ length: 7 }, () => a.ask('signal', { to: 'b', bytes: new Uint8Array(1) })))
    expect(answers.filter((answer) => (answer as { readonly ok: boolean }).ok)).toHaveLength(5)
    expect(answers.at(-1)).toEqual({ ok: false, refusal: 'too-fast' })
    expect(counts()['refused:too-fast']).toBe(2)
    expect(a.socket.connected).toBe(true)
  })

  test('an address may open so many sockets, and so many a second', async () => {
    const few = await start({ addressTabs: 1 })
    const only = using(await connect(few.port))
    await expect(connect(few.port)).rejects.toThrow('too-many-tabs')
    only.socket.disconnect()
    await expect
      .poll(() =>
        connect(few.port)
          .then(using)
          .then(() => 'connected', String),
      )
      .toBe('connected')

    const slow = await start({ connects: { perSecond: 0, burst: 2 } })
    using(await connect(slow.port))
    using(await connect(slow.port))
    await expect(connect(slow.port)).rejects.toThrow('too-fast')
  })

  test('who never joins is let go', async () => {
    const { port, counts } = await start({ joinWithin: 30 })
    const idle = using(await connect(port))
    await idle.until(said('disconnect'))
    expect(counts()['hung-up:never-joined']).toBe(1)
  })
})

describe('Whatever arrives', () => {
  const oddities: readonly unknown[] = [
    null,
    undefined,
    0,
    -1,
    1e308,
    '',
    'x',
    true,
    [],
    {},
    [[]],
    { room: 1 },
    new Uint8Array(3),
    '\u0000',
    '__proto__',
  ]
  const shapes: readonly unknown[] = [
    ...oddities,
    { room: ROOM, tab: 'a' },
    { room: ROOM, tab: 'A', token: mint() },
    { room: `${ROOM}x`, tab: 'a', token: mint() },
    { room: [ROOM], tab: 'a', token: mint() },
    { room: ROOM, tab: { toString: 'a' }, token: mint() },
    { room: ROOM, tab: '../a', token: mint() },
    JSON.parse(`{"__proto__": {"room": "${ROOM}", "tab": "a", "token": "${ROOM}"}}`),
    { to: 'a' },
    { to: 'a', bytes: 'text' },
    { to: 'a', bytes: [1, 2] },
    { to: 7, bytes: new Uint8Array(1) },
    { to: 'a', bytes: { _placeholder: true, num: 99 } },
  ]

  test.each(['join', 'signal'])('a malformed %s is refused and counted', async (event) => {
    const { port, counts } = await start({ malformed: 1_000 })
    const socket = using(await connect(port))
    for (const shape of shapes) expect(await socket.ask(event, shape)).toEqual({ ok: false, refusal: 'malformed' })
    expect(counts()['refused:malformed']).toBe(shapes.length)
    expect(using(await joined(port, 'fine')).answer).toMatchObject({ ok: true })
  })

  test('events that do not exist, no arguments, no answer wanted', async () => {
    const { port, counts } = await start({ malformed: 1_000 })
    const socket = using(await connect(port))
    for (const event of ['nothing', 'constructor', '__proto__', 'toString', 'leave', '']) {
      expect(await socket.ask(event, {})).toEqual({ ok: false, refusal: 'unknown-event' })
    }
    expect(await socket.ask('join')).toEqual({ ok: false, refusal: 'malformed' })
    socket.socket.emit('join')
    socket.socket.emit('signal', 1, 2, 3)
    socket.socket.emit('signal', () => {}, null)
    expect(await socket.ask('signal')).toEqual({ ok: false, refusal: 'malformed' })
    expect(counts()).toMatchObject({ 'refused:unknown-event': 6, 'refused:malformed': 5 })
  })

  test('patience ends', async () => {
    const { port, counts } = await start({ malformed: 3 })
    const socket = using(await connect(port))
    for (let at = 0; at < 3; at += 1) socket.socket.emit('join', at)
    await socket.until(said('disconnect'))
    expect(counts()).toMatchObject({ 'refused:malformed': 3, 'hung-up:malformed': 1 })
  })

  test('bytes that are not socket.io, or not even HTTP, leave it standing', async () => {
    const { port } = await start()
    const url = `http://localhost:${port}/socket.io/?EIO=4&transport=polling`
    const packets = [
      '',
      '4',
      '40',
      '40{',
      '42[',
      '42["join"',
      '42{"a":1}',
      '42[1]',
      '451-["signal",{"_placeholder":true,"num":0}]',
      '4599999999-["x"]',
      'b####',
      '9',
      '\u001e\u001e',
      '43[]',
      '41',
      '42/x,["a"]',
    ]
    for (const packet of packets) {
      const opened = await fetch(url)
      const { sid } = JSON.parse((await opened.text()).slice(1)) as { readonly sid: string }
      await fetch(`${url}&sid=${sid}`, { method: 'POST', body: '40', headers: { 'content-type': 'text/plain' } })
      await fetch(`${url}&sid=${sid}`, { method: 'POST', body: packet, headers: { 'content-type': 'text/plain' } })
    }
    for (const query of [
      '',
      '?EIO=1',
      '?EIO=4',
      '?EIO=4&transport=telepathy',
      '?EIO=4&transport=polling&sid=x',
      '?EIO=4&transport=websocket',
    ]) {
      expect((await fetch(`http://localhost:${port}/socket.io/${query}`)).status).toBe(400)
    }
    for (const text of ['\0\0\0', 'GET\r\n\r\n', 'GET / HTTP/9.9\r\n\r\n', `GET /${'x'.repeat(100_000)} HTTP/1.1\r\n\r\n`]) {
      const socket = connectTcp(port, 'localhost')
      socket.on('error', () => {})
      socket.end(text)
      socket.resume()
      await once(socket, 'close')
    }
    expect(using(await joined(port, 'fine')).answer).toMatchObject({ ok: true })
  })
})

describe('Its end', () => {
  test('closing lets every socket go and frees the port', async () => {
    const server = await start()
    const a = using(await joined(server.port, 'a'))
    await server.close()
    await a.until(said('disconnect'))
    const again = await start({}, { port: server.port })
    expect(using(await joined(again.port, 'a')).answer).toMatchObject({ ok: true, tabs: [] })
  })

  test('a port that is taken is said, not thrown', async () => {
    const taken = createServer().listen(0, 'localhost')
    await once(taken, 'listening')
    ended.push(() => taken.close())
    await expect(startServer({ port: (taken.address() as AddressInfo).port, host: 'localhost' })).rejects.toThrow('EADDRINUSE')
  })

  test.each(['SIGTERM', 'SIGINT'] as const)(
    'the command prints its address, answers, and ends by itself at %s',
    async (signal) => {
      const child = spawn(process.execPath, ['--import', 'tsx', 'server/main.ts'], {
        cwd: join(import.meta.dirname, '../..'),
        env: { ...process.env, PORT: '0', HOST: 'localhost', STUN_URLS: 'stun:stun.example.net' },
        stdio: ['ignore', 'pipe', 'inherit'],
      })
      ended.push(() => child.kill('SIGKILL'))
      const exit = once(child, 'exit')
      const port = await new Promise<number>((resolve) => {
        let text = ''
        child.stdout.on('data', (chunk) => {
          text += String(chunk)
          const match = /^Flotilla is at http:\/\/localhost:(\d+)\/$/m.exec(text)
          if (match !== null) resolve(Number(match[1]))
        })
      })
      const a = using(await joined(port, 'a'))
      expect(a.answer).toMatchObject({ ok: true, ice: [{ urls: ['stun:stun.example.net'] }] })
      child.kill(signal)
      expect(await exit).toEqual([0, null])
    },
    60_000,
  )
})

test('the defaults are those of the table of limits', () => {
  expect(SERVER_LIMITS).toMatchObject({ rooms: 10_000, roomTabs: 64, signals: { perSecond: 20 } })
})
