/** Percentiles of what one run measured. */
export function percentile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.min(Math.ceil(sorted.length * share), sorted.length) - 1] ?? Number.NaN
}

export const p50 = (values: readonly number[]): number => percentile(values, 0.5)
export const p99 = (values: readonly number[]): number => percentile(values, 0.99)

export function round(value: number, digits = 2): number {
  return Number(value.toFixed(digits))
}
