/** The page without a cluster: `?state=<name>` shows a state, `?many=5000` a long list, `?agree=800` when edits agree, in ms. */
import { mount } from 'svelte'
import type { FakeList } from './fake-list.ts'
import Gallery from './Gallery.svelte'
import { many, SCREENS } from './screens.ts'

declare global {
  interface Window {
    fake: FakeList
  }
}

const asked = new URLSearchParams(location.search)
const state = asked.get('state') ?? 'list'
const count = asked.get('many')
const agree = asked.get('agree')
const screen = count === null ? SCREENS[state]?.() : many(Number(count))
if (screen === undefined) throw new Error(`No such state: ${state}. There are ${Object.keys(SCREENS).join(', ')}.`)

mount(Gallery, {
  target: document.querySelector('#page')!,
  props: {
    first: screen,
    agreeAfter: agree === null ? 400 : agree === 'never' ? Infinity : Number(agree),
    onfake: (fake: FakeList) => (window.fake = fake),
  },
})
