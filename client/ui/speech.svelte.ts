/**
 * What the page says aloud (UI.md section 8): politely what others did, gathered for 3 s, and what became agreed; at once
 * what is wrong. Own edits are not spoken back.
 */
import type { Item, News, View } from './view.ts'
import { count, short, WORDS } from './words.ts'

const GATHER_MS = 3_000
const LONG_MS = 2_000

const DID: { readonly [did in News['did']]: string } = {
  added: 'added',
  edited: 'changed',
  finished: 'finished',
  reopened: 'reopened',
  moved: 'moved',
  deleted: 'deleted',
  renamed: 'renamed the list to',
}

/** "Ben added Rope. Chi finished 2 items." */
export function sayNews(news: readonly News[]): string {
  const groups = new Map<string, News[]>()
  for (const one of news) {
    const key = JSON.stringify([one.by?.id ?? null, one.did])
    groups.set(key, [...(groups.get(key) ?? []), one])
  }
  return [...groups.values()]
    .map(([first, ...more]) => {
      const who = first!.by?.name ?? WORDS.somebody
      const what = more.length === 0 || first!.did === 'renamed' ? short([first!, ...more].at(-1)!.what) : count(more.length + 1, 'item')
      return `${who} ${DID[first!.did]} ${what}.`
    })
    .join(' ')
}

export class Speech {
  polite = $state('')
  assertive = $state('')
  #heard: number | null = null
  #gathered: News[] = []
  #timer: ReturnType<typeof setTimeout> | null = null
  #tooFew = false
  #late = new Map<string, Item>()
  #leader: string | null = null

  say(words: string): void {
    // The same words twice are spoken twice only if the region changes.
    this.polite = this.polite === words ? `${words}\u00a0` : words
  }

  /** Looks at each view as it comes. `panel`: the cluster is open, so a change of leader is spoken. */
  hear(view: View, panel: boolean): void {
    this.#hearOthers(view)
    this.#hearAgreement(view)
    this.#hearTrouble(view)
    const leader = view.fleet.tabs.find((tab) => tab.id === view.fleet.leader)
    if (leader !== undefined && leader.id !== this.#leader) {
      if (panel && this.#leader !== null) this.say(`${leader.me ? 'This tab' : leader.person.name} leads, term ${leader.term ?? '?'}.`)
      this.#leader = leader.id
    }
  }

  end(): void {
    if (this.#timer !== null) clearTimeout(this.#timer)
  }

  #hearOthers(view: View): void {
    const newest = view.news.at(-1)?.number ?? this.#heard ?? 0
    // What happened before the page was there is on the list already.
    const since = this.#heard ?? newest
    this.#heard = Math.max(since, newest)
    this.#gathered.push(...view.news.filter((news) => news.number > since))
    if (this.#gathered.length === 0 || this.#timer !== null) return
    this.#timer = setTimeout(() => {
      this.#timer = null
      this.say(sayNews(this.#gathered))
      this.#gathered = []
    }, GATHER_MS)
  }

  #hearAgreement(view: View): void {
    if (view.list.at !== 'here') return
    const pending = new Map<string, Item>()
    let agreed = 0
    for (const item of view.list.items) {
      if (item.standing.is === 'pending') pending.set(item.id, item)
      else if (item.standing.is === 'agreed' && this.#wasLate(item.id)) agreed++
    }
    this.#late = pending
    if (agreed > 0) this.say(`${count(agreed, 'edit')} agreed.`)
  }

  #wasLate(id: string): boolean {
    const standing = this.#late.get(id)?.standing
    return standing?.is === 'pending' && Date.now() - standing.since > LONG_MS
  }

  #hearTrouble(view: View): void {
    const tooFew = view.fleet.mood === 'too-few' && view.list.at === 'here'
    if (tooFew && !this.#tooFew) {
      this.assertive = `${view.fleet.inTouch} of ${count(view.fleet.tabs.length, 'tab')} in touch. Your edits are kept and not yet agreed.`
    } else if (!tooFew && this.#tooFew) {
      this.assertive = ''
    }
    this.#tooFew = tooFew
  }
}
