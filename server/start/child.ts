import { type ChildProcess, spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { StartProblem } from '@/server/start/start-problem'

export interface ChildPlan {
  /** What people call it, at the start of a sentence: `The portal`. */
  title: string
  /** Arguments for Node. */
  args: string[]
  cwd: string
  env: NodeJS.ProcessEnv
  /** Takes each line it writes. */
  log: (line: string) => void
  /** Takes a sentence for the person at the terminal. */
  say: (sentence: string) => void
}

const DELAYS_MS = [500, 1000, 2000, 4000, 8000, 16_000, 30_000]
/** A child that lived so long was well: its next end is a new matter. */
const WELL_AFTER_MS = 60_000
/** Ends before it was ever ready, after which starting again makes no sense. */
const HOPELESS_AFTER = 3
const KEPT_LINES = 15

/** A process that is started again whenever it ends, until it is stopped. It sends the message `ready` when it is. */
export class Child {
  /** Settles when it is ready for the first time. Rejects with StartProblem when it ends thrice before. */
  readonly ready: Promise<void>
  private settle!: { resolve: () => void; reject: (problem: Error) => void }
  private process: ChildProcess | undefined
  private ended: Promise<void> = Promise.resolve()
  private retry: NodeJS.Timeout | undefined
  private failures = 0
  private wasReady = false
  private stopping = false
  private replacing = false
  private lastLines: string[] = []

  constructor(private readonly plan: ChildPlan) {
    this.ready = new Promise((resolve, reject) => {
      this.settle = { resolve, reject }
    })
    this.ready.catch(() => undefined)
    this.launch()
  }

  /** Ends it and starts it again, as after a change of its code. */
  replace(): void {
    if (this.stopping) return
    this.replacing = true
    this.failures = 0
    if (this.retry) this.relaunch()
    else this.process?.kill('SIGTERM')
  }

  /**
   * Lets it finish what it does, and ends it by force after `graceMs` or when `hurry` aborts. Settles when it has ended.
   */
  async stop(graceMs: number, hurry: AbortSignal): Promise<void> {
    this.stopping = true
    clearTimeout(this.retry)
    const force = () => this.kill()
    const timer = setTimeout(force, graceMs)
    hurry.addEventListener('abort', force)
    if (hurry.aborted) force()
    else this.process?.kill('SIGTERM')
    await this.ended
    clearTimeout(timer)
    hurry.removeEventListener('abort', force)
  }

  private launch(): void {
    const { args, cwd, env, log } = this.plan
    // Its own process group: Ctrl-C reaches the supervisor alone, which then stops everything in order.
    const child = spawn(process.execPath, args, {
      cwd,
      env,
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    })
    const startedAt = Date.now()
    this.process = child
    this.lastLines = []
    for (const output of [child.stdout, child.stderr]) {
      if (!output) continue
      createInterface({ input: output }).on('line', (line) => {
        log(line)
        this.lastLines.push(line)
        if (this.lastLines.length > KEPT_LINES) this.lastLines.shift()
      })
    }
    child.on('message', (message) => {
      if (message === 'ready') this.becameReady()
    })
    this.ended = new Promise((resolve) => {
      child.on('close', (code, signal) => {
        resolve()
        this.onEnd({ cause: signal ?? `exit code ${code}`, livedMs: Date.now() - startedAt })
      })
      child.on('error', (error) => this.lastLines.push(error.message))
    })
  }

  private becameReady(): void {
    if (this.wasReady && this.failures > 0) this.plan.say(`${this.plan.title} is back.`)
    this.wasReady = true
    this.settle.resolve()
  }

  private onEnd({ cause, livedMs }: { cause: string; livedMs: number }): void {
    this.process = undefined
    if (this.stopping) return
    if (this.replacing) {
      this.relaunch()
      return
    }
    this.failures = livedMs > WELL_AFTER_MS ? 1 : this.failures + 1
    const { title, say } = this.plan
    if (!this.wasReady && this.failures >= HOPELESS_AFTER) {
      const said = this.lastLines.join('\n')
      this.settle.reject(new StartProblem(`${title} does not start (${cause}). It said:\n${said}`))
      return
    }
    const delay = DELAYS_MS[Math.min(this.failures, DELAYS_MS.length) - 1] as number
    if (this.wasReady) say(`${title} ended (${cause}); starting it again in ${delay / 1000} s.`)
    this.retry = setTimeout(() => this.relaunch(), delay)
  }

  private relaunch(): void {
    clearTimeout(this.retry)
    this.retry = undefined
    this.replacing = false
    this.launch()
  }

  /** The whole group, as development servers have children of their own. */
  private kill(): void {
    const pid = this.process?.pid
    if (pid === undefined) return
    try {
      process.kill(-pid, 'SIGKILL')
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
    }
  }
}
