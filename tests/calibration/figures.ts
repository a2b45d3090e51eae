/** What is published of Raft's elections, and the same asked of our core. */
import { diceOf } from '../support/dice.ts'
import { elect } from './election.ts'
import type { Delay, World } from './election.ts'

/** A cluster of so many, of whom so many are up, and the one-way latency as a part of the range of election timeouts. */
export interface SplitCase {
  readonly servers: number
  readonly available: number
  readonly latency: number
}

/** The cases that the text of the dissertation puts a number to (section 9.2, and the caption and text of its figure of the formula). */
export const SPLIT_CASES: readonly SplitCase[] = [
  { servers: 5, available: 4, latency: 0.01 },
  { servers: 5, available: 4, latency: 0.1 },
  { servers: 5, available: 4, latency: 0.2 },
  { servers: 5, available: 3, latency: 0.2 },
  { servers: 7, available: 6, latency: 0.2 },
  { servers: 9, available: 7, latency: 0.2 },
  { servers: 9, available: 6, latency: 0.2 },
  { servers: 9, available: 5, latency: 0.1 },
  { servers: 9, available: 5, latency: 0.2 },
]

/**
 * Dissertation 9.2, fixed latency l: the vote of a term is split when the earliest c of s servers time out within l of each
 * other, c = s - floor(n / 2) + 1, and Pr(D(c, s) <= l) is the sum over k from c - 1 to s of C(s, k) l^k (1 - l)^(s - k).
 */
export function splitVoteRate({ servers, available, latency }: SplitCase): number {
  const tooMany = available - Math.floor(servers / 2) + 1
  let rate = 0
  for (let k = tooMany - 1; k <= available; k++) rate += choose(available, k) * latency ** k * (1 - latency) ** (available - k)
  return rate
}

/** How often the first term that anybody stands in has no leader. As in the formula logs are alike and writing takes no time. */
export function measureSplitVotes({ servers, available, latency }: SplitCase, elections: number, preVote: boolean): number {
  const range = 100
  const world: World = {
    servers,
    failed: servers - 1 - available,
    electionMin: 150,
    electionMax: 150 + range,
    latency: () => latency * range,
    save: () => 0,
    preVote,
    logsDiffer: false,
  }
  const dice = diceOf(1)
  let split = 0
  for (let count = 0; count < elections; count++) if (!elect(world, dice, { firstTermOnly: true }).firstTermWon) split++
  return split / elections
}

/** In ms, from the leader's crash until all others heard the next. `max` is of a thousand elections. */
export interface Downtime {
  readonly p50: number
  readonly p99: number
  readonly max: number
}

export interface RandomnessCase {
  readonly electionMin: number
  readonly electionMax: number
  readonly published: Downtime
}

/** Extended paper, Figure 16, upper graph: 1,000 trials a line. */
export const FIGURE_16: readonly RandomnessCase[] = [
  { electionMin: 150, electionMax: 155, published: { p50: 287, p99: 1242, max: 2143 } },
  { electionMin: 150, electionMax: 200, published: { p50: 146, p99: 352, max: 512 } },
  { electionMin: 150, electionMax: 300, published: { p50: 171, p99: 415, max: 603 } },
]

/** What the 15 ms of a broadcast are made of. */
export interface Machines {
  readonly latency: Delay
  readonly save: Delay
}

/**
 * From a timeout to the votes 15 ms pass on average: the candidate's save, its request, the voters' save, the answer. The network is
 * the paper's gigabit Ethernet, so nearly all of it is writing, and how long a write takes varies: exponentially, for want of
 * anything published.
 */
export const LAN: Machines = { latency: () => 0.25, save: (random) => -7.25 * Math.log(1 - random) }

/** The same 15 ms with nothing left to chance but the timeouts. */
export const CLOCKWORK: Machines = { latency: () => 7.5, save: () => 0 }

/** Five servers, heartbeats at half the least timeout, the crash at any moment between two of them, and logs of four lengths. */
export function measureDowntime(
  { electionMin, electionMax }: RandomnessCase,
  machines: Machines,
  elections: number,
  preVote: boolean,
): Downtime {
  const world: World = { servers: 5, failed: 0, electionMin, electionMax, ...machines, preVote, logsDiffer: true }
  const dice = diceOf(1)
  const took = Array.from({ length: elections }, () => elect(world, dice).electedAfter! - (dice() * electionMin) / 2)
  return { p50: quantile(took, 0.5), p99: quantile(took, 0.99), max: quantile(maxima(took), 0.5) }
}

/** Of each full thousand. */
function maxima(all: readonly number[]): readonly number[] {
  return Array.from({ length: Math.floor(all.length / 1_000) }, (_, k) => Math.max(...all.slice(k * 1_000, (k + 1) * 1_000)))
}

function quantile(all: readonly number[], part: number): number {
  return all.toSorted((a, b) => a - b)[Math.floor(part * all.length)]!
}

function choose(n: number, k: number): number {
  return k === 0 ? 1 : (choose(n, k - 1) * (n - k + 1)) / k
}
