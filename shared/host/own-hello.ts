/** What this tab says of itself to the others. */
import { PROTOCOL } from '../limits.ts'
import type { Hello, HostedNode } from '../wire/hello.ts'
import type { HostOptions } from './options.ts'
import type { NodeId } from './ports.ts'

type Said = Pick<HostOptions, 'tab' | 'machine' | 'build' | 'votes' | 'person'> & Pick<Hello, 'cluster' | 'late'>

/** The main node comes first. */
export function ownHello(
  { tab, machine, build, votes, person, cluster, late }: Said,
  { levels }: HostOptions['applier'],
  running: ReadonlyMap<NodeId, Omit<HostedNode, 'node'>>,
): Hello {
  const hosted = [...running].map(([node, { incarnation, nonce }]) => ({ node, incarnation, nonce }))
  return { protocol: PROTOCOL, build, cluster, tab, machine, person, votes, levels, hosted, late }
}
