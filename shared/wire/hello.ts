/** HELLO: what a tab says of itself when a link comes up and again whenever it changes (DESIGN 8). */
import { LIMITS } from '../limits.ts'
import type { Levels, MachineId, NodeId } from '../raft/types.ts'
import { readLevels } from './entries.ts'
import { bool, cluster, clusterBytes, fields, id, list, positive, reading, refuse, text, version, type ClusterId } from './fields.ts'
import { pack } from './msgpack.ts'
import type { Result, WireError } from './result.ts'

const HELLO_VERSION = 1
const HELLO_FIELDS = 13
const BUILD_MAX = 64

export interface HostedNode {
  readonly node: NodeId
  /** How often the node was started; a birth is the first. */
  readonly incarnation: number
  /** Random for each start: the same incarnation with another nonce is a copied profile. */
  readonly nonce: string
}

export interface Hello {
  /** The range of wire protocols this build speaks; two tabs talk if their ranges meet. */
  readonly protocol: Levels
  readonly build: string
  /** Null while the tab belongs to no cluster yet: it has opened a link and looks for the others. */
  readonly cluster: ClusterId | null
  readonly tab: string
  readonly machine: MachineId
  readonly person: { readonly id: string; readonly name: string }
  /** False for guests. */
  readonly votes: boolean
  readonly levels: Levels
  /** The first one is the tab's main node. Empty while it hosts none. */
  readonly hosted: readonly HostedNode[]
  /** Its timers come late: nobody should hand leadership to it. */
  readonly late: boolean
}

/** Only the main node asks to be a member, and others address the tab's wishes to it. */
export function mainNode(hello: Hello): NodeId | null {
  return hello.hosted[0]?.node ?? null
}

/** At most LIMITS.helloBytes for a person's name within LIMITS.listName and 64 hosted nodes with ids of 32. */
export function encodeHello(hello: Hello): Uint8Array {
  const { protocol, build, tab, machine, person, votes, levels, late } = hello
  const hosted = hello.hosted.map(({ node, incarnation, nonce }) => [node, incarnation, nonce])
  const cluster = hello.cluster === null ? null : clusterBytes(hello.cluster)
  return pack([
    HELLO_VERSION,
    protocol.min,
    protocol.max,
    build,
    cluster,
    tab,
    machine,
    person.id,
    person.name,
    votes,
    levels.min,
    levels.max,
    hosted,
    late,
  ])
}

/**
 * Never throws. Fields after the ones known here are passed over, so that a newer build can still be told that its protocol
 * does not meet ours.
 */
export function decodeHello(bytes: Uint8Array): Result<Hello, WireError> {
  return reading(bytes, LIMITS.helloBytes, readHello)
}

function readHello(value: unknown): Hello {
  if (!Array.isArray(value)) refuse('hello', 'not an array')
  version(value[0], HELLO_VERSION)
  const all = fields(value.slice(0, HELLO_FIELDS), 'hello', HELLO_FIELDS)
  return {
    protocol: readLevels(all[1], all[2]),
    build: text(all[3], 'build', BUILD_MAX),
    cluster: all[4] === null ? null : cluster(all[4], 'cluster'),
    tab: id(all[5], 'tab'),
    machine: id(all[6], 'machine'),
    person: { id: id(all[7], 'person.id'), name: text(all[8], 'person.name', LIMITS.listName) },
    votes: bool(all[9], 'votes'),
    levels: readLevels(all[10], all[11]),
    hosted: readHosted(all[12]),
    // Older builds do not say.
    late: value.length > HELLO_FIELDS && bool(value[HELLO_FIELDS], 'late'),
  }
}

function readHosted(value: unknown): readonly HostedNode[] {
  const hosted = list(value, 'hosted', LIMITS.membersMax).map((one) => {
    const [node, incarnation, nonce] = fields(one, 'hosted', 3)
    return { node: id(node, 'hosted.node'), incarnation: positive(incarnation, 'hosted.incarnation'), nonce: id(nonce, 'hosted.nonce') }
  })
  if (new Set(hosted.map((one) => one.node)).size !== hosted.length) refuse('hosted', 'names a node twice')
  return hosted
}
