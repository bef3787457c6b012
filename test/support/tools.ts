import { spawnSync } from 'node:child_process'
import { it } from 'vitest'

/** Programs that every place where the tests count must have. The others prove more where they happen to be. */
const required = ['openssl', 'curl', 'python3']

/**
 * A test that drives the program `tool`. Where it is absent the test is skipped and says so; in CI (where `CI` is set)
 * a required program that is absent fails the test.
 */
export function itWith(tool: string, title: string, run: () => Promise<void> | void): void {
  const isPresent = spawnSync(tool, ['--version'], { stdio: 'ignore' }).error === undefined
  const mayBeAbsent = !(process.env.CI && required.includes(tool))
  if (isPresent || !mayBeAbsent) {
    it(title, run, 60_000)
    return
  }
  console.log(`skipped, because ${tool} is not installed: ${title}`)
  it.skip(`${title} (no ${tool})`, run)
}
