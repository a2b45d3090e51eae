import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { commandId, SINCE } from '../../shared/list/commands.ts'
import { parseCommand } from '../../shared/list/parse.ts'
import { anyCommand } from './arbitrary.ts'

const malformed = (field: string) => ({ ok: false, error: { type: 'malformed', field } })
const unknown = (got: string) => ({ ok: false, error: { type: 'unknown-command', got } })

describe('commands from strangers', () => {
  test('every command comes through as it is, as another object', () => {
    const types = new Set<string>()
    fc.assert(
      fc.property(anyCommand, (command) => {
        types.add(command.type)
        const parsed = parseCommand(structuredClone(command), 1)
        expect(parsed).toEqual({ ok: true, value: command })
        expect(parsed.ok && parsed.value).not.toBe(command)
      }),
    )
    expect([...types].sort()).toEqual(Object.keys(SINCE).sort())
  })

  test.each([
    [null, 'command'],
    ['add', 'command'],
    [[], 'command'],
    [{}, 'type'],
    [{ type: 7 }, 'type'],
    [Object.create({ type: 'skip' }), 'type'],
    [{ type: 'add', after: null }, 'text'],
    [{ type: 'add', after: null, text: 'a\ud800b' }, 'text'],
    [{ type: 'add', after: null, text: '\udc00\ud800' }, 'text'],
    [{ type: 'add', text: '' }, 'after'],
    [{ type: 'add', after: '', text: '' }, 'after'],
    [{ type: 'add', after: 'x'.repeat(129), text: '' }, 'after'],
    [{ type: 'check', id: 'a.1', done: 1 }, 'done'],
    [{ type: 'check', id: 'end', done: true }, 'id'],
    [{ type: 'edit', id: 'a.1', revision: 1.5, text: '' }, 'revision'],
    [{ type: 'edit', id: 'a.1', revision: -1, text: '' }, 'revision'],
    [{ type: 'edit', id: 'a.1', revision: Number.NaN, text: '' }, 'revision'],
    [{ type: 'delete', id: 'a.1', untouched: false }, 'untouched'],
    [{ type: 'delete', id: 'a.1', back: null }, 'back'],
    [{ type: 'delete', id: 'a.1', back: { from: 'a.1' } }, 'back'],
    [{ type: 'rename', name: 'x', back: { from: null, to: 'a.1' } }, 'back'],
    [{ type: 'rename' }, 'name'],
  ])('%j is malformed in %s', (value, field) => {
    expect(parseCommand(value, 1)).toEqual(malformed(field))
  })

  test('a type, a field or a level that this build does not have is unknown, never malformed', () => {
    expect(parseCommand({ type: 'claim', id: 'a.1' }, 1)).toEqual(unknown('claim'))
    expect(parseCommand({ type: 'toString' }, 1)).toEqual(unknown('toString'))
    expect(parseCommand({ type: 'add', after: null, text: '', colour: 'red' }, 1)).toEqual(unknown('add.colour'))
    expect(parseCommand({ type: 'restore', id: 'a.1', back: { from: 'a.1', to: 'a.1', why: '' } }, 1)).toEqual(unknown('restore.why'))
    expect(parseCommand({ type: 'skip' }, 0)).toEqual(unknown('skip'))
  })

  test('any value at all ends in a command or a reason', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.anything(),
          fc.record(
            {
              type: fc.constantFrom(...Object.keys(SINCE)),
              id: fc.anything(),
              after: fc.anything(),
              text: fc.anything(),
              back: fc.anything(),
            },
            { requiredKeys: ['type'] },
          ),
        ),
        (value) => {
          expect(parseCommand(value, 1)).toHaveProperty('ok')
        },
      ),
    )
  })

  test('a command names its item', () => {
    expect(commandId('k3f', 12)).toBe('k3f.12')
  })
})
