/** Majorities. Votes and acks are sets cut with the voters of a configuration, never numbers (DESIGN 4). */
import type { Configuration, Index, Member, NodeId } from './types.ts'

export const NO_CONFIGURATION: Configuration = { voters: [], learners: [] }

export function majorityOf(voters: number): number {
  return Math.floor(voters / 2) + 1
}

export function isVoter(configuration: Configuration, node: NodeId): boolean {
  return configuration.voters.some((member) => member.node === node)
}

export function isMember(configuration: Configuration, node: NodeId): boolean {
  return isVoter(configuration, node) || configuration.learners.some((member) => member.node === node)
}

export function membersOf(configuration: Configuration): readonly Member[] {
  return configuration.learners.length === 0 ? configuration.voters : [...configuration.voters, ...configuration.learners]
}

export function without({ voters, learners }: Configuration, node: NodeId): Configuration {
  return { voters: voters.filter((member) => member.node !== node), learners: learners.filter((member) => member.node !== node) }
}

/** Do those for whom `has` holds make a majority of the voters? Nobody is no majority of nobody. */
export function isQuorum(configuration: Configuration, has: (node: NodeId) => boolean): boolean {
  let count = 0
  for (const member of configuration.voters) if (has(member.node)) count++
  return count >= majorityOf(configuration.voters.length)
}

/** The highest index that a majority of the voters has reached; 0 without voters. */
export function quorumIndex(configuration: Configuration, indexOf: (node: NodeId) => Index): Index {
  const indexes = configuration.voters.map((member) => indexOf(member.node)).sort((a, b) => b - a)
  return indexes[majorityOf(indexes.length) - 1] ?? 0
}
