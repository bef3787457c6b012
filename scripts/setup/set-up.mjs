// @ts-check
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { holdDirectory } from '../../server/start/hold.mjs'
import { databaseClient } from './database-client.mjs'
import { dependencies } from './install.mjs'
import { portal } from './portal.mjs'
import { programs } from './programs.mjs'
import { root } from './root.mjs'
import { step } from './step.mjs'

/** @typedef {{ label: string, isFresh: () => boolean, make: () => Promise<void> }} Part */

/** What each use of the clone needs, in the order it is made. */
export const needs = {
  tools: [dependencies, databaseClient],
  programs: [dependencies, databaseClient, programs],
  everything: [dependencies, databaseClient, programs, portal],
}

const POLL_MS = 250

/**
 * Makes what is missing or stale, and nothing else. Of several at once one works and the others wait for it.
 * @param {Part[]} parts
 * @throws SetupFailure
 */
export async function setUp(parts) {
  if (parts.every((part) => part.isFresh())) return
  const release = await waitForTurn()
  try {
    for (const part of parts) if (!part.isFresh()) await step(part.label, part.make)
  } finally {
    await release()
  }
}

async function waitForTurn() {
  const directory = join(root, '.build')
  mkdirSync(directory, { recursive: true })
  for (let told = false; ; told = true) {
    const hold = await holdDirectory(directory)
    if (hold.held) return hold.release
    if (!told) process.stderr.write(`Another start is setting up this clone (pid ${hold.pid}); waiting.\n`)
    await new Promise((resolve) => setTimeout(resolve, POLL_MS))
  }
}
