import { describe, expect, test } from 'vitest'
import { Routes } from '../../shared/host/routes.ts'
import type { Message } from '../../shared/raft/messages.ts'
import type { Hello, HostedNode } from '../../shared/wire/hello.ts'

const hello = (tab: string, ...hosted: HostedNode[]): Hello => ({
  protocol: { min: 1, max: tab.startsWith('old') ? Number(tab.slice(3)) : 3 },
  build: 'test',
  late: false,
  cluster: null,
  tab,
  machine: 'm',
  person: { id: 'p', name: '' },
  votes: true,
  levels: { min: 1, max: 1 },
  hosted,
})
const node = (id: string, incarnation: number, nonce = 'x'): HostedNode => ({ node: id, incarnation, nonce })

describe('K3: messages for a node go to the tab that hosts its newest incarnation', () => {
  test('a HELLO makes routes, and a link that goes down ends them', () => {
    const routes = new Routes()
    routes.hello('t1', hello('t1', node('a', 1), node('b', 1)), 0)
    expect([routes.tabOf('a'), routes.tabOf('b')]).toEqual(['t1', 't1'])
    routes.down('t1')
    expect([routes.tabOf('a'), routes.peers]).toEqual([null, []])
  })

  test('a message is as the build of that tab can read it', () => {
    const routes = new Routes()
    routes.hello('t1', hello('t1', node('a', 1)), 0)
    routes.hello('old1', hello('old1', node('b', 1)), 0)
    routes.hello('old2', hello('old2', node('c', 1)), 0)
    const address = { from: 'x', term: 1, sentAt: 1 }
    const asked = { type: 'AppendEntries', ...address, prevLogIndex: 0, prevLogTerm: 0, entries: [], leaderCommit: 0, matches: [] } as const
    const answer = { type: 'AppendEntriesReply', ...address, commitIndex: 0, result: { success: true, matchIndex: 0 } } as const
    const leaving = { type: 'Farewell', ...address, nodes: [], successors: [] } as const
    const said = (to: string): readonly Message[] => [
      { ...asked, to, pace: 300, quiet: true },
      { ...answer, to, pace: 300 },
      { ...leaving, to, append: { ...asked, to, pace: 300, quiet: false } },
      { type: 'TimeoutNow', from: 'x', to, term: 1 },
    ]
    const sent = routes.envelop([...said('a'), ...said('b'), ...said('c')])
    expect(sent.get('t1')?.map(({ message }) => message)).toEqual(said('a'))
    expect(sent.get('old1')?.map(({ message }) => message)).toEqual([
      { ...asked, to: 'b', pace: null, quiet: false },
      { ...answer, to: 'b', pace: null },
      { ...leaving, to: 'b', append: { ...asked, to: 'b', pace: null, quiet: false } },
      { type: 'TimeoutNow', from: 'x', to: 'b', term: 1 },
    ])
    const [first, ...others] = said('c')
    expect(sent.get('old2')?.map(({ message }) => message)).toEqual([{ ...first, quiet: false }, ...others])
  })

  test('a node that moved is where its newer start says', () => {
    const routes = new Routes()
    routes.hello('t1', hello('t1', node('a', 1)), 0)
    expect(routes.hello('t2', hello('t2', node('a', 2)), 0)).toEqual([])
    expect(routes.tabOf('a')).toBe('t2')
  })

  test('a lower incarnation, or the same one with another nonce, is a copied profile, also after its link went', () => {
    const routes = new Routes()
    routes.hello('t1', hello('t1', node('a', 3, 'x')), 0)
    routes.down('t1')
    expect(routes.hello('t2', hello('t2', node('a', 2)), 0)).toEqual(['a'])
    expect(routes.hello('t3', hello('t3', node('a', 3, 'y')), 0)).toEqual(['a'])
    expect(routes.hello('t4', hello('t4', node('a', 3, 'x')), 0)).toEqual([])
  })

  test('a copy of a node of our own is found out', () => {
    const routes = new Routes()
    routes.own(node('a', 2, 'x'))
    expect(routes.hello('t1', hello('t1', node('a', 1)), 0)).toEqual(['a'])
  })

  test('since when a tab hosts what it hosts is kept until that changes', () => {
    const routes = new Routes()
    routes.hello('t1', hello('t1', node('a', 1)), 5)
    routes.hello('t1', hello('t1', node('a', 1)), 9)
    expect(routes.peer('t1')?.since).toBe(5)
    routes.hello('t1', hello('t1', node('a', 1), node('b', 1)), 12)
    expect(routes.peer('t1')?.since).toBe(12)
  })
})
