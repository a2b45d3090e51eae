// A reporter for Vitest that counts by project, and writes the counts and what failed to the file that FLOTILLA_TALLY names.
import { writeFileSync } from 'node:fs'

const WORDS_MAX = 2_000

export default class Tally {
  onTestRunEnd(modules, unhandledErrors) {
    const projects = {}
    const failures = []
    for (const module of modules) {
      const counts = (projects[module.project.name] ??= { passed: 0, failed: 0, skipped: 0 })
      for (const test of module.children.allTests()) {
        const outcome = outcomeOf(test)
        counts[outcome] += 1
        if (outcome === 'failed') failures.push(`${module.relativeModuleId} > ${test.fullName}\n${wordsOf(test.result().errors)}`)
      }
      for (const { name, errors } of brokenAround(module)) {
        counts.failed += 1
        failures.push(`${module.relativeModuleId}${name}\n${wordsOf(errors)}`)
      }
    }
    const tally = { projects, failures, unhandled: unhandledErrors.length }
    writeFileSync(process.env.FLOTILLA_TALLY, JSON.stringify(tally))
  }
}

/** A test that never came to an end has failed. */
function outcomeOf(test) {
  const { state } = test.result()
  return state === 'passed' || state === 'skipped' ? state : 'failed'
}

function wordsOf(errors = []) {
  return errors.map(({ message }) => message.slice(0, WORDS_MAX)).join('\n')
}

/** Files that could not be loaded and hooks that threw: no test of theirs has failed, some were never run. */
function brokenAround(module) {
  const suites = [...module.children.allSuites()].map((suite) => ({ name: ` > ${suite.fullName}`, errors: suite.errors() }))
  return [{ name: '', errors: module.errors() }, ...suites].filter(({ errors }) => errors.length > 0)
}
