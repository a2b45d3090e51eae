/** What the browser itself allows: a round trip of a bare data channel, and a strict write while two other tabs write too. */
import type { Page } from 'playwright-core'

declare global {
  interface Window {
    benchLink: { connection: RTCPeerConnection; channel: RTCDataChannel | null }
  }
}

/** Milliseconds of `count` round trips over a data channel of its own between two tabs, one after the other. */
export async function roundTrips(from: Page, to: Page, count: number): Promise<readonly number[]> {
  const offer = await from.evaluate(async () => {
    const connection = new RTCPeerConnection({ iceServers: [] })
    const channel = connection.createDataChannel('bench')
    window.benchLink = { connection, channel }
    await connection.setLocalDescription(await connection.createOffer())
    await new Promise((resolve) => {
      connection.addEventListener('icegatheringstatechange', () => connection.iceGatheringState === 'complete' && resolve(null))
    })
    return connection.localDescription!.sdp
  })
  const answer = await to.evaluate(async (sdp) => {
    const connection = new RTCPeerConnection({ iceServers: [] })
    window.benchLink = { connection, channel: null }
    connection.addEventListener('datachannel', ({ channel }) => {
      window.benchLink.channel = channel
      channel.addEventListener('message', ({ data }: MessageEvent<string>) => channel.send(data))
    })
    await connection.setRemoteDescription({ type: 'offer', sdp })
    await connection.setLocalDescription(await connection.createAnswer())
    await new Promise((resolve) => {
      connection.addEventListener('icegatheringstatechange', () => connection.iceGatheringState === 'complete' && resolve(null))
      if (connection.iceGatheringState === 'complete') resolve(null)
    })
    return connection.localDescription!.sdp
  }, offer)
  const times = await from.evaluate(
    async ({ sdp, count }) => {
      const { connection, channel } = window.benchLink
      await connection.setRemoteDescription({ type: 'answer', sdp })
      if (channel!.readyState !== 'open') await new Promise((resolve) => channel!.addEventListener('open', resolve, { once: true }))
      const times: number[] = []
      for (let k = 0; k < count; k++) {
        const before = performance.now()
        const back = new Promise((resolve) => channel!.addEventListener('message', resolve, { once: true }))
        channel!.send('x'.repeat(200))
        await back
        times.push(performance.now() - before)
      }
      connection.close()
      return times
    },
    { sdp: answer, count },
  )
  await to.evaluate(() => window.benchLink.connection.close())
  return times
}

/** Milliseconds of strict IndexedDB writes of 200 bytes in the first tab while the others write as fast as they can. */
export async function strictWrites(pages: readonly Page[], count: number): Promise<readonly number[]> {
  const write = async (count: number): Promise<number[]> => {
    const name = `bench-${crypto.randomUUID()}`
    const open = indexedDB.open(name, 1)
    open.addEventListener('upgradeneeded', () => open.result.createObjectStore('records'))
    await new Promise((resolve) => open.addEventListener('success', resolve))
    const times: number[] = []
    for (let k = 0; k < count; k++) {
      const before = performance.now()
      const transaction = open.result.transaction('records', 'readwrite', { durability: 'strict' })
      transaction.objectStore('records').add(new Uint8Array(200), k)
      transaction.commit()
      await new Promise((resolve) => transaction.addEventListener('complete', resolve))
      times.push(performance.now() - before)
    }
    open.result.close()
    indexedDB.deleteDatabase(name)
    return times
  }
  const all = await Promise.all(pages.map((page) => page.evaluate(write, count)))
  return all[0]!
}
