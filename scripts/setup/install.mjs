// @ts-check
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { runCommand } from './command.mjs'
import { fingerprint, isFresh, stamped } from './fingerprint.mjs'
import { root } from './root.mjs'

const STAMP = 'node_modules/.entrepot-stamp'
const HIDDEN_LOCK = 'node_modules/.package-lock.json'

export const dependencies = {
  label: 'Installing dependencies',
  isFresh() {
    const current = fingerprint(['package-lock.json'])
    if (isFresh(STAMP, current)) return true
    if (!isInstalledByHand()) return false
    writeFileSync(join(root, STAMP), current)
    return true
  },
  /** Install scripts are left out: npm may skip them anyway, and nothing here needs one. */
  async make() {
    const npm = npmCommand()
    const quiet = ['--loglevel=warn', '--no-audit', '--no-fund', '--prefer-offline', '--ignore-scripts']
    rmSync(join(root, HIDDEN_LOCK), { force: true })
    await stamped(STAMP, fingerprint(['package-lock.json']), () =>
      runCommand('install', [...npm, 'ci', '--include=dev', ...quiet]),
    )
  },
}

/** The npm that started us, else the one on the path. */
function npmCommand() {
  const own = process.env.npm_execpath
  return own && basename(own) === 'npm-cli.js' ? [process.execPath, own] : ['npm']
}

/** Whether somebody ran `npm install`: npm notes what is there, and notes it last. */
function isInstalledByHand() {
  if (!existsSync(join(root, HIDDEN_LOCK))) return false
  const wanted = packagesOf('package-lock.json')
  const present = packagesOf(HIDDEN_LOCK)
  return Object.entries(wanted).every(([path, { version, optional }]) =>
    present[path] ? present[path].version === version : path === '' || optional,
  )
}

/**
 * @param {string} lock
 * @returns {Record<string, { version?: string, optional?: boolean }>}
 */
function packagesOf(lock) {
  return JSON.parse(readFileSync(join(root, lock), 'utf8')).packages
}
