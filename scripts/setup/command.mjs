// @ts-check
import { spawn } from 'node:child_process'
import { createWriteStream, mkdirSync, readFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { root } from './root.mjs'

const LAST_LINES = 25

/** Something a person can mend; `message` is all they need to see. */
export class SetupFailure extends Error {}

/**
 * Runs a program of the set-up under a guard that ends it with us, its output in a file below `.build/logs`.
 * @param {string} name of the log file
 * @param {string[]} command program and arguments
 * @param {Record<string, string>} [environment] beside our own
 * @throws SetupFailure with the last lines of the output
 */
export async function runCommand(name, command, environment = {}) {
  const log = join(root, '.build/logs', `${name}.log`)
  mkdirSync(join(root, '.build/logs'), { recursive: true })
  const output = createWriteStream(log)
  const guard = join(root, 'scripts/setup/guard.mjs')
  const child = spawn(process.execPath, [guard, ...command], {
    cwd: root,
    env: { ...process.env, ...environment },
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  })
  child.stdout?.pipe(output, { end: false })
  child.stderr?.pipe(output, { end: false })
  const code = await new Promise((resolve) => child.on('close', resolve))
  await new Promise((resolve) => output.end(resolve))
  if (code === 0) return
  const lines = readFileSync(log, 'utf8').trimEnd().split('\n').slice(-LAST_LINES)
  throw new SetupFailure(`${lines.join('\n')}\n\nThe whole output is in ${relative(root, log)}.`)
}

/**
 * A file of an installed package, run by this Node.
 * @param {string} path below node_modules
 * @param {string[]} args
 */
export function installed(path, ...args) {
  return [process.execPath, join(root, 'node_modules', path), ...args]
}
