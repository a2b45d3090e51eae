/** Every main state of the page, with the sample text of the drawings. */
import type {
  FrontScreen,
  Item,
  ListScreen,
  ListSummary,
  Notice,
  Person,
  Refusal,
  Screen,
  Standing,
  SummaryBoat,
  View,
} from '../../../client/ui/view.ts'
import { ANA, BEN, CHI, DOV, fleetOfFive, fleetOfOne, tab } from './people.ts'

export const LINK = `${location.origin}/#Vq3kW8sN2pLr5TzYc7Zt1e`
const NOON = new Date(2026, 10, 24, 18, 4).getTime()

const TEXTS = [
  'Tent, the big one',
  'Camping stove and two gas cartridges',
  'Head torches, one each',
  '+Sleeping bags × 4',
  '+Ferry tickets, Friday 17:40',
  'Water filter',
  '+First-aid kit',
  'Coffee, the good one',
  'Rain jackets, even if the forecast says otherwise',
  'Playing cards',
  '+Sunscreen',
  'Oats, raisins, honey',
]
export const AGREED: Standing = { is: 'agreed' }

export function items(standings: { readonly [at: number]: Standing } = {}): readonly Item[] {
  return TEXTS.map((text, i) => ({
    id: `s1.${i + 1}`,
    text: text.replace(/^\+/, ''),
    revision: 1,
    done: text.startsWith('+'),
    standing: standings[i] ?? AGREED,
  }))
}

export function pending(storedIn: number, ago = 60_000): Standing {
  return { is: 'pending', since: Date.now() - ago, storedIn, needed: 3, of: 5 }
}

export function list(view: Partial<View> = {}, panel = false): ListScreen {
  return {
    at: 'list',
    link: LINK,
    panel,
    view: {
      list: { at: 'here', name: 'Island weekend', items: items() },
      me: ANA,
      fleet: fleetOfFive(),
      notices: [],
      stored: () => ({ storedIn: 4, of: 5 }),
      toasts: [],
      news: [],
      can: { edit: true, undo: 'Deleted', redo: null },
      ...view,
    },
  }
}

const looks = { can: { edit: false, undo: null, redo: null } } as const
const here = (all: readonly Item[], name = 'Island weekend') => ({ at: 'here', name, items: all }) as const
const waits: Notice = { is: 'too-few', missing: 1, needed: 3, of: 5, kept: 3 }
const nobody = { ...fleetOfOne(), tabs: [...fleetOfOne().tabs, tab('z1', BEN, { reach: 'lost' })] }

function summary(name: string, count: number, more: Partial<ListSummary>): ListSummary {
  return { id: name, link: `./#${name}`, name, items: count, pending: 0, agreedAt: NOON, boats: [], others: [], latest: null, ...more }
}
const boat = (id: string, person: Person, leads = false, inTouch = true): SummaryBoat => ({ tab: id, person, leads, inTouch })

export function front(lists: readonly ListSummary[], problem: FrontScreen['problem'] = null): FrontScreen {
  return { at: 'front', me: ANA, lists, problem }
}

export const SUMMARIES: readonly ListSummary[] = [
  summary('Island weekend', 12, {
    pending: 1,
    others: [BEN, CHI, DOV],
    boats: [boat('1', ANA), boat('2', ANA), boat('3', BEN, true), boat('4', CHI), boat('5', DOV)],
  }),
  summary('Saturday market', 9, { agreedAt: Date.now(), others: [DOV], boats: [boat('1', ANA), boat('2', DOV, true)] }),
  summary('Flat chores', 21, { agreedAt: Date.now() - 86_400_000, boats: [boat('1', ANA, true)] }),
  summary('Board games to bring', 6, {
    agreedAt: new Date(2026, 10, 2).getTime(),
    others: [CHI],
    latest: CHI,
    boats: [boat('1', ANA, false, false), boat('2', CHI, false, false)],
  }),
]

const notice = (one: Notice) => () => list({ notices: [one] })
const refused = (why: Refusal): Standing => ({ is: 'refused', why, by: why === 'deleted' ? BEN : null })

export const SCREENS: { readonly [name: string]: () => Screen } = {
  front: () => front(SUMMARIES),
  first: () => front([]),
  problem: () => front(SUMMARIES, 'not-a-link'),
  list: () => list({ list: here(items({ 7: pending(1, 160) })) }),
  late: () => list({ list: here(items({ 7: pending(1), 8: pending(2) })) }),
  refused: () => list({ list: here(items({ 0: refused('deleted'), 5: refused('gone'), 7: refused('full'), 8: refused('too-long') })) }),
  unknown: () => list({ list: here(items({ 5: refused('unknown') })), toasts: [{ id: 1, is: 'unsure', count: 2 }] }),
  'no-majority': () =>
    list({
      list: here(items({ 2: pending(2), 7: pending(1), 9: pending(2) })),
      fleet: { ...fleetOfFive(3), sending: 3 },
      notices: [waits],
    }),
  choosing: () => list({ fleet: { ...fleetOfFive(1), leader: null, mood: 'choosing' } }),
  sending: () => list({ fleet: { ...fleetOfFive(), sending: 2 }, list: here(items({ 7: pending(1) })) }),
  fourteen: () =>
    list({
      fleet: {
        ...fleetOfFive(),
        tabs: [...fleetOfFive().tabs, ...Array.from({ length: 9 }, (_, i) => tab(`x${i}`, i % 2 === 0 ? CHI : DOV, { voter: false }))],
        inTouch: 14,
      },
    }),
  looking: () => list({ list: { at: 'looking' }, fleet: { ...fleetOfOne(), mood: 'choosing', leader: null }, ...looks }),
  waiting: () => list({ list: { at: 'waiting' }, fleet: { ...nobody, mood: 'choosing', leader: null }, ...looks }),
  copying: () => list({ list: { at: 'copying', from: BEN, share: 0.93, name: 'Island weekend', items: items().slice(0, 8) }, ...looks }),
  empty: () => list({ list: here([], 'Game night'), fleet: fleetOfOne() }),
  'empty-together': () => list({ list: here([], 'Game night') }),
  stopped: () =>
    list({ list: { at: 'stopped', name: 'Island weekend', items: items() }, notices: [{ is: 'stopped', lend: true }], ...looks }),
  'no-room': notice({ is: 'no-room' }),
  'too-old': notice({ is: 'too-old' }),
  'own-copy': notice({ is: 'own-copy', on: new Date(2026, 10, 2).getTime(), latest: CHI }),
  guest: notice({ is: 'guest' }),
  private: notice({ is: 'private-window' }),
  introductions: notice({ is: 'no-introductions', others: 4 }),
  twin: notice({ is: 'twin' }),
  deleted: () => list({ toasts: [{ id: 1, is: 'deleted', text: 'Sunscreen' }] }),
  cluster: () => list({ list: here(items({ 7: pending(1) })) }, true),
  'cluster-lost': () => list({ fleet: fleetOfFive(3), notices: [waits] }, true),
  long: () =>
    list({
      list: here([
        {
          id: 's0.1',
          text: 'Rain jackets for everybody, even if the forecast says otherwise, and the dry bag for the phones',
          revision: 1,
          done: false,
          standing: pending(2),
        },
        ...items(),
      ]),
    }),
}

/** `n` items, for how it bears many. */
export function many(n: number): ListScreen {
  const all = Array.from({ length: n }, (_, i) => ({
    id: `m.${i}`,
    text: `Item number ${i + 1}`,
    revision: 1,
    done: i % 7 === 0,
    standing: AGREED,
  }))
  return list({ list: here(all) })
}
