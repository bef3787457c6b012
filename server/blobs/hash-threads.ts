import type { createHash as CreateHash, Hash } from 'node:crypto'
import { availableParallelism } from 'node:os'
import { type MessagePort, Worker } from 'node:worker_threads'

/** What a thread is told: of body `id`, to hash a block, to tell its digests, or to forget it. */
type Order =
  | { id: number; do: 'begin'; algorithms: string[] }
  | { id: number; do: 'add'; block: Uint8Array }
  | { id: number; do: 'tell' }
  | { id: number; do: 'forget' }

/** What it says: that a block is done, or the digests in hexadecimal, in the order of the algorithms. */
type Word = { id: number; digests?: string[] }

/** Hashes one body in a thread; blocks must lie in shared memory, and must not change any more. */
export interface ThreadedHash {
  /** Settles at once while the thread keeps up, and when it has caught up otherwise. */
  add(block: Buffer): Promise<void>
  /** In hexadecimal, in the order of the algorithms. */
  digests(): Promise<string[]>
  /** Called instead of `digests` when the body came to nothing. */
  forget(): void
}

/** Blocks that may wait for their thread. */
const MAX_LAG = 4

/**
 * Runs in the thread. It is sent there as source, because a bundled program has no other file to point to: it may use
 * nothing but its arguments.
 */
function hashBodies(port: MessagePort, createHash: typeof CreateHash): void {
  const bodies = new Map<number, Hash[]>()
  port.on('message', (order: Order) => {
    const hashes = bodies.get(order.id) ?? []
    if (order.do === 'begin') {
      bodies.set(
        order.id,
        order.algorithms.map((name) => createHash(name)),
      )
    } else if (order.do === 'add') {
      for (const hash of hashes) hash.update(order.block)
      port.postMessage({ id: order.id })
    } else {
      bodies.delete(order.id)
      if (order.do === 'tell') {
        port.postMessage({ id: order.id, digests: hashes.map((hash) => hash.digest('hex')) })
      }
    }
  })
}

/** One thread, with the bodies it hashes. It does not keep the process alive. */
class HashThread {
  readonly #worker: Worker
  readonly #listeners = new Map<number, (word: Word | Error) => void>()

  constructor() {
    const source = `(${hashBodies})(require('node:worker_threads').parentPort, require('node:crypto').createHash)`
    this.#worker = new Worker(source, { eval: true, name: 'hash' })
    this.#worker.unref()
    this.#worker.on('message', (word: Word) => this.#listeners.get(word.id)?.(word))
    this.#worker.on('error', (error) => {
      for (const listener of this.#listeners.values()) listener(error)
    })
  }

  begin(id: number, algorithms: string[]): ThreadedHash {
    let lag = 0
    let failure: Error | undefined
    let wake: (() => void) | undefined
    let digests: string[] | undefined
    this.#listeners.set(id, (word) => {
      if (word instanceof Error) failure = word
      else if (word.digests === undefined) lag -= 1
      else digests = word.digests
      wake?.()
    })
    const until = async (isSo: () => boolean) => {
      while (!isSo() && failure === undefined) {
        await new Promise<void>((resolve) => {
          wake = resolve
        })
      }
      if (failure !== undefined) throw failure
    }
    const order = (what: Order) => this.#worker.postMessage(what)
    order({ id, do: 'begin', algorithms })
    return {
      add: (block) => {
        lag += 1
        order({ id, do: 'add', block })
        return until(() => lag <= MAX_LAG)
      },
      digests: async () => {
        order({ id, do: 'tell' })
        await until(() => digests !== undefined)
        this.#listeners.delete(id)
        return digests as string[]
      },
      forget: () => {
        this.#listeners.delete(id)
        order({ id, do: 'forget' })
        failure = new Error('the body was given up')
        wake?.()
      },
    }
  }
}

const MAX_THREADS = 4
const threads: HashThread[] = []
let bodies = 0

/**
 * Begins to hash a large body beside the event loop, which answers others meanwhile.
 * @returns undefined on a machine with one processor, where a thread would only be in the way.
 */
export function hashInThread(algorithms: string[]): ThreadedHash | undefined {
  const wanted = Math.min(MAX_THREADS, availableParallelism() - 1)
  if (wanted < 1) return undefined
  bodies += 1
  const at = bodies % wanted
  threads[at] ??= new HashThread()
  return threads[at].begin(bodies, algorithms)
}
