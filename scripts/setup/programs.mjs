// @ts-check
import { chmodSync, existsSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { SetupFailure } from './command.mjs'
import { fingerprint, isFresh, stamped } from './fingerprint.mjs'
import { root } from './root.mjs'

const STAMP = '.build/programs.stamp'
const sources = [
  'package-lock.json',
  'prisma/schema.prisma',
  'scripts/entrepot',
  'scripts/setup/programs.mjs',
  'server',
  'tsconfig.json',
  'workers',
]
export const entries = {
  supervisor: 'workers/supervisor.ts',
  web: 'workers/web.ts',
  worker: 'workers/main.ts',
  entrepot: 'scripts/entrepot/main.ts',
}

/**
 * What esbuild makes of our own code; packages stay packages.
 * @param {Record<string, string>} entryPoints output name → source
 * @param {string} outdir below the root
 * @returns {import('esbuild').BuildOptions}
 */
export function bundleOptions(entryPoints, outdir) {
  return {
    absWorkingDir: root,
    alias: { '@': root },
    bundle: true,
    entryPoints,
    format: 'esm',
    logLevel: 'silent',
    outdir,
    packages: 'external',
    platform: 'node',
    sourcemap: true,
    // Node keeps the map of a running program in memory; the sources beside it would be most of it.
    sourcesContent: false,
    target: 'node20',
  }
}

export const programs = {
  label: 'Building the programs',
  isFresh: () => isFresh(STAMP, fingerprint(sources)) && existsSync(join(root, '.build/supervisor.js')),
  make: () => stamped(STAMP, fingerprint(sources), bundle),
}

/**
 * @param {string} name of a built program
 * @returns {string} to import it by
 */
export function programUrl(name) {
  return pathToFileURL(join(root, '.build', `${name}.js`)).href
}

async function bundle() {
  const { build } = await import('esbuild')
  const { entrepot, ...others } = entries
  const command = { ...bundleOptions({ entrepot }, '.build'), banner: { js: '#!/usr/bin/env node' } }
  await Promise.all([build(bundleOptions(others, '.build')), build(command)]).catch((error) => {
    throw new SetupFailure(error.message)
  })
  chmodSync(join(root, '.build/entrepot.js'), 0o755)
}
