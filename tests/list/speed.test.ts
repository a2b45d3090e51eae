import { describe, expect, test } from 'vitest'
import type { Command } from '../../shared/list/commands.ts'
import { List } from '../../shared/list/list.ts'
import { overlay } from '../../shared/list/overlay.ts'

/** Median milliseconds of processor time, so that a busy machine does not count. Bounds are five times what is aimed for. */
function median(times: number, act: () => void): number {
  const all = Array.from({ length: times }, () => {
    const before = process.cpuUsage()
    act()
    const { user, system } = process.cpuUsage(before)
    return (user + system) / 1_000
  })
  return all.sort((a, b) => a - b)[times >> 1]!
}

function command(n: number): Command {
  return n <= 5_000
    ? { type: 'add', after: 'end', text: `item ${n}` }
    : { type: 'edit', id: `s.${(n % 5_000) + 1}`, revision: 1, text: `text ${n}` }
}

function full(): List {
  const list = new List()
  for (let n = 1; n <= 50_000; n += 1) list.apply(1, command(n), { id: `s.${n}` })
  for (let n = 1; n <= 20; n += 1) list.apply(1, { type: 'delete', id: `s.${n * 100}` }, { id: `d.${n}` })
  return list
}

describe('a full list', () => {
  test('takes 50,000 commands in far less than a second', () => {
    expect(median(3, full)).toBeLessThan(1_500)
  })

  test('is cloned and overlaid within a frame', () => {
    const list = full()
    const pending = Array.from({ length: 10 }, (_, n) => ({
      session: 'me',
      seq: n + 1,
      command: n % 2 === 0 ? ({ type: 'add', after: `s.${n * 9 + 1}`, text: 'new' } as const) : command(5_000 + n * 7),
    }))
    expect(overlay(1, list, pending).refused).toEqual([])
    expect(median(30, () => list.clone())).toBeLessThan(10)
    expect(median(30, () => overlay(1, list, pending))).toBeLessThan(15)
  })
})
