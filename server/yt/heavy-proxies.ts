import { fromYtJson } from '@/server/yt/yt-json'

const ASK_AGAIN_MS = 5_000

/** Asks the cluster for its heavy proxies; `text` is the answer to `GET /hosts`. */
type AskHosts = () => Promise<string>

/**
 * The proxies that carry file contents, the least loaded first as the cluster lists them. One that failed comes last until
 * the list is asked for again. Where there is no list, the cluster's own proxy carries them.
 */
export class HeavyProxies {
  private list: string[] = []
  private readonly failed = new Set<string>()
  /** How many of our requests each carries. */
  private readonly carrying = new Map<string, number>()
  private asked: Promise<void> | undefined
  private askedAt = Number.NEGATIVE_INFINITY

  /**
   * @param proxy origin of the cluster's own proxy.
   * @param refreshMs after which the list is asked for again.
   */
  constructor(
    private readonly proxy: string,
    private readonly askHosts: AskHosts,
    private readonly refreshMs: number,
  ) {}

  /** Origins, the best first. */
  async candidates(): Promise<string[]> {
    await this.refresh()
    if (this.list.length === 0) return [this.proxy]
    const weight = (origin: string) =>
      (this.failed.has(origin) ? 1_000_000 : 0) + (this.carrying.get(origin) ?? 0)
    return this.list.toSorted((one, other) => weight(one) - weight(other))
  }

  /** Whether an address is the cluster's own, so that it may be shown a token. */
  isOfCluster({ origin }: URL): boolean {
    return origin === this.proxy || this.list.includes(origin)
  }

  /** Counts a request to a proxy; returns what to call at its end. */
  carry(origin: string): () => void {
    this.carrying.set(origin, (this.carrying.get(origin) ?? 0) + 1)
    let open = true
    return () => {
      if (open) this.carrying.set(origin, (this.carrying.get(origin) ?? 1) - 1)
      open = false
    }
  }

  fail(origin: string): void {
    this.failed.add(origin)
  }

  private async refresh(): Promise<void> {
    if (performance.now() - this.askedAt < this.refreshMs) return
    this.asked ??= this.ask().finally(() => {
      this.asked = undefined
    })
    // The old list serves on while the new one is on its way.
    if (this.list.length === 0) await this.asked
  }

  private async ask(): Promise<void> {
    try {
      const hosts = fromYtJson(await this.askHosts())
      if (!Array.isArray(hosts)) throw new TypeError('not a list')
      const { protocol } = new URL(this.proxy)
      const urls = hosts.map((host) => `${protocol}//${host}`).filter((text) => URL.canParse(text))
      this.list = urls.map((text) => new URL(text).origin)
      this.failed.clear()
      this.askedAt = performance.now()
    } catch {
      // The cluster's own proxy, or the list there is, serves meanwhile; soon the list is asked for again.
      this.askedAt = performance.now() - this.refreshMs + Math.min(this.refreshMs, ASK_AGAIN_MS)
    }
  }
}
