/** What the browser itself allows: a round trip of a bare data channel, strict writes of three tabs, and both as an edit needs them. */
import type { Page } from 'playwright-core'

declare global {
  interface Window {
    benchLinks: { connection: RTCPeerConnection; channel: RTCDataChannel }[]
    /** `write`: a strict one. */
    benchStore: { database: IDBDatabase; write(data: string): Promise<unknown> }
  }
}

type Three = readonly [Page, Page, Page]

/** A data channel of its own from the first tab to each of the others, and in each tab a store of its own. */
export async function openLimits(pages: Three): Promise<void> {
  const [first, ...others] = pages
  for (const page of pages) await page.evaluate(openStore)
  for (const other of others) {
    await link(first, other)
    await other.evaluate(() => {
      const { channel } = window.benchLinks[0]!
      channel.addEventListener('message', ({ data }: MessageEvent<string>) => {
        if (data.startsWith('answer')) channel.send(data)
        else void window.benchStore.write(data).then(() => channel.send(data.slice(0, 100)))
      })
    })
  }
}

export async function closeLimits(pages: Three): Promise<void> {
  for (const page of pages) {
    await page.evaluate(() => {
      for (const { connection } of window.benchLinks) connection.close()
      window.benchLinks = []
      const { database } = window.benchStore
      database.close()
      indexedDB.deleteDatabase(database.name)
    })
  }
}

/** Milliseconds of round trips of 200 bytes from the first tab to the second, one after the other. */
export async function roundTrips([first]: Three, count: number): Promise<readonly number[]> {
  return first.evaluate(async (count) => {
    const { channel } = window.benchLinks[0]!
    const times: number[] = []
    for (let k = 0; k < count; k++) {
      const before = performance.now()
      const back = new Promise((resolve) => channel.addEventListener('message', resolve, { once: true }))
      channel.send('answer'.padEnd(200, 'x'))
      await back
      times.push(performance.now() - before)
    }
    return times
  }, count)
}

/** Milliseconds of strict IndexedDB writes of 200 bytes in the first tab while the others write as fast as they can. */
export async function strictWrites(pages: Three, count: number): Promise<readonly number[]> {
  const write = async (count: number): Promise<number[]> => {
    const times: number[] = []
    for (let k = 0; k < count; k++) {
      const before = performance.now()
      await window.benchStore.write('x'.repeat(200))
      times.push(performance.now() - before)
    }
    return times
  }
  const all = await Promise.all(pages.map((page) => page.evaluate(write, count)))
  return all[0]!
}

/**
 * Milliseconds until 200 bytes are on the disks of a majority of three tabs, one after the other, with nothing around it: the first
 * sends them to the others and writes them; the others write them and answer. No more than that can any protocol do at once.
 */
export async function bareMajority([first]: Three, count: number): Promise<readonly number[]> {
  return first.evaluate(async (count) => {
    const times: number[] = []
    for (let k = 0; k < count; k++) {
      const before = performance.now()
      const answers = window.benchLinks.map(({ channel }) => {
        const back = new Promise((resolve) => channel.addEventListener('message', resolve, { once: true }))
        channel.send('x'.repeat(200))
        return back
      })
      const all = [window.benchStore.write('x'.repeat(200)), ...answers]
      // The second of the three to be done.
      await new Promise<void>((resolve) => {
        let done = 0
        for (const one of all) void one.then(() => ++done === 2 && resolve())
      })
      times.push(performance.now() - before)
      // So that the next begins when nothing of this one is left.
      await Promise.all(all)
    }
    return times
  }, count)
}

/** A data channel of its own between two tabs. */
async function link(from: Page, to: Page): Promise<void> {
  const offer = await from.evaluate(async () => {
    const connection = new RTCPeerConnection({ iceServers: [] })
    const channel = connection.createDataChannel('bench', { negotiated: true, id: 0 })
    ;(window.benchLinks ??= []).push({ connection, channel })
    await connection.setLocalDescription(await connection.createOffer())
    await new Promise((resolve) => {
      connection.addEventListener('icegatheringstatechange', () => connection.iceGatheringState === 'complete' && resolve(null))
    })
    return connection.localDescription!.sdp
  })
  const answer = await to.evaluate(async (sdp) => {
    const connection = new RTCPeerConnection({ iceServers: [] })
    const channel = connection.createDataChannel('bench', { negotiated: true, id: 0 })
    ;(window.benchLinks ??= []).push({ connection, channel })
    await connection.setRemoteDescription({ type: 'offer', sdp })
    await connection.setLocalDescription(await connection.createAnswer())
    await new Promise((resolve) => {
      connection.addEventListener('icegatheringstatechange', () => connection.iceGatheringState === 'complete' && resolve(null))
      if (connection.iceGatheringState === 'complete') resolve(null)
    })
    return connection.localDescription!.sdp
  }, offer)
  await from.evaluate(async (sdp) => {
    const { connection, channel } = window.benchLinks.at(-1)!
    await connection.setRemoteDescription({ type: 'answer', sdp })
    if (channel.readyState !== 'open') await new Promise((resolve) => channel.addEventListener('open', resolve, { once: true }))
  }, answer)
}

async function openStore(): Promise<void> {
  const open = indexedDB.open(`bench-${crypto.randomUUID()}`, 1)
  open.addEventListener('upgradeneeded', () => open.result.createObjectStore('records'))
  await new Promise((resolve) => open.addEventListener('success', resolve))
  const database = open.result
  let records = 0
  const write = (data: string): Promise<unknown> => {
    const transaction = database.transaction('records', 'readwrite', { durability: 'strict' })
    transaction.objectStore('records').add(data, records++)
    transaction.commit()
    return new Promise((resolve) => transaction.addEventListener('complete', resolve))
  }
  window.benchStore = { database, write }
}
