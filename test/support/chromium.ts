import { existsSync } from 'node:fs'
import { type Browser, chromium, type Page } from 'playwright-core'
import { afterAll, beforeAll, beforeEach, describe, onTestFailed } from 'vitest'

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
    beforeEach(() => onTestFailed(() => tellWhatIsShown(opened)))
    afterAll(() => opened?.close())
    body(() => opened ?? notOpen())
  })
}

/** Prints where each open page was, and what it said: a test that fails elsewhere can be understood from its output. */
async function tellWhatIsShown(browser: Browser | undefined): Promise<void> {
  const pages = browser?.contexts().flatMap((context) => context.pages()) ?? []
  for (const page of pages) console.log(`shown when it failed: ${page.url()}\n${await wordsOf(page)}`)
}

const MOST_WORDS = 2000

async function wordsOf(page: Page): Promise<string> {
  const words = page.evaluate(() => document.body.innerText)
  return (await words.catch((error: Error) => `(${error.message})`)).slice(0, MOST_WORDS)
}

function notOpen(): never {
  throw new Error('The browser is open inside tests and hooks only.')
}
