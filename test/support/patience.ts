import { vi } from 'vitest'

/*
 * What is waited for comes sooner or later on a machine that has much else to do: vitest's own second would be a matter of
 * luck. A wait ends when the thing is there, so patience costs only those that fail. (`expect.poll`: vitest.config.ts.)
 */
const PATIENCE_MS = 30_000
const { waitFor } = vi
vi.waitFor = (callback, options) =>
  waitFor(callback, typeof options === 'number' ? options : { timeout: PATIENCE_MS, ...options })
