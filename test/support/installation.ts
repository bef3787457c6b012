import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync, readFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll } from 'vitest'
import { reservePorts } from '@/test/support/ports'

/** A data directory and the settings that go with it; what is started on it is killed after the test file. */
export interface Installation {
  data: string
  variables: Record<string, string>
  start(extra?: Record<string, string>): Started
}

/** `npm start` as a process of its own. */
export interface Started {
  child: ChildProcess
  /** All it wrote so far, to standard output and standard error. */
  output(): string
  /** Settles when it says that it is ready; fails as soon as it ends instead. */
  ready(): Promise<string>
  /** Settles with the exit code. */
  ended: Promise<number | null>
}

const READY = 'Ctrl-C stops it.'

/** An installation on free ports in a data directory of its own. For the top of a test file: it cleans up at its end. */
export async function installation(): Promise<Installation> {
  const data = await mkdtemp(join(tmpdir(), 'entrepot-start-'))
  const [web, gateway, proxy, dmove] = await reservePorts(4)
  const variables = {
    PATH: process.env.PATH ?? '',
    HOME: process.env.HOME ?? '',
    // Empty counts as unset, and what is set wins over a developer's .env.
    DATABASE_URL: '',
    ENTREPOT_SECRET: '',
    ENTREPOT_PUBLIC_URL: '',
    ENTREPOT_STORAGE: '',
    ENTREPOT_DATA: data,
    ENTREPOT_LOG_LEVEL: 'debug',
    ENTREPOT_WEB_PORT: String(web),
    ENTREPOT_GATEWAY_PORT: String(gateway),
    ENTREPOT_PROXY_PORT: String(proxy),
    ENTREPOT_DMOVE_PORT: String(dmove),
  }
  const all: Started[] = []
  afterAll(async () => {
    // The number of a process that has ended may be another one's by now.
    for (const { child } of all)
      if (child.exitCode === null && child.signalCode === null) killTree(child.pid as number)
    await Promise.all(all.map(({ ended }) => ended))
    await rm(data, { recursive: true, force: true, maxRetries: 5 })
  })
  return {
    data,
    variables,
    start(extra = {}) {
      const started = start({ ...variables, ...extra })
      all.push(started)
      return started
    },
  }
}

function start(env: Record<string, string>): Started {
  const child = spawn(process.execPath, ['scripts/start.mjs'], {
    env: env as NodeJS.ProcessEnv,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let said = ''
  let becameReady: () => void
  const isReady = new Promise<void>((resolve) => {
    becameReady = resolve
  })
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      said += text
      if (said.includes(READY)) becameReady()
    })
  }
  const ended = once(child, 'close').then(([code]) => code as number | null)
  return {
    child,
    ended,
    output: () => said,
    async ready() {
      const code = await Promise.race([isReady, ended])
      if (!said.includes(READY)) throw new Error(`It ended (${code}):\n${said}`)
      return said
    },
  }
}

/** Pids of the children of a process, and of theirs, by their command lines. */
export function descendants(pid: number): { pid: number; command: string }[] {
  const all = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => processAt(Number(name)))
  const below = (parent: number): typeof all =>
    all.filter((one) => one.parent === parent).flatMap((one) => [one, ...below(one.pid)])
  return below(pid)
}

function processAt(pid: number): { pid: number; parent: number; command: string }[] {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    const [, parent] = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    const command = readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ')
    return [{ pid, parent: Number(parent), command }]
  } catch {
    // It has ended meanwhile.
    return []
  }
}

/** kill -9 of a process and of all below it. They are stopped first, so that none of them starts another meanwhile. */
export function killTree(pid: number): void {
  const tree = new Set<number>()
  for (let fresh = [pid]; fresh.length > 0; ) {
    for (const one of fresh) {
      tree.add(one)
      send(one, 'SIGSTOP')
    }
    fresh = descendants(pid).flatMap((one) => (tree.has(one.pid) ? [] : [one.pid]))
  }
  for (const one of tree) kill(one)
}

/** kill -9; false when there is no such process. */
export function kill(pid: number): boolean {
  return send(pid, 'SIGKILL')
}

function send(pid: number, signal: NodeJS.Signals): boolean {
  try {
    return process.kill(pid, signal)
  } catch {
    return false
  }
}
