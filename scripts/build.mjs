// @ts-check
// `npm run build`: everything that `npm start` would make first.
import './setup/node-version.mjs'
import { enterRoot } from './setup/root.mjs'
import { needs, setUp } from './setup/set-up.mjs'
import { runScript } from './setup/step.mjs'

await runScript(async () => {
  enterRoot()
  await setUp(needs.everything)
  return 0
})
