/** Wakes in tabs that are truly hidden and throttled: a plain Chromium, since launched ones believe every page is visible. */
import { expect, test } from 'vitest'
import { openContractPage, serveContractPage } from '../support/contract-page.ts'
import { startPlainChromium } from '../support/plain-chromium.ts'

test('a hidden tab, whose own timers are throttled to one a second, wakes on time', async () => {
  const bare = await serveContractPage()
  const machine = await startPlainChromium()
  try {
    const hidden = await openContractPage(machine.context, bare.url)
    const front = await openContractPage(machine.context, bare.url)
    await front.bringToFront()
    await expect.poll(() => hidden.evaluate(() => document.visibilityState), { timeout: 20_000 }).toBe('hidden')

    const median = (numbers: readonly number[]): number => numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)]!
    const throttled = await hidden.evaluate(async () => {
      const gaps = []
      for (let i = 0; i < 6; i++) {
        const start = performance.now()
        await new Promise((resolve) => setTimeout(resolve, 50))
        gaps.push(performance.now() - start)
      }
      return gaps
    })
    expect(median(throttled)).toBeGreaterThan(500)
    const late = await hidden.evaluate(() => window.contract.lateness(50, 60))
    expect(Math.min(...late)).toBeGreaterThanOrEqual(0)
    expect(median(late)).toBeLessThan(median(throttled) / 2)
  } finally {
    await machine.discard()
    await bare.close()
  }
})
