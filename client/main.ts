/** The composition root: this browser, the list the address names, the page over both. */
import { mount } from 'svelte'
import App from './ui/App.svelte'
import { Page } from './state/page.svelte.ts'
import { openBrowser } from './tab/browser.ts'
import { makeConsole } from './tab/console.ts'
import type { Flotilla } from './tab/console.ts'

declare global {
  interface Window {
    flotilla: Flotilla
  }
}

const browser = openBrowser()
const page = new Page(browser)
window.flotilla = makeConsole(() => page.open, page.listeners, browser.onlookers)
mount(App, {
  target: document.getElementById('page')!,
  props: {
    get screen() {
      return page.screen
    },
    onwish: (wish) => page.wish(wish),
  },
})
