import { existsSync } from 'node:fs'
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core'
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

const faults: string[] = []

/** Keeps what goes wrong behind the pages of a context, to be told when a test fails. */
export function noteFaults(context: BrowserContext): void {
  context.on('weberror', (fault) => faults.push(`${fault.page()?.url()}: ${fault.error().message}`))
  context.on('requestfailed', (request) => {
    const said = request.failure()?.errorText
    // What a page asked for and no longer wants when it is left.
    if (said !== 'net::ERR_ABORTED') faults.push(`${request.url()}: ${said}`)
  })
  context.on('response', (answer) => {
    if (answer.status() >= 400) faults.push(`${answer.url()}: ${answer.status()}`)
  })
}

const LAST_FAULTS = 20

/** Prints where each open page was, and what it said: a test that fails elsewhere can be understood from its output. */
export async function tellWhatIsShown(browser: Browser | null | undefined): Promise<void> {
  console.log(`what went wrong before it failed:\n${faults.slice(-LAST_FAULTS).join('\n')}`)
  const pages = browser?.contexts().flatMap((context) => context.pages()) ?? []
  for (const page of pages) console.log(`shown when it failed: ${page.url()}\n${await wordsOf(page)}`)
}

const MOST_WORDS = 8000

async function wordsOf(page: Page): Promise<string> {
  const words = page.locator('body').ariaSnapshot({ timeout: 5000 })
  return (await words.catch((error: Error) => `(${error.message})`)).slice(0, MOST_WORDS)
}

function notOpen(): never {
  throw new Error('The browser is open inside tests and hooks only.')
}
