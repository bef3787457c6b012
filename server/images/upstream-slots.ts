import type { Context } from '@/server/context'
import type { Env } from '@/server/env'

/** Turns at a registry: some at once, the others wait in order. */
class Slots {
  readonly #waiting: (() => void)[] = []
  #free: number

  constructor(count: number) {
    this.#free = count
  }

  async take(): Promise<void> {
    if (this.#free > 0) this.#free -= 1
    else await new Promise<void>((resolve) => this.#waiting.push(resolve))
  }

  give(): void {
    const next = this.#waiting.shift()
    if (next) next()
    else this.#free += 1
  }
}

const slots = new WeakMap<Env, Map<string, Slots>>()

/**
 * Runs a transfer when this process has less than `ENTREPOT_FETCH_PER_HOST` from the registry under way, however many
 * images are being fetched.
 */
export async function withSlot<Result>(
  { env }: Context,
  registry: string,
  work: () => Promise<Result>,
): Promise<Result> {
  const known = slots.get(env) ?? new Map<string, Slots>()
  slots.set(env, known)
  const own = known.get(registry) ?? new Slots(env.ENTREPOT_FETCH_PER_HOST)
  known.set(registry, own)
  await own.take()
  try {
    return await work()
  } finally {
    own.give()
  }
}
