import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { connect } from 'node:net'

/** A program of Debian's that a comparison needs; undefined when it is not installed. */
export function findProgram(name: string): string | undefined {
  const directories = ['/usr/local/sbin', '/usr/sbin', '/usr/local/bin', '/usr/bin']
  return directories.map((directory) => `${directory}/${name}`).find((path) => existsSync(path))
}

export interface Server {
  pid: number
  stop(): Promise<void>
}

/** Starts a server in the foreground and waits until its port takes connections. */
export async function startServer(
  command: string,
  args: string[],
  port: number,
  env = process.env,
): Promise<Server> {
  const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'], env })
  let said = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream?.on('data', (chunk: Buffer) => {
      said = (said + chunk.toString('utf8')).slice(-4000)
    })
  }
  await waitForPort(port, () => (child.exitCode === null ? undefined : `${command} ended:\n${said}`))
  return { pid: child.pid as number, stop: () => stop(child) }
}

function stop(child: ChildProcess): Promise<void> {
  return new Promise((resolve) => {
    if (child.exitCode !== null || child.signalCode !== null) return resolve()
    child.on('exit', () => resolve())
    child.kill('SIGTERM')
    setTimeout(() => child.kill('SIGKILL'), 5_000).unref()
  })
}

async function waitForPort(port: number, failure: () => string | undefined): Promise<void> {
  const deadline = Date.now() + 60_000
  for (;;) {
    const reason = failure()
    if (reason !== undefined) throw new Error(reason)
    if (await takesConnections(port)) return
    if (Date.now() > deadline) throw new Error(`Nothing listens on port ${port}.`)
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}

function takesConnections(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1')
    socket.on('connect', () => {
      socket.destroy()
      resolve(true)
    })
    socket.on('error', () => resolve(false))
  })
}

/** Resident memory of a process and its children, in bytes. */
export function residentBytes(pid: number): number {
  const listed = execFileSync('ps', ['-o', 'pid=,ppid=,rss=', '-A'], { encoding: 'utf8' })
  const rows = listed
    .trim()
    .split('\n')
    .map((line) => line.trim().split(/\s+/).map(Number))
  const family = new Set([pid])
  for (let grown = true; grown; ) {
    grown = false
    for (const [id = 0, parent = 0] of rows) {
      if (family.has(parent) && !family.has(id)) grown = Boolean(family.add(id))
    }
  }
  return rows.reduce((sum, [id = 0, , rss = 0]) => (family.has(id) ? sum + rss * 1024 : sum), 0)
}
