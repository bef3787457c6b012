// @ts-check
// `npm run check`: all that can be said about the code without running it; every finding at once.
import './setup/node-version.mjs'
import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { installed, runCommand } from './setup/command.mjs'
import { enterRoot, root } from './setup/root.mjs'
import { needs, setUp } from './setup/set-up.mjs'
import { runScript } from './setup/step.mjs'

/** What TypeScript has to know of Next: style sheets, and the types of routes. */
const pageTypes = {
  label: 'Generating types of pages',
  isFresh: () => existsSync(join(root, 'next-env.d.ts')),
  make: () =>
    runCommand('typegen', installed('next/dist/bin/next', 'typegen'), { NEXT_TELEMETRY_DISABLED: '1' }),
}

const checks = {
  types: installed('typescript/bin/tsc', '--noEmit'),
  style: installed('@biomejs/biome/bin/biome', 'check'),
  'dead code': installed('knip/bin/knip.js'),
  architecture: installed('vitest/vitest.mjs', 'run', 'test/architecture.test.ts'),
}

await runScript(async () => {
  enterRoot()
  await setUp([...needs.tools, pageTypes])
  const failed = []
  for (const [name, [node = '', ...args]] of Object.entries(checks)) {
    const child = spawn(node, args, { stdio: 'inherit' })
    const code = await new Promise((resolve) => child.on('close', resolve))
    console.log(`${code === 0 ? '✓' : '✗'} ${name}`)
    if (code !== 0) failed.push(name)
  }
  return failed.length
})
