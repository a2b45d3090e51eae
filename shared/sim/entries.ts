/** Entries by what they say, not by which copy of them a node holds. */
import type { Body, Configuration, Entry } from '../raft/types.ts'
import { hashOfBytes } from './dice.ts'

/** The same entry, wherever it was decoded. Looked at for every entry of every node, so nothing is built for it. */
export function isSameEntry(one: Entry, other: Entry): boolean {
  return (
    one === other || (one.index === other.index && one.term === other.term && one.time === other.time && isSameBody(one.body, other.body))
  )
}

function isSameBody(one: Body, other: Body): boolean {
  if (one.type === 'command' && other.type === 'command') {
    const [mine, yours] = [one.command, other.command]
    const { session, seq, settled } = mine.header
    return (
      session === yours.header.session &&
      seq === yours.header.seq &&
      settled === yours.header.settled &&
      isSameBytes(mine.bytes, yours.bytes)
    )
  }
  if (one.type === 'configuration' && other.type === 'configuration') return isSameConfiguration(one.configuration, other.configuration)
  if (one.type === 'noop') return other.type === 'noop'
  return printOfBody(one) === printOfBody(other)
}

function isSameConfiguration(one: Configuration, other: Configuration): boolean {
  return one === other || printOfMembers(one) === printOfMembers(other)
}

export function isSameBytes(one: Uint8Array, other: Uint8Array): boolean {
  if (one.length !== other.length) return false
  for (let at = 0; at < one.length; at++) if (one[at] !== other[at]) return false
  return true
}

/** One line of text for people. */
export function printOf({ term, time, body }: Entry): string {
  return `${term} ${time} ${printOfBody(body)}`
}

function printOfBody(body: Body): string {
  switch (body.type) {
    case 'noop':
      return 'noop'
    case 'configuration':
      return `configuration ${printOfMembers(body.configuration)}`
    case 'command': {
      const { header, bytes } = body.command
      return `command ${header.session}.${header.seq} settled ${header.settled} ${hashOfBytes(bytes)}`
    }
    case 'level':
      return `level ${body.level}`
    case 'checksum':
      return `checksum ${body.index} ${hashOfBytes(body.hash)}`
  }
}

function printOfMembers({ voters, learners }: Configuration): string {
  return `${voters.map(({ node }) => node).join()} / ${learners.map(({ node }) => node).join()}`
}
