// @ts-check
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { installed, runCommand } from './command.mjs'
import { fingerprint, isFresh, stamped } from './fingerprint.mjs'
import { root } from './root.mjs'

const STAMP = '.build/portal.stamp'
const sources = [
  'app',
  'components',
  'next.config.js',
  'package-lock.json',
  'postcss.config.mjs',
  'prisma/schema.prisma',
  'public',
  'server',
  'tsconfig.json',
]

export const portal = {
  label: 'Building the portal',
  isFresh: () => isFresh(STAMP, fingerprint(sources)) && existsSync(join(root, '.next/BUILD_ID')),
  make: () =>
    stamped(STAMP, fingerprint(sources), () =>
      runCommand('build-portal', installed('next/dist/bin/next', 'build'), {
        NODE_ENV: 'production',
        NEXT_TELEMETRY_DISABLED: '1',
      }),
    ),
}
