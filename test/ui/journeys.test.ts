import type { BrowserContext, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { unwrap } from '@/server/api/client'
import { describeInBrowser } from '@/test/support/chromium'
import { curlThrough } from '@/test/support/curl'
import { makeUpstreamTrust, startHeldUpstream } from '@/test/support/held-upstream'
import { administrator, focused, openContext, signIn, startPortal, visit } from '@/test/support/portal'

const MINUTE = 60_000
const trust = makeUpstreamTrust()
afterAll(trust.remove)
const portal = await startPortal(() => ({ ENTREPOT_UPSTREAM_CA: trust.file }))

describeInBrowser('the journeys of a person', (browser) => {
  let context: BrowserContext
  let page: Page
  beforeAll(async () => {
    context = await openContext(browser(), portal)
    page = await context.newPage()
  })
  afterAll(() => context?.close())

  it('signs in, after a wrong password was refused in words', async () => {
    await visit(page, '/files')
    await page.getByLabel('E-mail').fill(administrator.email)
    await page.getByLabel('Password').fill('not the password')
    await page.getByRole('button', { name: 'Sign in' }).click()
    await page.getByText('The e-mail address or the password is wrong.').waitFor()
    await page.getByLabel('Password').fill(administrator.password)
    await page.getByRole('button', { name: 'Sign in' }).click()
    await page.getByRole('heading', { name: 'Files', level: 1 }).waitFor()
    await expect.poll(() => new URL(page.url()).pathname).toBe('/files')
  })

  it('declares a file, sees it come, and keeps it when its server is gone', async () => {
    const upstream = await startHeldUpstream(trust)
    const url = `${upstream.origin}/v1.tar.gz`
    await visit(page, '/files/declare')
    await page.getByLabel('URLs').fill(url)
    await page.getByLabel('Why do you need it?').fill('The importer is built from it.')
    await page.getByRole('combobox', { name: 'Team', exact: true }).selectOption('platform')
    await page.getByRole('button', { name: 'Declare this file' }).click()
    await page.waitForURL(/\/files\/[0-9a-f-]{36}$/)

    const bar = page.getByRole('main').getByRole('progressbar')
    await expect
      .poll(async () => Number(await bar.getAttribute('aria-valuenow')), { timeout: MINUTE })
      .toBe(50)
    upstream.release()
    await page.getByRole('main').getByText('Stored', { exact: true }).first().waitFor()
    await page.getByTitle(upstream.sha256).first().waitFor()
    await upstream.close()

    const whole = await curlThrough(portal, url)
    expect(whole.status).toBe(200)
    expect(whole.body.equals(upstream.bytes)).toBe(true)
    const head = await curlThrough(portal, url, ['--head'])
    expect(head.status).toBe(200)
    expect(head.headers).toMatch(new RegExp(`^content-length: ${upstream.bytes.length}\\r?$`, 'im'))
    const part = await curlThrough(portal, url, ['--range', '1000-1999'])
    expect(part.status).toBe(206)
    expect(part.body.equals(upstream.bytes.subarray(1000, 2000))).toBe(true)
  })

  it('follows the link of a refusal to the form, filled in', async () => {
    const url = 'https://undeclared.example.org/tool-2.0.zip'
    const refusal = await curlThrough(portal, url)
    expect(refusal.status).toBe(404)
    const text = refusal.body.toString()
    expect(text).toContain('Nobody has declared this URL yet')
    const link = /https?:\S+\/files\/declare\?\S+/.exec(text)?.[0] ?? ''
    await visit(page, link)
    await expect.poll(() => page.getByLabel('URLs').inputValue()).toBe(url)
    await focused(page.getByLabel('Why do you need it?'))
  })

  it('declares a miss where it is listed, and the same command works then', async () => {
    const upstream = await startHeldUpstream(trust)
    upstream.release()
    const url = `${upstream.origin}/missed.tar.gz`
    expect((await curlThrough(portal, url)).status).toBe(404)
    await expect.poll(async () => (await misses(url)).length, { timeout: MINUTE }).toBe(1)

    await visit(page, '/misses')
    const row = page.locator('[data-row]').filter({ hasText: 'missed.tar.gz' })
    await row.getByRole('button', { name: 'Declare', exact: true }).click()
    const dialog = page.getByRole('dialog', { name: 'Declare a missed URL' })
    await dialog.getByLabel('Why do you need it?').fill('A build asked for it.')
    await dialog.getByRole('button', { name: 'Declare this file' }).click()
    await dialog.waitFor({ state: 'hidden' })
    await row.waitFor({ state: 'detached' })
    await expect.poll(async () => (await curlThrough(portal, url)).status, { timeout: MINUTE }).toBe(200)
    await upstream.close()
    expect((await curlThrough(portal, url)).body.equals(upstream.bytes)).toBe(true)
  })

  it('sets a client up, and sees its first request arrive', async () => {
    await visit(page, '/setup')
    const probe = page.getByRole('region', { name: 'probe', exact: true })
    const url = /https:\S+/.exec((await probe.textContent()) ?? '')?.[0] ?? ''
    expect((await curlThrough(portal, url)).status).toBe(404)
    await page.getByText('The request arrived').waitFor()
    expect(await misses(url)).toEqual([])
  })

  it('must sign in again after the role was changed', async () => {
    const member = { email: 'member@example.org', password: 'another password' }
    const { id } = await unwrap(
      portal.api.users.$post({ json: { ...member, name: 'Member', role: 'member' }, query: {} }),
    )
    const other = await openContext(browser(), portal)
    const theirs = await other.newPage()
    await signIn(theirs, member)
    await visit(theirs, '/tasks')
    await theirs.getByRole('heading', { name: 'Tasks', level: 1 }).waitFor()
    await unwrap(
      portal.api.users[':id'].$patch({ param: { id }, query: {}, header: {}, json: { role: 'viewer' } }),
    )
    await theirs.reload()
    await theirs.getByRole('heading', { name: 'Sign in' }).waitFor()
    expect(await theirs.getByRole('heading', { name: 'Tasks' }).count()).toBe(0)
    await other.close()
  })
})

async function misses(url: string) {
  const { items } = await unwrap(portal.api.misses.$get({ query: { q: url } }))
  return items
}
