import type { BrowserContext, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest'
import { unwrap } from '@/server/api/client'
import { type AptPortal, openAptPortal } from '@/test/support/apt-portal'
import { describeInBrowser } from '@/test/support/chromium'
import { buildDeb } from '@/test/support/debs'
import { keepToasts, openContext, pressUntil, signIn, startPortal, visit } from '@/test/support/portal'

const portal = await startPortal()

const cardIn = (page: Page, branch: string, source: string) =>
  page.locator(`[data-branch="${branch}"] [data-row]`, { hasText: source })

/** What has the focus: the key of its card, or the name of its element. */
const focused = (page: Page) =>
  page.evaluate(() => {
    const at = document.activeElement
    return at?.closest<HTMLElement>('[data-row]')?.dataset.row ?? at?.tagName
  })

describeInBrowser('a board under quick hands', (browser) => {
  let context: BrowserContext
  let page: Page
  let apt: AptPortal
  beforeAll(async () => {
    apt = await openAptPortal(portal)
    await apt.ask('POST', '/apt/repositories', {
      name: 'tools',
      branches: ['unstable', 'testing', { name: 'stable', approvalRequired: true }],
      components: ['main'],
      architectures: ['amd64'],
    })
    await apt.upload(
      'tools',
      'unstable',
      ['alpha', 'beta', 'gamma'].map((name) => buildDeb({ name, version: '1.0' })),
    )
    context = await openContext(browser(), portal)
    await signIn(await context.newPage())
  })
  afterAll(() => context?.close())
  beforeEach(async () => {
    page = await context.newPage()
  })
  afterEach(() => page.close())

  it('keeps the focus on the board when the card that had it is moved, and says so', async () => {
    await visit(page, '/debian/tools')
    await keepToasts(page)
    const heard = page.locator('[aria-live="polite"]', { hasText: 'beta 1.0 is in testing now.' })
    await cardIn(page, 'unstable', 'beta').getByRole('link').focus()
    await pressUntil(page.getByRole('dialog', { name: 'Move beta 1.0' }), 'm')
    await page.getByRole('button', { name: 'Move 1 package' }).waitFor()
    await page.keyboard.press('Control+Enter')
    await cardIn(page, 'testing', 'beta').waitFor()
    await heard.first().waitFor({ state: 'attached' })
    // The newest is above: beta stood between gamma and alpha.
    await expect.poll(() => focused(page)).toBe('unstable/alpha/1.0')
  })

  it('gives the focus to the card above when the last one is taken out, and to another branch when none is left', async () => {
    await visit(page, '/debian/tools')
    await takeOut(page, 'alpha')
    await expect.poll(() => focused(page)).toBe('unstable/gamma/1.0')
    await takeOut(page, 'gamma')
    await expect.poll(() => focused(page)).toBe('testing/beta/1.0')
  })

  it('leaves the focus where somebody has put it', async () => {
    await visit(page, '/debian/tools')
    await cardIn(page, 'testing', 'beta').getByRole('link').focus()
    await page.getByRole('tab', { name: 'Board' }).focus()
    await apt.ask('POST', '/apt/moves', {
      ...{ repository: 'tools', packages: [{ package: 'beta', version: '1.0' }] },
      ...{ from: 'testing', to: 'unstable' },
    })
    await page.getByLabel('Search packages').fill('bet')
    await cardIn(page, 'unstable', 'beta').waitFor()
    expect(await focused(page)).toBe('INPUT')
  })

  it('opens the page whose link is clicked before the search has been reported', async () => {
    await visit(page, '/debian/tools?tab=packages')
    await page.getByRole('link', { name: 'alpha' }).waitFor()
    // The page comes when the search has long been reported, whenever that is.
    const reported = page.waitForURL(/[?&]q=alp/, { waitUntil: 'commit' })
    await page.route(/\/sources\/alpha/, async (route) => {
      await reported
      await route.continue()
    })
    await page.evaluate(typeInHaste, { text: 'alp', link: 'alpha' })
    await page.getByRole('heading', { name: 'alpha', level: 1 }).waitFor()
    await expect.poll(() => new URL(page.url()).pathname).toBe('/debian/tools/sources/alpha')
    await page.goBack()
    await page.getByRole('tab', { name: 'Packages' }).waitFor()
    await expect.poll(() => page.getByLabel('Search packages').inputValue()).toBe('alp')
  })

  it('keeps a filter that is chosen before the search has been reported', async () => {
    await visit(page, '/debian/tools?tab=packages')
    await page.getByRole('link', { name: 'alpha' }).waitFor()
    const branch = page.getByRole('combobox', { name: 'Branch' })
    await page.evaluate(typeInHaste, { text: 'bet' })
    await branch.selectOption('unstable')
    await page.waitForURL((url) => ['q', 'branch'].every((name) => url.searchParams.has(name)))
    await page.getByRole('link', { name: 'alpha' }).waitFor({ state: 'detached' })
  })

  it('tells a second person in the rail what waits for them, until they have decided', {
    timeout: 180_000,
  }, async () => {
    await apt.ask('POST', '/apt/moves', {
      ...{ repository: 'tools', packages: [{ package: 'beta', version: '1.0' }] },
      ...{ from: 'unstable', to: 'stable', reason: 'The line waits for it.' },
    })
    await visit(page, '/debian/tools')
    expect(await railEntry(page).textContent()).toBe('Debian repositories')
    const second = { email: 'second@example.org', password: 'another password' }
    const json = { ...second, name: 'Second', role: 'maintainer' as const, teams: ['platform'] }
    await unwrap(portal.api.users.$post({ json, query: {} }))
    const own = await openContext(browser(), portal)
    const theirs = await own.newPage()
    await signIn(theirs, second)
    await railEntry(theirs).getByText('1', { exact: true }).waitFor()
    await visit(theirs, '/debian')
    await theirs.getByRole('link', { name: '1 request' }).click()
    await theirs.getByRole('button', { name: 'Decline' }).click()
    const dialog = theirs.getByRole('dialog', { name: 'Decline: beta 1.0 to stable' })
    await dialog.getByText('“The line waits for it.”', { exact: false }).waitFor()
    await dialog.getByRole('button', { name: 'Decline' }).click()
    await railEntry(theirs).getByText('1', { exact: true }).waitFor({ state: 'detached' })
    await own.close()
  })
})

const railEntry = (page: Page) =>
  page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: 'Debian repositories' })

