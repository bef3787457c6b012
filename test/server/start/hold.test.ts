import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { holdDirectory, holderOf } from '@/server/start/hold.mjs'

let directory: string
const contenders: ChildProcess[] = []
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'entrepot-hold-'))
})
afterEach(async () => {
  for (const child of contenders.splice(0)) child.kill('SIGKILL')
  await rm(directory, { recursive: true, force: true })
})

const program = `
  import { holdDirectory } from ${JSON.stringify(pathToFileURL('server/start/hold.mjs').href)}
  const hold = await holdDirectory(process.argv[1])
  process.stdout.write(JSON.stringify({ held: hold.held, pid: hold.pid ?? process.pid }) + '\\n')
  if (hold.held) setInterval(() => undefined, 1000)
`

/** A process of its own that tries to take the directory and stays if it got it. */
async function contender(place = directory) {
  const child = spawn(process.execPath, ['--input-type=module', '-e', program, place], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  contenders.push(child)
  const [said] = await once(child.stdout, 'data')
  return { child, ...(JSON.parse(String(said)) as { held: boolean; pid: number }) }
}

async function kill(child: ChildProcess) {
  const ended = once(child, 'exit')
  child.kill('SIGKILL')
  await ended
}

describe('holdDirectory', () => {
  it('gives a directory to one, names it to the others, and gives it on after release', async () => {
    const first = await holdDirectory(directory)
    expect(first.held).toBe(true)
    expect(await holdDirectory(directory)).toEqual({ held: false, pid: process.pid })
    expect(await holderOf(directory)).toEqual({ held: false, pid: process.pid })
    if (first.held) await first.release()
    expect(await holderOf(directory)).toBeUndefined()
    expect((await holdDirectory(directory)).held).toBe(true)
  })

  it.each([2, 12])('lets exactly one of %d processes in that come in the same instant', async (count) => {
    for (let round = 0; round < 3; round++) {
      const all = await Promise.all(Array.from({ length: count }, () => contender()))
      const winners = all.filter(({ held }) => held)
      expect(winners).toHaveLength(1)
      expect(new Set(all.map(({ pid }) => pid))).toEqual(new Set([winners[0]?.child.pid]))
      await Promise.all(winners.map(({ child }) => kill(child)))
    }
  })

  it('lets exactly one of many callers in one process in', async () => {
    const all = await Promise.all(Array.from({ length: 25 }, () => holdDirectory(directory)))
    expect(all.filter(({ held }) => held)).toHaveLength(1)
  })

  it('is free again after kill -9, and leaves nothing of the dead behind', async () => {
    const { child } = await contender()
    await kill(child)
    expect(await holderOf(directory)).toBeUndefined()
    const next = await holdDirectory(directory)
    expect(next.held).toBe(true)
    expect(await readdir(join(directory, 'lock'))).toHaveLength(1)
  })

  it('holds a directory whose path is longer than a socket may have', async () => {
    const deep = join(directory, ...Array.from({ length: 8 }, () => 'a-rather-long-name'))
    await mkdir(deep, { recursive: true })
    const { child, held } = await contender(deep)
    expect(held).toBe(true)
    expect(await holdDirectory(deep)).toEqual({ held: false, pid: child.pid })
    await kill(child)
    expect((await holdDirectory(deep)).held).toBe(true)
  })
})
