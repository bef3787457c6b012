// @ts-check
// `npm start`: everything, from a fresh clone, with nothing but Node.js and npm.
import './setup/node-version.mjs'
import { programUrl } from './setup/programs.mjs'
import { enterRoot, root } from './setup/root.mjs'
import { refuseIfRunning } from './setup/running.mjs'
import { needs, setUp } from './setup/set-up.mjs'
import { runScript } from './setup/step.mjs'

await runScript(async () => {
  enterRoot()
  await refuseIfRunning()
  await setUp(needs.everything)
  Object.assign(process.env, { NODE_ENV: 'production' })
  process.setSourceMapsEnabled(true)
  const { supervise } = await import(programUrl('supervisor'))
  return supervise({ root, directory: '.build' })
})
