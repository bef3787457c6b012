// @ts-check
// `npm run dev`: as `npm start`, but pages reload by themselves and the worker starts again when its code changes.
// A change of the supervisor itself, or of the database schema, needs a new start.
import './setup/node-version.mjs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { bundleOptions, entries } from './setup/programs.mjs'
import { enterRoot, root } from './setup/root.mjs'
import { refuseIfRunning } from './setup/running.mjs'
import { needs, setUp } from './setup/set-up.mjs'
import { runScript } from './setup/step.mjs'

const DIRECTORY = '.build/dev'

await runScript(async () => {
  enterRoot()
  await refuseIfRunning()
  await setUp(needs.tools)
  Object.assign(process.env, { NODE_ENV: 'development' })
  process.setSourceMapsEnabled(true)
  const { build } = await import('esbuild')
  const { supervisor, web } = entries
  await build(bundleOptions({ supervisor, web }, DIRECTORY))
  /** @type {{ replace(): void } | undefined} */
  let worker
  await watchWorker(() => worker?.replace())
  const { supervise } = await import(pathToFileURL(join(root, DIRECTORY, 'supervisor.js')).href)
  return supervise({
    root,
    directory: DIRECTORY,
    onChildren: (/** @type {{ worker: { replace(): void } }} */ children) => {
      worker = children.worker
    },
  })
})

/**
 * Builds the worker, and again after each change.
 * @param {() => void} onChange called after each build but the first, if it went well
 */
async function watchWorker(onChange) {
  const { context } = await import('esbuild')
  let isFirst = true
  const told = {
    name: 'tell',
    /** @param {import('esbuild').PluginBuild} build */
    setup(build) {
      build.onEnd(({ errors }) => {
        for (const { text, location } of errors) console.error(`${location?.file}:${location?.line}: ${text}`)
        if (!isFirst && errors.length === 0) onChange()
        isFirst = false
      })
    },
  }
  const options = bundleOptions({ worker: entries.worker }, DIRECTORY)
  const watched = await context({ ...options, plugins: [told] })
  await watched.rebuild()
  await watched.watch()
}
