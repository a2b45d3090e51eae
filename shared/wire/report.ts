/**
 * What a tab tells every peer about the nodes it hosts, a few times a second at most, so that the cluster table of any tab has
 * a row for each. For people to look at: no decision is taken by it. A frame of its own kind: kind byte, then one packed array.
 */
import { LIMITS } from '../limits.ts'
import type { Index, NodeId, Term } from '../raft/types.ts'
import { cluster, clusterBytes, fields, id, idOrNull, list, oneOf, reading, uint, version, type ClusterId } from './fields.ts'
import { pack } from './msgpack.ts'
import { reject, type Result, type WireError } from './result.ts'

const REPORT_KIND = 1
const REPORT_VERSION = 1
const ROLES = ['follower', 'pre-candidate', 'candidate', 'leader'] as const
export type ReportedRole = (typeof ROLES)[number]

export interface NodeReport {
  readonly node: NodeId
  readonly role: ReportedRole
  readonly term: Term
  readonly leader: NodeId | null
  readonly logLength: number
  readonly commitIndex: Index
}

export interface Report {
  readonly cluster: ClusterId
  /** At most LIMITS.membersMax; the main node first. */
  readonly nodes: readonly NodeReport[]
}

export function encodeReport(report: Report): Uint8Array {
  const nodes = report.nodes.map((one) => [one.node, ROLES.indexOf(one.role), one.term, one.leader, one.logLength, one.commitIndex])
  const packed = pack([REPORT_VERSION, clusterBytes(report.cluster), nodes])
  const frame = new Uint8Array(packed.length + 1)
  frame[0] = REPORT_KIND
  frame.set(packed, 1)
  return frame
}

/** Never throws. */
export function decodeReport(bytes: Uint8Array): Result<Report, WireError> {
  if (bytes[0] !== REPORT_KIND) return reject({ type: 'unknown', what: 'frame', got: bytes[0] ?? -1 })
  return reading(bytes.subarray(1), LIMITS.frameBytes, readReport)
}

function readReport(value: unknown): Report {
  version(Array.isArray(value) ? value[0] : null, REPORT_VERSION)
  const all = fields(value, 'report', 3)
  return { cluster: cluster(all[1], 'cluster'), nodes: list(all[2], 'nodes', LIMITS.membersMax).map(readNodeReport) }
}

function readNodeReport(value: unknown): NodeReport {
  const [node, role, term, leader, logLength, commitIndex] = fields(value, 'node', 6)
  return {
    node: id(node, 'node'),
    role: oneOf(role, 'role', ROLES),
    term: uint(term, 'term'),
    leader: idOrNull(leader, 'leader'),
    logLength: uint(logLength, 'logLength'),
    commitIndex: uint(commitIndex, 'commitIndex'),
  }
}
