/** What a person chose for this browser's pages: theme and single keys. Kept in localStorage, where there is one. */

export type Theme = 'system' | 'light' | 'dark'

const THEME = 'flotilla-theme'
const KEYS = 'flotilla-single-keys'

class Settings {
  #theme = $state<Theme>(themeFrom(read(THEME)))
  #singleKeys = $state(read(KEYS) !== 'off')

  constructor() {
    show(this.#theme)
  }

  get theme(): Theme {
    return this.#theme
  }
  set theme(theme: Theme) {
    this.#theme = theme
    write(THEME, theme)
    show(theme)
  }

  get singleKeys(): boolean {
    return this.#singleKeys
  }
  set singleKeys(on: boolean) {
    this.#singleKeys = on
    write(KEYS, on ? 'on' : 'off')
  }
}

function themeFrom(stored: string | null): Theme {
  return stored === 'light' || stored === 'dark' ? stored : 'system'
}

function show(theme: Theme): void {
  if (theme === 'system') delete document.documentElement.dataset['theme']
  else document.documentElement.dataset['theme'] = theme
}

function read(key: string): string | null {
  try {
    return localStorage.getItem(key)
  } catch {
    // Storage may be forbidden: then a choice lasts as long as the page.
    return null
  }
}

function write(key: string, value: string): void {
  try {
    localStorage.setItem(key, value)
  } catch {
    // See read.
  }
}

export const settings = new Settings()
