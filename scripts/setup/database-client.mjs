// @ts-check
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { installed, runCommand } from './command.mjs'
import { fingerprint, isFresh, stamped } from './fingerprint.mjs'
import { root } from './root.mjs'

const STAMP = 'prisma/client/.entrepot-stamp'
const current = () =>
  fingerprint(['prisma/schema.prisma', 'prisma.config.ts', 'node_modules/prisma/package.json'])

export const databaseClient = {
  label: 'Generating the database client',
  isFresh: () => isFresh(STAMP, current()) && existsSync(join(root, 'prisma/client/client.ts')),
  make: () =>
    stamped(STAMP, current(), () =>
      runCommand('generate', installed('prisma/build/index.js', 'generate'), {
        CHECKPOINT_DISABLE: '1',
        PRISMA_HIDE_UPDATE_MESSAGE: '1',
      }),
    ),
}
