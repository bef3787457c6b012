// @ts-check
// `npm test`: sets up what the tests need, runs them, and ends with one line that says how it went.
// Arguments go to vitest: `npm test -- test/server/proxy`.
import './setup/node-version.mjs'
import { spawn } from 'node:child_process'
import { existsSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { installed } from './setup/command.mjs'
import { enterRoot, root } from './setup/root.mjs'
import { needs, setUp } from './setup/set-up.mjs'
import { runScript } from './setup/step.mjs'

const RESULT = '.build/test-result.json'

await runScript(async () => {
  enterRoot()
  await setUp(needs.everything)
  rmSync(join(root, RESULT), { force: true })
  const [node = '', ...vitest] = installed('vitest/vitest.mjs', 'run')
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${RESULT}`]
  const child = spawn(node, [...vitest, ...reporters, ...process.argv.slice(2)], {
    stdio: 'inherit',
    env: { ...process.env, NODE_ENV: 'test' },
  })
  // Ctrl-C reaches vitest as well, which ends in order; its end is ours.
  for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM'])) process.on(signal, () => undefined)
  const code = await new Promise((resolve) => child.on('close', resolve))
  const { passed, failed } = count()
  const isGood = code === 0 && failed === 0 && passed > 0
  console.log(`${passed} passed, ${isGood ? 0 : Math.max(1, failed)} failed`)
  return isGood ? 0 : 1
})

/** A file that could not be loaded counts as a failed test. Without a result the run itself broke. */
function count() {
  if (!existsSync(join(root, RESULT))) return { passed: 0, failed: 1 }
  const { numPassedTests, numFailedTests, testResults } = JSON.parse(readFileSync(join(root, RESULT), 'utf8'))
  const unloaded = testResults.filter(
    (/** @type {{ status: string, assertionResults: { status: string }[] }} */ file) =>
      file.status === 'failed' && !file.assertionResults.some(({ status }) => status === 'failed'),
  )
  return { passed: numPassedTests, failed: numFailedTests + unloaded.length }
}
