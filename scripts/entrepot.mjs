// @ts-check
// `npm run -s entrepot -- <command>`: the command, also before the first start.
import './setup/node-version.mjs'
import { programUrl } from './setup/programs.mjs'
import { enterRoot } from './setup/root.mjs'
import { needs, setUp } from './setup/set-up.mjs'

enterRoot()
await setUp(needs.programs)
await import(programUrl('entrepot'))
