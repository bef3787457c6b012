import type { BrowserContext, Page, Route } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest'
import { type AptPortal, openAptPortal } from '@/test/support/apt-portal'
import { describeInBrowser } from '@/test/support/chromium'
import { buildDeb } from '@/test/support/debs'
import { faultsOf } from '@/test/support/page-faults'
import {
  chooseTab,
  keepToasts,
  openContext,
  pressUntil,
  signIn,
  startPortal,
  visit,
} from '@/test/support/portal'

const portal = await startPortal()

describeInBrowser('forms of a Debian repository', (browser) => {
  let context: BrowserContext
  let page: Page
  let apt: AptPortal
  beforeAll(async () => {
    apt = await openAptPortal(portal)
    await apt.ask('POST', '/apt/repositories', {
      name: 'forms',
      branches: ['unstable', 'testing', 'stable'],
      components: ['main'],
      architectures: ['amd64'],
    })
    await apt.upload('forms', 'unstable', [buildDeb({ name: 'alpha', version: '1.0' })])
    context = await openContext(browser(), portal, { reducedMotion: 'reduce' })
    await signIn(await context.newPage())
  })
  afterAll(() => context?.close())
  beforeEach(async () => {
    page = await context.newPage()
  })
  afterEach(() => page.close())
  const shows = (label: string, value: string) =>
    expect.poll(() => page.getByLabel(label).inputValue()).toBe(value)

  it('keeps what is not saved of each branch, and says where, until it is saved or forgotten', async () => {
    await visit(page, '/debian/forms?tab=settings')
    await page.getByLabel('Days that a Release is valid').fill('9')
    await page.getByLabel('Label').fill('Fs')
    await page.getByLabel('Label').press('ArrowLeft')
    await page.keyboard.type('orm')
    await shows('Label', 'Forms')
    await chooseTab(page, 'testing')
    await page.getByRole('tab', { name: 'unstable not saved' }).waitFor()
    await shows('Days that a Release is valid', '')
    await chooseTab(page, 'Board')
    await page.locator('[data-branch="unstable"]').waitFor()
    await chooseTab(page, 'Settings not saved')
    await shows('Label', 'Forms')
    await shows('Days that a Release is valid', '9')
    expect(await faultsOf(page)).toEqual([])
    await page.getByRole('button', { name: 'Save unstable' }).click()
    await page.getByRole('tab', { name: 'unstable', exact: true }).waitFor()
    await page.getByRole('button', { name: 'Forget the changes' }).click()
    await page.getByRole('tab', { name: 'Settings', exact: true }).waitFor()
    await shows('Days that a Release is valid', '9')
    await shows('Label', 'forms')
  })

  it('never shows what held before while it reads what was saved', async () => {
    await visit(page, '/debian/forms?tab=settings')
    await keepToasts(page)
    const held = await hold(page, (route) => route.request().method() === 'GET')
    await page.getByLabel('What it is for').fill('For the tests.')
    await page.getByLabel('Versions of a package to keep in it').fill('4')
    await page.getByRole('button', { name: 'Save the change' }).click()
    await page.getByText('The settings hold from now on.').first().waitFor()
    expect(await page.getByLabel('What it is for').inputValue()).toBe('For the tests.')
    await page.getByRole('button', { name: 'Save unstable' }).click()
    await page.getByText('The settings of unstable hold from now on.').first().waitFor()
    expect(await page.getByLabel('Versions of a package to keep in it').inputValue()).toBe('4')
    held.release()
    await page.getByRole('tab', { name: 'Settings', exact: true }).waitFor()
    expect(await page.getByLabel('What it is for').inputValue()).toBe('For the tests.')
    expect(await page.getByLabel('Versions of a package to keep in it').inputValue()).toBe('4')
  })

  it('says what it waits for when a move is sent before its plan is there, and moves nothing unseen', async () => {
    await visit(page, '/debian/forms')
    const asked: string[] = []
    page.on('request', (request) => {
      if (request.method() === 'POST' && /\/apt\/moves$/.test(request.url())) asked.push(request.url())
    })
    const held = await hold(page, (route) => route.request().url().includes('dryRun=true'))
    await page.locator('[data-branch="unstable"] [data-row]', { hasText: 'alpha' }).getByRole('link').focus()
    const dialog = page.getByRole('dialog', { name: 'Move alpha 1.0' })
    await pressUntil(dialog, 'm')
    await dialog.getByLabel('Why').focus()
    await page.keyboard.press('Enter')
    const waits = dialog.getByRole('status').filter({ hasText: 'The plan is being worked out.' })
    await waits.waitFor()
    // Held down, the keys are pressed again and again.
    await page.keyboard.down('Control')
    await page.keyboard.down('Enter')
    held.release()
    await dialog.getByRole('button', { name: 'Move 1 package' }).waitFor()
    await waits.waitFor({ state: 'detached' })
    await page.keyboard.down('Enter')
    await page.keyboard.up('Enter')
    await page.keyboard.up('Control')
    expect(asked).toEqual([])
    await page.keyboard.press('Control+Enter')
    await dialog.waitFor({ state: 'detached' })
    await page.locator('[data-branch="testing"] [data-row]', { hasText: 'alpha' }).waitFor()
    expect(asked).toHaveLength(1)
  })

  it('says what a roll-back waits for: first its plan, then the name', async () => {
    await visit(page, '/debian/forms?tab=snapshots&branch=unstable')
    const held = await hold(page, (route) => route.request().url().includes('/diff'))
    await page
      .getByRole('button', { name: /^Actions for / })
      .last()
      .click()
    await page.getByRole('menuitem', { name: 'Roll back to it' }).click()
    const dialog = page.getByRole('dialog', { name: 'Roll unstable back' })
    await dialog.getByLabel('Why').fill('A try.')
    await page.keyboard.press('Control+Enter')
    const said = dialog.getByRole('status')
    await said.filter({ hasText: 'The plan is being worked out.' }).waitFor()
    held.release()
    await said.filter({ hasText: 'The plan is being worked out.' }).waitFor({ state: 'detached' })
    await page.keyboard.press('Control+Enter')
    await said.filter({ hasText: 'Type “unstable” first.' }).waitFor()
  })

  it('keeps the chosen tab in view on a telephone, also when it grows: its font may come late', async () => {
    await page.setViewportSize({ width: 390, height: 844 })
    await visit(page, '/debian/forms?tab=snapshots')
    const tab = page.getByRole('tab', { name: 'Snapshots' })
    await tab.evaluate((element) => {
      element.style.paddingRight = '120px'
    })
    const endsAt = async () => {
      const { x = Infinity, width = 0 } = (await tab.boundingBox()) ?? {}
      return x + width
    }
    await expect.poll(endsAt).toBeLessThanOrEqual(390)
  })
})

/** Keeps answers back until they are released. @param isHeld which ones. */
async function hold(page: Page, isHeld: (route: Route) => boolean): Promise<{ release: () => void }> {
  let release: () => void = () => undefined
  const released = new Promise<void>((resolve) => {
    release = resolve
  })
  await page.route(/\/api\/v1\/apt\//, async (route) => {
    if (isHeld(route)) await released
    await route.continue()
  })
  return { release }
}
