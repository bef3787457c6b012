import { isIPv6 } from 'node:net'
import ipaddr from 'ipaddr.js'
import { LRUCache } from 'lru-cache'

interface LimitOptions {
  /** Failures allowed in one window. */
  failures: number
  /** Length of a window in seconds. */
  seconds: number
}

interface Window {
  taken: number
  endsAt: number
}

/**
 * Bounds failed sign-ins per client address (per /64 of IPv6) in fixed windows. Remembers the most recent 10,000
 * addresses; an attempt is taken before the password is checked and given back when it was right, so a burst of
 * parallel guesses cannot slip through.
 */
export class AddressLimit {
  private readonly windows = new LRUCache<string, Window>({ max: 10_000 })

  constructor(private readonly options: LimitOptions) {}

  /** Takes one attempt. @returns seconds to wait when none is left. */
  take(address: string, now: Date): number | undefined {
    const key = networkOf(address)
    const known = this.windows.get(key)
    const window =
      known && known.endsAt > now.getTime()
        ? known
        : { taken: 0, endsAt: now.getTime() + this.options.seconds * 1000 }
    if (window.taken >= this.options.failures) return Math.ceil((window.endsAt - now.getTime()) / 1000)
    this.windows.set(key, { ...window, taken: window.taken + 1 })
    return undefined
  }

  /** Gives an attempt back: the password was right. */
  giveBack(address: string): void {
    const key = networkOf(address)
    const window = this.windows.get(key)
    if (window) this.windows.set(key, { ...window, taken: Math.max(0, window.taken - 1) })
  }
}

function networkOf(address: string): string {
  if (!isIPv6(address)) return address
  const parsed = ipaddr.IPv6.parse(address)
  if (parsed.isIPv4MappedAddress()) return parsed.toIPv4Address().toString()
  return `${parsed.parts.slice(0, 4).join(':')}/64`
}
