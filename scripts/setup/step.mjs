// @ts-check
import { SetupFailure } from './command.mjs'

/**
 * One line on standard error per step: what is being done, and how long it took.
 * @param {string} label e.g. `Installing dependencies`
 * @param {() => Promise<void>} work
 */
export async function step(label, work) {
  const started = performance.now()
  process.stderr.write(`${label} …`)
  try {
    await work()
    process.stderr.write(` ${Math.max(1, Math.round((performance.now() - started) / 1000))} s\n`)
  } catch (error) {
    process.stderr.write(' failed\n')
    throw error
  }
}

/**
 * Runs the main function of a script and ends the process; what a person can mend is a sentence, not a stack.
 * @param {() => Promise<number>} main its result is the exit code
 */
export async function runScript(main) {
  try {
    process.exit(await main())
  } catch (error) {
    if (!(error instanceof SetupFailure)) throw error
    process.stderr.write(`${error.message}\n`)
    process.exit(1)
  }
}
