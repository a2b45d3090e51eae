/** What every Transport promises. */
import { LIMITS } from '../../shared/limits.ts'
import { same, type Scene } from './scene.ts'
import { bytesOf, isOf, Watched, type TransportWorld } from './watched.ts'

async function linked(world: TransportWorld): Promise<readonly [Watched, Watched]> {
  const [a, b] = [await Watched.opened(world), await Watched.opened(world)]
  await Promise.all([a.untilUp(b), b.untilUp(a)])
  return [a, b]
}

/** Sends until it arrives: what was under way when a link went down may be lost, and a busy machine can be silent for a second. */
async function deliver(a: Watched, b: Watched, message: string, hasArrived: () => boolean): Promise<void> {
  const ups = (): number => b.hellosOf(a).length
  while (!hasArrived()) {
    const before = ups()
    await a.call('send', b.id, message)
    await b.until('hears it, or loses the link', () => hasArrived() || ups() > before)
  }
}

export const transportScenes: readonly Scene<TransportWorld>[] = [
  {
    title: 'three tabs meet: each is up with both others, once, and has their hellos',
    async play(world) {
      const tabs = [await Watched.opened(world), await Watched.opened(world), await Watched.opened(world)]
      for (const tab of tabs) for (const other of tabs) if (tab !== other) await tab.untilUp(other)
      for (const tab of tabs) for (const other of tabs) if (tab !== other) await tab.say(other, 'in touch')
      for (const tab of tabs) {
        for (const other of tabs) {
          if (tab === other) continue
          await tab.untilHears(other, 'in touch')
          same(tab.hellosOf(other), [`hello of ${other.id}`], `what ${tab.id} knows of ${other.id}`)
        }
      }
    },
  },
  {
    title: 'small messages arrive once and in order, both ways at once',
    async play(world) {
      const [a, b] = await linked(world)
      const texts = Array.from({ length: 200 }, (_, at) => `message ${at}`)
      await Promise.all(texts.flatMap((text) => [a.say(b, text), b.say(a, text)]))
      await Promise.all([b.untilHears(a, texts.at(-1)!), a.untilHears(b, texts.at(-1)!)])
      same(b.heardFrom(a), texts, 'what b heard')
      same(a.heardFrom(b), texts, 'what a heard')
    },
  },
  {
    title: 'a message of any size up to the limit arrives whole',
    async play(world) {
      const [a, b] = await linked(world)
      const words = [bytesOf(''), bytesOf('x'), bytesOf('x'.repeat(9_999))]
      for (const size of [16_374, 16_375, 16_376, 16_383, 16_384, 32_750, 32_751, 300_000, LIMITS.messageBytes])
        words.push(`pattern:${size}`)
      for (const [at, message] of words.entries()) {
        await deliver(a, b, message, () => b.messagesFrom(a).length > at)
      }
      same(b.messagesFrom(a), words, 'what came')
    },
  },
  {
    title: 'what cannot be sent is dropped without a word: to a stranger, to itself, too long',
    async play(world) {
      const [a, b] = await linked(world)
      await a.say(a, 'to itself')
      await a.call('send', 'nobody', bytesOf('x'))
      await a.call('send', b.id, `pattern:${LIMITS.messageBytes + 1}`)
      await a.call('refuse', 'nobody', 'never met')
      await a.say(b, 'after')
      await b.untilHears(a, 'after')
      same(b.heardFrom(a), ['after'], 'what b heard')
      same(a.heardFrom(a), [], 'what a heard of itself')
    },
  },
  {
    title: 'a hello that changes is told over the link that is up',
    async play(world) {
      const [a, b] = await linked(world)
      await a.call('setHello', bytesOf('changed'))
      await b.until('hears the new hello', () => b.hellosOf(a).includes('changed'))
      same(b.told.filter(({ type }) => type === 'down').length, 0, 'how often down')
      same(b.told.at(-1)?.type, 'hello', 'how it was told')
    },
  },
  {
    title: 'a cut loses everything both ways and shows as down; healed, the link is up again with the hello of now',
    async play(world) {
      const [a, b] = await linked(world)
      const c = await Watched.opened(world)
      await Promise.all([a.untilUp(c), b.untilUp(c)])
      await a.call('cut', [b.id])
      await Promise.all([a.say(b, 'lost'), b.say(a, 'lost'), a.call('setHello', bytesOf('said during the cut'))])
      await Promise.all([a.untilDown(b), b.untilDown(a)])
      await Promise.all([a.say(b, 'lost too'), b.say(a, 'lost too')])
      await a.say(c, 'others hear me')
      await c.untilHears(a, 'others hear me')

      await a.call('heal')
      await Promise.all([a.untilUp(b, 2), b.untilUp(a, 2)])
      await Promise.all([a.say(b, 'found'), b.say(a, 'found')])
      await Promise.all([b.untilHears(a, 'found'), a.untilHears(b, 'found')])
      same([b.heardFrom(a), a.heardFrom(b)], [['found'], ['found']], 'what came through')
      same(b.hellosOf(a).at(-1), 'said during the cut', 'the hello of a')
    },
  },
  {
    title: 'a tab that was cut by its peer as well is back only when both have healed',
    async play(world) {
      const [a, b] = await linked(world)
      await Promise.all([a.call('cut', [b.id]), b.call('cut', [a.id])])
      await Promise.all([a.untilDown(b), b.untilDown(a)])
      await a.call('heal')
      const c = await Watched.opened(world)
      await Promise.all([a.untilUp(c), c.untilUp(a)])
      same(a.hellosOf(b).length, 1, 'how often a met b')
      await b.call('heal')
      await Promise.all([a.untilUp(b, 2), b.untilUp(a, 2)])
    },
  },
  {
    title: 'a farewell arrives as the last message, and who gets none sees the link go as well',
    async play(world) {
      const [a, b] = await linked(world)
      const c = await Watched.opened(world)
      await Promise.all([c.untilUp(a), c.untilUp(b), a.untilUp(c), b.untilUp(c)])
      await a.call('farewell', [[b.id, bytesOf('f'.repeat(1024))]])
      await Promise.all([b.untilDown(a), c.untilDown(a)])
      same(b.heardFrom(a), ['f'.repeat(1024)], 'the last words to b')
      same(c.heardFrom(a), [], 'the last words to c')
      same(
        b.told.slice(-2).map(({ type }) => type),
        ['message', 'down'],
        'how it ended',
      )
      await b.say(c, 'we stay')
      await c.untilHears(b, 'we stay')
    },
  },
  {
    title: 'a farewell behind a large message still arrives, and is the last',
    async play(world) {
      const [a, b] = await linked(world)
      await a.call('send', b.id, `pattern:${1024 * 1024}`)
      await a.call('farewell', [[b.id, bytesOf('bye')]])
      await b.untilDown(a)
      same(b.heardFrom(a).at(-1), 'bye', 'the last words')
    },
  },
  {
    title: 'a refused tab is told why, loses the link, and gets none again',
    async play(world) {
      const [a, b] = await linked(world)
      await a.call('refuse', b.id, 'another cluster – “über”')
      await b.until('is told', (told) => told.some((event) => event.type === 'refused' && event.reason === 'another cluster – “über”'))
      await Promise.all([b.untilDown(a), a.untilDown(b)])
      const c = await Watched.opened(world)
      await Promise.all([a.untilUp(c), b.untilUp(c), c.untilUp(a), c.untilUp(b)])
      await Promise.all([a.say(b, 'x'), b.say(a, 'x'), c.say(a, 'last'), c.say(b, 'last')])
      await Promise.all([a.untilHears(c, 'last'), b.untilHears(c, 'last')])
      same([a.hellosOf(b).length, b.hellosOf(a).length], [1, 1], 'how often they met')
      same([a.heardFrom(b), b.heardFrom(a)], [[], []], 'what they heard of each other')
    },
  },
  {
    title: 'after close nothing more is told, and nothing throws',
    async play(world) {
      const [a, b] = await linked(world)
      await a.call('close')
      await b.untilDown(a)
      const before = a.told.length
      await b.say(a, 'x')
      for (const [name, ...args] of [
        ['send', b.id, bytesOf('x')],
        ['setHello', bytesOf('x')],
        ['cut', [b.id]],
        ['heal'],
        ['refuse', b.id, 'x'],
        ['close'],
      ] as const) {
        await a.call(name, ...args)
      }
      const c = await Watched.opened(world)
      await c.untilUp(b)
      same(a.told.length, before, 'how much a was told')
      same(
        c.told.some((event) => isOf(event, a)),
        false,
        'c meets a',
      )
    },
  },
  {
    title: 'a tab that is gone without a word is down after its silence',
    needs: 'crash',
    async play(world) {
      const [a, b] = await linked(world)
      await world.crash!(a.tab)
      await b.untilDown(a)
    },
  },
]
