import { describe, expect, test } from 'vitest'
import { Proposals } from '../../shared/host/proposals.ts'
import type { Keeper } from '../../shared/host/proposals.ts'
import { LIMITS, TIMES } from '../../shared/limits.ts'
import { sessionName } from '../../shared/replica/session-name.ts'
import { NOTHING_AGREED } from './agreed.ts'

const SKIP = Uint8Array.of(0)
const bytes = (...all: number[]): Uint8Array => Uint8Array.from(all)
const seqs = (commands: readonly { readonly header: { readonly seq: number } }[]): number[] => commands.map(({ header }) => header.seq)

function keeper(): Keeper & { readonly log: string[] } {
  const log: string[] = []
  return {
    log,
    put: (session, seq) => log.push(`put ${session}.${seq}`),
    settle: (session, settled) => log.push(`settle ${session} ${settled}`),
    drop: (session) => log.push(`drop ${session}`),
  }
}

const one = (): Proposals<string> => new Proposals<string>('new', keeper(), SKIP)

describe('a client proposes until its commands are agreed', () => {
  test('C1: each command goes out once for a leader and term, in order of seq', () => {
    const proposals = one()
    void proposals.submit(bytes(1), 0)
    void proposals.submit(bytes(2), 0)
    expect(proposals.due(null, 1, 0)).toEqual([])
    expect(seqs(proposals.due('L', 1, 0))).toEqual([1, 2])
    expect(proposals.due('L', 1, 10)).toEqual([])
    void proposals.submit(bytes(3), 0)
    expect(seqs(proposals.due('L', 1, 10))).toEqual([3])
  })

  test('C1: a new leader or a new term gets everything again', () => {
    const proposals = one()
    void proposals.submit(bytes(1), 0)
    proposals.due('L', 1, 0)
    expect(seqs(proposals.due('M', 2, 0))).toEqual([1])
    expect(seqs(proposals.due('M', 3, 0))).toEqual([1])
  })

  test('C1: two seconds without progress, and everything goes out again', () => {
    const proposals = one()
    void proposals.submit(bytes(1), 0)
    proposals.due('L', 1, 0)
    expect(proposals.due('L', 1, TIMES.resend - 1)).toEqual([])
    expect(proposals.wakeAt(TIMES.resend - 1)).toBe(TIMES.resend)
    expect(seqs(proposals.due('L', 1, TIMES.resend))).toEqual([1])
  })

  test('C1: a refusal for a gap resends from the number that is missing', () => {
    const proposals = one()
    for (let k = 0; k < 3; k++) void proposals.submit(bytes(k), 0)
    proposals.due('L', 1, 0)
    proposals.refused({ session: 'new', seq: 3, reason: 'gap', expected: 2 }, 0)
    expect(seqs(proposals.due('L', 1, 0))).toEqual([2, 3])
  })

  test('a leader that asks for what was agreed long ago knows less than we do: wait, fill nothing', () => {
    const kept = keeper()
    const proposals = new Proposals<string>('new', kept, SKIP)
    proposals.takeOver({ session: 'old', settled: 2, last: 3, commands: [{ seq: 3, command: bytes(3) }] }, 0, 0)
    proposals.due('L', 1, 0)
    proposals.refused({ session: 'old', seq: 3, reason: 'gap', expected: 1 }, 10)
    expect(proposals.due('L', 1, 10)).toEqual([])
    expect(seqs(proposals.due('L', 1, TIMES.resend))).toEqual([3])
    expect(kept.log).toEqual([])
  })

  test('C1: busy waits a moment; not-leader waits for word of another', () => {
    const proposals = one()
    void proposals.submit(bytes(1), 0)
    proposals.due('L', 1, 0)
    proposals.refused({ session: 'new', seq: 1, reason: 'busy', expected: 0 }, 0)
    expect(proposals.due('L', 1, 1)).toEqual([])
    expect(seqs(proposals.due('L', 1, TIMES.heartbeat))).toEqual([1])
    proposals.refused({ session: 'new', seq: 1, reason: 'not-leader', expected: 0 }, 60)
    expect(proposals.due('L', 1, 200)).toEqual([])
    expect(seqs(proposals.due('M', 2, 200))).toEqual([1])
  })

  test('C4: settled in every header is what this client knows: no gap before it', async () => {
    const proposals = one()
    const results = [1, 2, 3].map((k) => proposals.submit(bytes(k), 0))
    proposals.due('L', 1, 0)
    proposals.applied('new', 2, 'two', 0)
    void proposals.submit(bytes(4), 0)
    expect(proposals.due('L', 1, 0)[0]!.header).toEqual({ session: 'new', seq: 4, settled: 0 })
    proposals.applied('new', 1, 'one', 0)
    void proposals.submit(bytes(5), 0)
    expect(proposals.due('L', 1, 0)[0]!.header).toEqual({ session: 'new', seq: 5, settled: 2 })
    expect(await Promise.all(results.slice(0, 2))).toEqual(['one', 'two'])
    expect(proposals.count).toBe(3)
  })

  test('C7: an outcome is taken once; one of another session is nobody of ours', () => {
    const proposals = one()
    void proposals.submit(bytes(1), 0)
    expect(proposals.applied('new', 1, 'x', 0)).toBe(true)
    expect(proposals.applied('new', 1, 'x', 0)).toBe(false)
    expect(proposals.applied('other', 1, 'x', 0)).toBe(false)
  })

  test('C5: a session taken over is brought to its end before anything new goes out', () => {
    const kept = keeper()
    const proposals = new Proposals<string>('new', kept, SKIP)
    const commands = [1, 2, 3].map((seq) => ({ seq, command: bytes(seq) }))
    proposals.takeOver({ session: 'old', settled: 0, last: 3, commands }, 1, 0)
    void proposals.submit(bytes(9), 0)
    const due = proposals.due('L', 1, 0)
    expect(due.map(({ header }) => `${header.session}.${header.seq}`)).toEqual(['old.2', 'old.3'])
    proposals.applied('old', 2, 'x', 0)
    expect(proposals.due('L', 1, 0)).toEqual([])
    proposals.applied('old', 3, 'x', 0)
    expect(proposals.due('L', 1, 0).map(({ header }) => header.session)).toEqual(['new'])
    expect(kept.log).toContain('drop old')
  })

  test('C6: a number that cannot be found any more is filled, so that the session can go on', () => {
    const proposals = one()
    proposals.takeOver({ session: 'old', settled: 1, last: 3, commands: [{ seq: 3, command: bytes(3) }] }, 1, 0)
    proposals.due('L', 1, 0)
    proposals.refused({ session: 'old', seq: 3, reason: 'gap', expected: 2 }, 0)
    const due = proposals.due('L', 1, 0)
    expect(seqs(due)).toEqual([2, 3])
    expect(due[0]!.bytes).toBe(SKIP)
  })

  test('C5: a session with nothing left is dropped at once', () => {
    const kept = keeper()
    const proposals = new Proposals<string>('new', kept, SKIP)
    proposals.takeOver({ session: 'old', settled: 0, last: 1, commands: [{ seq: 1, command: bytes(1) }] }, 1, 0)
    expect(kept.log).toEqual(['drop old'])
    expect(proposals.count).toBe(0)
  })

  test('C6: of a command that no leader takes, the number is used up all the same', () => {
    const proposals = one()
    void proposals.submit(bytes(1), 0)
    proposals.due('L', 1, 0)
    proposals.refused({ session: 'new', seq: 1, reason: 'invalid', expected: 1 }, 0)
    expect(proposals.due('L', 1, 0)[0]!.bytes).toBe(SKIP)
  })
})

