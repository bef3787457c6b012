// @ts-check
// `npm run start:web` and `npm run start:worker -- --roles=…`: one process of Entrepôt, with DATABASE_URL and
// ENTREPOT_SECRET from its operator.
import './setup/node-version.mjs'
import { programUrl } from './setup/programs.mjs'
import { enterRoot } from './setup/root.mjs'
import { needs, setUp } from './setup/set-up.mjs'

const [name = ''] = process.argv.splice(2, 1)
enterRoot()
await setUp(name === 'web' ? needs.everything : needs.programs)
Object.assign(process.env, { NODE_ENV: 'production' })
process.setSourceMapsEnabled(true)
await import(programUrl(name))
