import type { BrowserContext, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, it } from 'vitest'
import { describeInBrowser } from '@/test/support/chromium'
import { administrator, focused, openContext, pressUntil, startPortal, visit } from '@/test/support/portal'

const portal = await startPortal()

describeInBrowser('by keyboard alone', (browser) => {
  let context: BrowserContext
  let page: Page
  beforeAll(async () => {
    context = await openContext(browser(), portal)
    const first = await context.newPage()
    await visit(first, '/sign-in')
    await focused(first.getByLabel('E-mail'))
    await first.keyboard.type(administrator.email)
    await first.keyboard.press('Tab')
    await first.keyboard.type(administrator.password)
    await first.keyboard.press('Enter')
    await first.getByRole('heading', { name: 'Dashboard', level: 1 }).waitFor()
    await first.close()
  })
  afterAll(() => context?.close())
  beforeEach(async () => {
    page = await context.newPage()
  })
  afterEach(() => page.close())

  it.each(['/', 'Control+k'])('%s opens the search, and Enter goes where it says', async (key) => {
    await visit(page, '/tasks')
    const palette = page.getByRole('dialog', { name: 'Search or go to' })
    await pressUntil(palette, key)
    await focused(palette.getByRole('combobox'))
    await page.keyboard.type('set up')
    await palette.getByRole('option', { name: 'Set up a client', selected: true }).waitFor()
    await page.keyboard.press('Enter')
    await page.getByRole('heading', { name: 'Set up a client', level: 1 }).waitFor()
  })

  it('Escape closes the search and gives the focus back', async () => {
    await visit(page, '/tasks')
    await page.getByRole('link', { name: 'Files' }).first().focus()
    const palette = page.getByRole('dialog', { name: 'Search or go to' })
    await pressUntil(palette, 'Control+k')
    await focused(palette.getByRole('combobox'))
    await page.keyboard.press('Escape')
    await palette.waitFor({ state: 'hidden' })
    await focused(page.getByRole('link', { name: 'Files' }).first())
  })

  it('My build was refused: link, reason, Ctrl-Enter', async () => {
    await visit(page, `/files/declare?url=${encodeURIComponent('https://refused.example.test/a.tar.gz')}`)
    await focused(page.getByLabel('Why do you need it?'))
    await page.keyboard.type('The build needs it.')
    await page.keyboard.press('Control+Enter')
    await page.waitForURL(/\/files\/[0-9a-f-]{36}$/)
    await page.getByRole('heading', { name: 'a.tar.gz', level: 1 }).waitFor()
  })

  it('walks a list with j and k, and opens a row with Enter', async () => {
    await visit(page, '/teams')
    await page.locator('[data-row]').first().waitFor()
    await pressUntil(page.locator('[data-row] a:focus'), 'j')
    await page.keyboard.press('Enter')
    await page.getByRole('heading', { name: 'Platform', level: 1 }).waitFor()
    await page.waitForURL('/teams/platform')
  })

  it('goes to a page with g and a letter', async () => {
    // The two belong together for a moment, which passes faster than a busy machine presses them.
    await page.addInitScript(() => {
      const now = Date.now()
      Date.now = () => now
    })
    await visit(page, '/tasks')
    await pressUntil(page.getByRole('heading', { name: 'Tokens', level: 1 }), 'g', 'k')
  })
})
