// A reporter for Vitest that counts by project and writes the counts to the file that FLOTILLA_TALLY names.
import { writeFileSync } from 'node:fs'

export default class Tally {
  onTestRunEnd(modules, unhandledErrors) {
    const projects = {}
    for (const module of modules) {
      const counts = (projects[module.project.name] ??= { passed: 0, failed: 0, skipped: 0 })
      for (const test of module.children.allTests()) counts[outcomeOf(test)] += 1
      counts.failed += brokenAround(module)
    }
    const tally = { projects, unhandled: unhandledErrors.length }
    writeFileSync(process.env.FLOTILLA_TALLY, JSON.stringify(tally))
  }
}

/** A test that never came to an end has failed. */
function outcomeOf(test) {
  const { state } = test.result()
  return state === 'passed' || state === 'skipped' ? state : 'failed'
}

/** Files that could not be loaded and hooks that threw: no test of theirs has failed, some were never run. */
function brokenAround(module) {
  const suites = [...module.children.allSuites()].filter((suite) => suite.errors().length > 0)
  return suites.length + (module.errors().length > 0 ? 1 : 0)
}