/** Takes a source version out of unstable, by keyboard but for the two buttons. */
async function takeOut(page: Page, source: string): Promise<void> {
  await cardIn(page, 'unstable', source).getByRole('link').focus()
  await pressUntil(page.getByRole('toolbar', { name: 'Selected cards' }), 'x')
  await page.getByRole('button', { name: 'Take out' }).click()
  const dialog = page.getByRole('dialog', { name: `Take ${source} 1.0 out of unstable` })
  await dialog.getByLabel('Why').fill('It is no longer built.')
  await page.keyboard.press('Control+Enter')
  await dialog.waitFor({ state: 'hidden' })
  await cardIn(page, 'unstable', source).waitFor({ state: 'detached' })
}

interface Haste {
  text: string
  /** Of a row, clicked in the same moment: no pause fits between. */
  link?: string
}

/** In the page: types into its search, as React hears it. */
function typeInHaste({ text, link }: Haste): void {
  const input = document.querySelector<HTMLInputElement>('main input[type=search]')
  const value = Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, 'value')
  value?.set?.call(input, text)
  input?.dispatchEvent(new Event('input', { bubbles: true }))
  const links = [...document.querySelectorAll<HTMLAnchorElement>('main [data-row] a')]
  links.find(({ textContent }) => textContent === link)?.click()
}
