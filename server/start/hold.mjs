// @ts-check
// Plain JavaScript without dependencies: it also guards their installation (scripts/setup).

import { randomBytes } from 'node:crypto'
import { mkdir, mkdtemp, readdir, rename, rm, symlink } from 'node:fs/promises'
import { connect, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'

/**
 * @typedef {{ held: true, release: () => Promise<void> }} Held
 * @typedef {{ held: false, pid: number | undefined }} Refused
 * @typedef {{ name: string, standing: 'candidate' | 'holder', pid: number | undefined }} Rival
 */

/** Socket paths end at about 100 bytes; the random name needs some of them. */
const LONGEST_PLACE = 80
const ANSWER_TIMEOUT_MS = 5000
const POLL_MS = 20

/**
 * Takes a directory for this process alone, until `release` or the end of the process, however it ends.
 *
 * Each process that wants it listens on a socket of its own below `<directory>/lock`, and only then looks who else does.
 * A socket that refuses belonged to a process that is dead, whatever became of its pid; so nothing stale can block, and
 * it works across containers that share the directory. Of those that come in the same instant the first name wins.
 * @param {string} directory exists already
 * @returns {Promise<Held | Refused>} refused with the pid of the holder, where it answers
 */
export async function holdDirectory(directory) {
  const place = join(directory, 'lock')
  await mkdir(place, { recursive: true, mode: 0o700 })
  return withShortName(place, async (short) => {
    for (;;) {
      const own = await stand(place, short)
      const verdict = await compete(short, own.name)
      if (verdict === 'won') {
        own.win()
        return { held: /** @type {const} */ (true), release: own.leave }
      }
      await own.leave()
      if (verdict !== 'again') return { held: /** @type {const} */ (false), pid: verdict.pid }
      await pause()
    }
  })
}

/**
 * Who holds a directory now.
 * @param {string} directory
 * @returns {Promise<Refused | undefined>} undefined when nobody does
 */
export async function holderOf(directory) {
  return withShortName(join(directory, 'lock'), async (short) => {
    const holder = (await living(short)).find(({ standing }) => standing === 'holder')
    return holder && { held: /** @type {const} */ (false), pid: holder.pid }
  })
}

/**
 * A candidate that is first by name waits until the others have seen it and left; any other leaves and comes back. So
 * two never wait for each other, and a holder, which stood before anyone who sees it, is never passed.
 * @param {string} short
 * @param {string} own
 * @returns {Promise<'won' | 'again' | Rival>}
 */
async function compete(short, own) {
  let rivals = (await living(short)).filter(({ name }) => name !== own)
  const met = new Set(rivals.map(({ name }) => name))
  for (;;) {
    const holder = rivals.find(({ standing }) => standing === 'holder')
    if (holder) return holder
    if (rivals.length === 0) return 'won'
    if (rivals.some(({ name }) => name < own)) return 'again'
    await pause()
    // Who came later has seen this candidate, and gives way to it or waits.
    rivals = (await living(short)).filter(({ name }) => met.has(name))
  }
}

/**
 * Listens under a name nobody else has, published by a rename only when it answers.
 * @param {string} place
 * @param {string} short
 */
async function stand(place, short) {
  const name = randomBytes(5).toString('hex')
  let standing = 'candidate'
  const server = createServer((socket) => {
    socket.on('error', () => undefined)
    socket.end(`${standing} ${process.pid}\n`)
  })
  await new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(join(short, `.${name}`), () => resolve(undefined))
  })
  server.unref()
  await rename(join(place, `.${name}`), join(place, name))
  return {
    name,
    win() {
      standing = 'holder'
    },
    async leave() {
      await rm(join(place, name), { force: true })
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

/**
 * Everyone who answers; the sockets of the dead are removed.
 * @param {string} short
 * @returns {Promise<Rival[]>}
 */
async function living(short) {
  const names = await readdir(short).catch(() => /** @type {string[]} */ ([]))
  const asked = names.filter((name) => !name.startsWith('.')).map((name) => ask(short, name))
  return (await Promise.all(asked)).filter((rival) => rival !== undefined)
}

/**
 * @param {string} short
 * @param {string} name
 * @returns {Promise<Rival | undefined>}
 */
function ask(short, name) {
  return new Promise((settle) => {
    let said = ''
    const socket = connect(join(short, name))
    // One that is there but too busy to answer holds.
    const answer = () => {
      socket.destroy()
      const [standing, pid] = said.trim().split(' ')
      settle({
        name,
        standing: standing === 'candidate' ? standing : 'holder',
        pid: Number(pid) || undefined,
      })
    }
    // It closed before it answered: it is leaving, which the next question shows.
    const askAgain = () => settle(ask(short, name))
    socket.setEncoding('utf8').setTimeout(ANSWER_TIMEOUT_MS, answer)
    socket.on('data', (text) => {
      said += text
    })
    socket.on('end', () => (said === '' ? askAgain() : answer()))
    socket.on('error', (/** @type {NodeJS.ErrnoException} */ { code }) => {
      if (code === 'ENOENT') settle(undefined)
      else if (code === 'ECONNRESET') askAgain()
      else if (code !== 'ECONNREFUSED') answer()
      else rm(join(short, name), { force: true }).finally(() => settle(undefined))
    })
  })
}

/**
 * @template Result
 * @param {string} place
 * @param {(short: string) => Promise<Result>} work
 * @returns {Promise<Result>}
 */
async function withShortName(place, work) {
  if (Buffer.byteLength(place) <= LONGEST_PLACE) return work(place)
  const directory = await mkdtemp(join(tmpdir(), 'entrepot-'))
  try {
    await symlink(resolve(place), join(directory, 'at'))
    return await work(join(directory, 'at'))
  } finally {
    await rm(directory, { recursive: true, force: true })
  }
}

function pause() {
  return new Promise((resolve) => setTimeout(resolve, POLL_MS))
}
