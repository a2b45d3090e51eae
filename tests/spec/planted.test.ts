/** With a mistake planted in the core, the check of a world says which guard failed. */
import { describe, expect, test } from 'vitest'
import { scheduleOf } from '../../shared/sim/run.ts'
import { mutantNamed, plant } from '../mutants/plant.ts'
import { checkWorld } from './sample.ts'

const SEEDS = 40

const UNVOUCHED = 'ConfirmRead: a majority of the voters in force vouches for it, itself only if it votes'

/** What the specification may say of each, whichever comes first in the worlds that are drawn. */
const SAID: Readonly<Record<string, readonly string[]>> = {
  'a vote is answered before it is saved': ['Send: a vote leaves once it is durable'],
  'entries are acknowledged before they are saved': ['Send: an ack leaves once all that it vouches for is durable'],
  'two votes in a term': [
    'GrantVote: one vote a term: none was given, or to the same candidate',
    'GrantPreVote: in the current term its vote is not given to another',
  ],
  // The laws of the simulator see this one only where it does harm, which takes many seeds.
  'an entry of an older term is committed by counting (5.4.2)': ['AdvanceCommitIndex: the entry is of its own term (5.4.2)'],
  'what the message does not vouch for is committed': [
    'Reply: an answer tells the commit index of its sender',
    'Conform: commitIndex goes as far as a message verified, or a majority has it',
  ],
  'every AppendEntries cuts the log off behind it': ['Conform: the log is what the actions make it'],
  'a leader counts itself for what it has not saved': [
    'AdvanceCommitIndex: a majority of the voters in force has it, itself only what is durable',
  ],
  'a leader answers reads without asking whether it leads': [UNVOUCHED],
  // The laws of the simulator need a world in which such a leader was replaced unheard.
  'an answer to what was sent before the read confirms it': [UNVOUCHED],
  'a leader answers reads before it committed an entry of its own term': ['ConfirmRead: it committed an entry of its own term before'],
  'a follower answers reads by what it knows committed': ['ConfirmRead: it leads'],
}

describe('the specification says which guard failed when', () => {
  test.each(Object.entries(SAID))('%s', async (name, said) => {
    const { runSeed } = await plant(mutantNamed(name))
    let found: string | null = null
    for (let seed = 1; seed <= SEEDS && found === null; seed++) {
      // A profile that goes on in two places breaks rules whatever the core does (docs/evidence.md).
      const faults = scheduleOf(seed).faults.filter(({ kind }) => kind !== 'copy')
      const { deviation } = (await checkWorld(runSeed, { seed, faults })).check
      if (deviation !== null) found = `${deviation.action}: ${deviation.guard}`
    }
    expect(said).toContain(found)
  })
})