describe('a page numbers its commands', () => {
  test('C5: and never uses a number again, though all before are agreed', async () => {
    const proposals = one()
    const first = proposals.submit(bytes(1), 0)
    proposals.due('L', 1, 0)
    proposals.applied('new', 1, 'done', 0)
    expect(await first).toBe('done')
    void proposals.submit(bytes(2), 0)
    expect(seqs(proposals.due('L', 1, 0))).toEqual([2])
  })

  test('C5: and keeps each before anybody could lose it', () => {
    const kept = keeper()
    void new Proposals<string>('new', kept, SKIP).submit(bytes(1), 0)
    expect(kept.log).toEqual(['put new.1'])
  })

  test('C1: so many are under way at a time, the next when one is agreed', () => {
    const proposals = one()
    for (let k = 0; k <= LIMITS.proposalsInFlight; k++) void proposals.submit(bytes(1), 0)
    expect(proposals.due('L', 1, 0).length).toBe(LIMITS.proposalsInFlight)
    expect(proposals.due('L', 1, 0)).toEqual([])
    proposals.applied('new', 1, 'done', 0)
    expect(seqs(proposals.due('L', 1, 0))).toEqual([LIMITS.proposalsInFlight + 1])
  })

  test('C7: and hears only of those that wait', async () => {
    const proposals = one()
    let told: string | null = null
    void proposals.submit(bytes(1), 0).then((result) => (told = result))
    expect(proposals.applied('new', 2, 'of another', 0)).toBe(false)
    expect(proposals.applied('other', 1, 'of another', 0)).toBe(false)
    await Promise.resolve()
    expect(told).toBeNull()
    expect(proposals.count).toBe(1)
  })
})

