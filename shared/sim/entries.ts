/** One line of text for an entry: equal for equal entries. */
import type { Body, Entry } from '../raft/types.ts'
import { hashOfBytes } from './dice.ts'

const known = new WeakMap<Entry, string>()

export function printOf(entry: Entry): string {
  const before = known.get(entry)
  if (before !== undefined) return before
  const print = `${entry.term} ${entry.time} ${printOfBody(entry.body)}`
  known.set(entry, print)
  return print
}

function printOfBody(body: Body): string {
  switch (body.type) {
    case 'noop':
      return 'noop'
    case 'configuration': {
      const { voters, learners } = body.configuration
      return `configuration ${voters.map(({ node }) => node).join()} / ${learners.map(({ node }) => node).join()}`
    }
    case 'command': {
      const { header, bytes } = body.command
      return `command ${header.session}.${header.seq} settled ${header.settled} ${hashOfBytes(bytes)}`
    }
    case 'level':
      return `level ${body.level}`
    case 'checksum':
      return `checksum ${body.index}`
  }
}
