/** `npm run calibrate`: our elections beside the published ones, as the tables of docs/evidence.md. A number sets how many of each. */
import { CLOCKWORK, FIGURE_16, LAN, SPLIT_CASES, measureDowntime, measureSplitVotes, splitVoteRate } from './figures.ts'
import type { Downtime } from './figures.ts'

const elections = Number(process.argv[2] ?? 10_000)
const percent = (rate: number): string => `${(rate * 100).toFixed(2)} %`
const row = (...cells: readonly (string | number)[]): void => console.log(`| ${cells.join(' | ')} |`)
const rounded = ({ p50, p99, max }: Downtime): string => [p50, p99, max].map(Math.round).join(' / ')

console.log(`Split votes in ${elections} elections:\n`)
row('servers', 'of them up', 'latency / range', 'formula', 'ours', 'ours with pre-vote')
row('---', '---', '---', '---', '---', '---')
for (const one of SPLIT_CASES) {
  const [off, on] = [false, true].map((preVote) => measureSplitVotes(one, elections, preVote)) as [number, number]
  row(one.servers, one.available, one.latency, percent(splitVoteRate(one)), percent(off), percent(on))
}

console.log(`\nDowntime in ms of ${elections} elections, p50 / p99 / max of 1,000:\n`)
row('election timeout', 'published', 'ours', 'ours with pre-vote', 'ours without jitter')
row('---', '---', '---', '---', '---')
for (const one of FIGURE_16) {
  const ours = [measureDowntime(one, LAN, elections, false), measureDowntime(one, LAN, elections, true)]
  const clockwork = measureDowntime(one, CLOCKWORK, Math.min(elections, 2_000), false)
  row(`${one.electionMin}-${one.electionMax}`, rounded(one.published), ...[...ours, clockwork].map(rounded))
}
