/** The lists of this browser, for the front page. */
import { nodeLock } from '../../shared/life/decisions.ts'
import type { Person as Known } from '../../shared/life/ports.ts'
import type { Browser } from '../tab/browser.ts'
import { calledBy, flagOf } from '../ui/flags.ts'
import type { ListSummary, Person } from '../ui/view.ts'

export function personOf({ id, name }: Known): Person {
  const flag = flagOf(id)
  return { id, flag, name: calledBy(name, flag) }
}

/** Last visited first. A boat is in touch while some tab of this browser has the list open. */
export async function summaries(browser: Browser, me: Person): Promise<readonly ListSummary[]> {
  const { registry, locks } = browser
  const [lists, held] = await Promise.all([registry.lists(), locks?.held() ?? new Set<string>()])
  return Promise.all(
    lists.map(async ({ room, secret, name, items, pending, agreedAt }): Promise<ListSummary> => {
      const nodes = (await registry.nodes(room)).filter(({ node, retired }) => !retired && held.has(nodeLock(node)))
      const boats = nodes.map(({ node }) => ({ tab: node, person: me, leads: false, inTouch: true }))
      return {
        id: room,
        link: linkTo(secret),
        name,
        items,
        pending,
        agreedAt,
        boats: boats.length > 0 ? boats : [{ tab: room, person: me, leads: false, inTouch: false }],
        others: [],
        latest: null,
      }
    }),
  )
}

export function linkTo(secret: string): string {
  return `${location.origin}${location.pathname}#${secret}`
}
