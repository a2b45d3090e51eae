/** Random commands over few enough ids that they meet. */
import fc from 'fast-check'
import type { Command } from '../../shared/list/commands.ts'

export const SESSIONS = ['ada', 'ben', 'chi'] as const

const id = fc.tuple(fc.constantFrom(...SESSIONS), fc.integer({ min: 1, max: 14 })).map(([session, seq]) => `${session}.${seq}`)
const after = fc.oneof({ weight: 3, arbitrary: id }, { weight: 1, arbitrary: fc.constantFrom(null, 'end') })
const back = fc.option(fc.record({ from: id, to: fc.oneof(id, fc.constant(null)) }), { freq: 6, nil: undefined })
const text = fc.string({ unit: 'grapheme', maxLength: 6 })
const revision = fc.integer({ min: 1, max: 4 })

const add = fc.record({ type: fc.constant('add' as const), after, text })

export const anyCommand: fc.Arbitrary<Command> = fc
  .oneof(
    { weight: 5, arbitrary: add },
    { weight: 2, arbitrary: fc.record({ type: fc.constant('edit' as const), id, revision, text, back }) },
    { weight: 2, arbitrary: fc.record({ type: fc.constant('check' as const), id, done: fc.boolean(), back }) },
    { weight: 3, arbitrary: fc.record({ type: fc.constant('move' as const), id, after, back }) },
    {
      weight: 4,
      arbitrary: fc.record({ type: fc.constant('delete' as const), id, back, untouched: fc.constantFrom(undefined, undefined, true) }),
    },
    { weight: 2, arbitrary: fc.record({ type: fc.constant('restore' as const), id, back }) },
    { weight: 1, arbitrary: fc.record({ type: fc.constant('rename' as const), name: text, back }) },
    { weight: 1, arbitrary: fc.record({ type: fc.constant('skip' as const) }) },
  )
  .map(withoutUndefined)

/** As a person gives them: only undo and redo go back. */
export const anyPlainCommand: fc.Arbitrary<Command> = anyCommand.map((command) =>
  withoutUndefined({ ...command, back: undefined, untouched: undefined }),
)

/** A field that is not given is not there. */
function withoutUndefined(command: object): Command {
  return Object.fromEntries(Object.entries(command).filter(([, value]) => value !== undefined)) as unknown as Command
}