describe('a session of a page may expire', () => {
  const [first, next] = [sessionName(0, 'page'), sessionName(70, 'page')]
  const expired = {
    ...NOTHING_AGREED,
    time: 70,
    isExpired: (session: string) => session === first,
    isStale: (session: string) => session === first,
  }
  const decide = ({ session, seq }: { readonly session: string; readonly seq: number }): string => `decided ${session}.${seq}`

  test('C16: then each of its commands has one outcome, which is decided, and goes out under no other name', async () => {
    const [kept, told] = [keeper(), [] as string[]]
    const proposals = new Proposals<string>(first, kept, SKIP, ({ seq }, result) => told.push(`${seq} ${result}`))
    const results = [1, 2].map((byte) => proposals.submit(bytes(byte), 0))
    proposals.due('L', 1, 0)
    proposals.expire({ ...expired, decide }, 5)
    expect(await Promise.all(results)).toEqual([`decided ${first}.1`, `decided ${first}.2`])
    proposals.expire({ ...expired, decide }, 5)
    expect(told).toEqual([`1 decided ${first}.1`, `2 decided ${first}.2`])
    expect([proposals.count, proposals.due('L', 1, 5), proposals.due('M', 2, 5)]).toEqual([0, [], []])
    expect(kept.log.at(-1)).toBe(`drop ${first}`)
  })

  test('C16: of one taken over alike, and what waited behind it goes out', () => {
    const kept = keeper()
    const proposals = new Proposals<string>(next, kept, SKIP)
    proposals.takeOver({ session: first, settled: 0, last: 1, commands: [{ seq: 1, command: bytes(1) }] }, 0, 0)
    void proposals.submit(bytes(9), 0)
    proposals.due('L', 1, 0)
    proposals.expire({ ...expired, decide }, 5)
    expect(proposals.due('L', 1, 5).map(({ header }) => header.session)).toEqual([next])
    expect(kept.log).toContain(`drop ${first}`)
  })

  test('C17: before it does, and with nothing under way in it, the page begins another, from 1', async () => {
    const kept = keeper()
    const proposals = new Proposals<string>(first, kept, SKIP)
    const done = proposals.submit(bytes(1), 0)
    proposals.due('L', 1, 0)
    proposals.expire({ ...expired, isExpired: () => false }, 5)
    expect(proposals.session, 'something is under way').toBe(first)
    proposals.applied(first, 1, 'done', 5)
    proposals.expire({ ...expired, isExpired: () => false }, 5)
    expect([await done, proposals.session, proposals.nextSeq]).toEqual(['done', next, 1])
    expect(kept.log.at(-1)).toBe(`drop ${first}`)
    void proposals.submit(bytes(2), 0)
    expect(proposals.due('L', 1, 5).map(({ header }) => header)).toEqual([{ session: next, seq: 1, settled: 0 }])
    expect([proposals.isOwn(first), proposals.isOwn(next), proposals.isOwn(sessionName(0, 'other'))]).toEqual([true, true, false])
  })

  test('C17: but none of the same name, whose numbers were used', () => {
    const proposals = new Proposals<string>(next, keeper(), SKIP)
    void proposals.submit(bytes(1), 0)
    proposals.expire({ ...NOTHING_AGREED, time: 70, isExpired: () => true, isStale: () => true }, 5)
    expect([proposals.session, proposals.nextSeq]).toEqual([next, 2])
  })

  test('C17: a session that nobody used leaves nothing to drop', () => {
    const kept = keeper()
    new Proposals<string>(first, kept, SKIP).expire(expired, 5)
    expect(kept.log).toEqual([])
  })
})
