import { existsSync } from 'node:fs'
import { type Browser, chromium } from 'playwright-core'
import { afterAll, beforeAll, describe } from 'vitest'

const places = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome']
const path = places.find((place) => existsSync(place))

// What would make it talk to anybody but the installation under test.
const flags = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]

/**
 * Tests in a browser. Where there is none they are skipped and say so; in CI (where `CI` is set) its absence is a failure.
 * @param body gets the browser, to be called inside tests and hooks.
 */
export function describeInBrowser(title: string, body: (browser: () => Browser) => void): void {
  if (path === undefined && !process.env.CI) {
    console.log(`skipped, because no Chromium is installed: ${title}`)
    describe.skip(`${title} (no Chromium)`, () => body(notOpen))
    return
  }
  describe(title, () => {
    let opened: Browser | undefined
    beforeAll(async () => {
      if (path === undefined) throw new Error(`Chromium is at none of ${places.join(', ')}.`)
      opened = await chromium.launch({ executablePath: path, args: flags })
    })
    afterAll(() => opened?.close())
    body(() => opened ?? notOpen())
  })
}

function notOpen(): never {
  throw new Error('The browser is open inside tests and hooks only.')
}
