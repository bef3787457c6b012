// @ts-check
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { root } from './root.mjs'

/**
 * A hash over names and contents.
 * @param {string[]} paths files and directories below the root; one that is absent counts as such
 */
export function fingerprint(paths) {
  const hash = createHash('sha256')
  for (const path of paths.flatMap(filesBelow)) hash.update(`${path}\0`).update(contents(path)).update('\0')
  return hash.digest('hex')
}

/**
 * Whether what a step makes is there and was made from this.
 * @param {string} stamp file below the root that holds the fingerprint
 * @param {string} current
 */
export function isFresh(stamp, current) {
  const path = join(root, stamp)
  return existsSync(path) && readFileSync(path, 'utf8') === current
}

/**
 * Does the work with the stamp removed, so that work cut off is not taken for done.
 * @param {string} stamp
 * @param {string} current
 * @param {() => Promise<void>} work
 */
export async function stamped(stamp, current, work) {
  const path = join(root, stamp)
  rmSync(path, { force: true })
  await work()
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, current)
}

/**
 * @param {string} path
 * @returns {string[]}
 */
function filesBelow(path) {
  const at = join(root, path)
  if (!existsSync(at) || !statSync(at).isDirectory()) return [path]
  return readdirSync(at)
    .sort()
    .flatMap((name) => filesBelow(`${path}/${name}`))
}

/** @param {string} path */
function contents(path) {
  return existsSync(join(root, path)) ? readFileSync(join(root, path)) : ''
}
