/** What the benchmarks print: a number a name. */
export type Figures = Readonly<Record<string, number>>

function percentile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[Math.min(Math.ceil(sorted.length * share), sorted.length) - 1] ?? Number.NaN
}

export const p50 = (values: readonly number[]): number => percentile(values, 0.5)
export const p99 = (values: readonly number[]): number => percentile(values, 0.99)

export function round(value: number, digits = 2): number {
  return Number(value.toFixed(digits))
}

/** `<name>_p50` and `<name>_p99`. */
export function spread(name: string, values: readonly number[]): Figures {
  return { [`${name}_p50`]: round(p50(values)), [`${name}_p99`]: round(p99(values)) }
}

/** `spread`, and the longest. */
export function wideSpread(name: string, values: readonly number[]): Figures {
  return { ...spread(name, values), [`${name}_max`]: round(Math.max(...values)) }
}

/** Another place where the same was measured. */
export function suffixed(figures: Figures, suffix: string): Figures {
  return Object.fromEntries(Object.entries(figures).map(([name, value]) => [`${name}${suffix}`, value]))
}
