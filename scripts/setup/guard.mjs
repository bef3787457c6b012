// @ts-check
// Runs a command and ends it, with all it started, when the process that asked for it is gone, also by kill -9:
// an installation that nobody waits for must not write beside the next one.
import { spawn } from 'node:child_process'

const [, , program = '', ...args] = process.argv
const child = spawn(program, args, { stdio: ['ignore', 'inherit', 'inherit'], detached: true })

function end() {
  // Of a group that has ended already there is nothing to end.
  if (child.pid !== undefined && child.exitCode === null) process.kill(-child.pid, 'SIGKILL')
  process.exit(1)
}

process.on('disconnect', end)
for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP'])) process.on(signal, end)
child.on('error', (error) => {
  process.stderr.write(`${error.message}\n`)
  process.exit(1)
})
child.on('exit', (code) => process.exit(code ?? 1))
