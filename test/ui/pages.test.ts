import type { BrowserContext } from 'playwright-core'
import { afterAll, beforeAll, expect, it, vi } from 'vitest'
import { unwrap } from '@/server/api/client'
import { buildImage, buildIndex } from '@/test/support/build-image'
import { describeInBrowser } from '@/test/support/chromium'
import { curlThrough } from '@/test/support/curl'
import { faultsOf } from '@/test/support/page-faults'
import { administrator, openContext, signIn, startPortal, visit } from '@/test/support/portal'
import { basic, pushImage, registryClient } from '@/test/support/registry-client'

const MINUTE = 60_000
const POLLING = { timeout: MINUTE, interval: 200 }
const portal = await startPortal(() => ({ ENTREPOT_FETCH_ATTEMPTS: '1' }))

/** Pages, and the button that opens a dialog on them, if one is to be looked at; `:file` and the like stand for one that is there. */
const places: [path: string, button: string][] = [
  ['/', ''],
  ['/setup', ''],
  ['/files', ''],
  ['/files/declare', ''],
  ['/files/:file', ''],
  ['/images', ''],
  ['/images/declare?reference=127.0.0.1%3A9/team/tool', ''],
  ['/images/:image', ''],
  ['/misses', ''],
  ['/misses', 'Declare'],
  ['/registry', ''],
  ['/registry?view=flat', ''],
  ['/registry?cluster=default&path=platform', ''],
  ['/registry/default/platform/tool', ''],
  ['/registry/default/platform/tool?tab=manifests', ''],
  ['/registry/default/platform/tool?tab=hints', ''],
  ['/registry/default/platform/tool?tab=access', ''],
  ['/registry/default/platform/tool?tab=uploads', ''],
  ['/registry/default/platform/tool', 'Delete the repository'],
  ['/registry/default/platform/tool?manifest=latest', ''],
  ['/registry/default/platform/tool?manifest=:layers', ''],
  ['/registry/access?cluster=default&path=platform', 'Add a rule'],
  ['/tasks', ''],
  ['/tasks/:task', ''],
  ['/audit', ''],
  ['/teams', ''],
  ['/teams', 'New team'],
  ['/teams/platform', ''],
  ['/teams/platform', 'Add a member'],
  ['/users', ''],
  ['/users', 'Add a person'],
  ['/users/:user', ''],
  ['/tokens', ''],
  ['/tokens', 'New token'],
  ['/tokens', 'Revoke first start'],
  ['/settings', ''],
  ['/settings', 'Rotate'],
  ['/settings', 'Import'],
  ['/settings', 'Add a registry'],
  ['/account', ''],
  ['/nowhere', ''],
]

describeInBrowser('every page passes axe in both themes and fits a telephone', (browser) => {
  let context: BrowserContext
  let ids: Record<string, string>
  const said: string[] = []
  beforeAll(async () => {
    ids = await fillPortal()
    context = await openContext(browser(), portal, { reducedMotion: 'reduce' })
    context.on('weberror', (error) => said.push(error.error().message))
    await signIn(await context.newPage())
  })
  afterAll(() => context?.close())

  it.each(places)('%s %s', async (path, button) => {
    const page = await context.newPage()
    await visit(
      page,
      path.replace(/:(\w+)/, (_, thing: string) => ids[thing] ?? thing),
    )
    await page.getByRole('heading', { level: 1 }).first().waitFor({ state: 'attached' })
    if (button !== '') {
      await page.getByRole('button', { name: button, exact: true }).first().click()
      await page.getByRole('dialog').waitFor()
    }
    expect(await faultsOf(page)).toEqual([])
    expect(said.splice(0)).toEqual([])
    await page.close()
  })

  it('the sign-in, too', async () => {
    const stranger = await openContext(browser(), portal)
    const page = await stranger.newPage()
    await visit(page, '/files')
    await page.getByRole('heading', { name: 'Sign in' }).waitFor()
    expect(await faultsOf(page)).toEqual([])
    await stranger.close()
  })

  it('viewers see nothing that only others may do', async () => {
    const viewer = { email: 'viewer@example.org', password: 'a password to look' }
    const json = { ...viewer, name: 'Viewer', role: 'viewer' as const, teams: ['platform'] }
    await unwrap(portal.api.users.$post({ json, query: {} }))
    const own = await openContext(browser(), portal)
    const page = await own.newPage()
    await signIn(page, viewer)
    for (const [path, button] of places.filter(([at]) => /^.(teams|settings)/.test(at))) {
      await visit(page, path)
      await page.getByRole('heading', { level: 1 }).waitFor()
      if (button !== '') expect(await page.getByRole('button', { name: button }).count(), button).toBe(0)
    }
    const rail = page.getByRole('navigation', { name: 'Main' })
    expect(await rail.getByRole('link', { name: /^(Users|Audit)$/ }).count()).toBe(0)
    for (const path of ['/users', '/audit']) {
      await visit(page, path)
      await page.getByText('This needs the role maintainer; you are viewer.').first().waitFor()
      expect(await page.locator('[data-row]').count()).toBe(0)
    }
    await own.close()
  })
})

/** Puts one of each thing that has a page into the installation. @returns their ids. */
async function fillPortal(): Promise<Record<string, string>> {
  const uri = 'http://127.0.0.1:9/a-file-with-a-long-name-that-no-server-has-1.2.3.tar.gz'
  const json = { uri, reason: 'To look at.', team: 'platform' }
  const { id: file } = await unwrap(portal.api.files.$post({ json, query: {} }))
  await curlThrough(portal, 'https://missed.example.org/somewhere/deep/below/tool-2.0.zip')
  const task = await vi.waitFor(async () => {
    const { state, taskId } = await unwrap(portal.api.files[':id'].$get({ param: { id: file } }))
    expect(state).toBe('failed')
    return String(taskId)
  }, POLLING)
  await vi.waitFor(async () => {
    expect((await unwrap(portal.api.misses.$get({ query: {} }))).items).toHaveLength(1)
  }, POLLING)
  const [user] = (await unwrap(portal.api.users.$get({ query: {} }))).items
  return { file, task, user: String(user?.id), ...(await fillImages()) }
}

/** An image that cannot be fetched, and one of two platforms that was pushed here. */
async function fillImages() {
  const named = { registry: '127.0.0.1:9', repository: 'team/tool', digest: `sha256:${'0'.repeat(64)}` }
  const json = { ...named, reason: 'To look at.', team: 'platform' }
  const { id: image } = await unwrap(portal.api.images.$post({ json, query: {} }))
  const child = buildImage({ layers: ['one layer', 'and another'] })
  const index = buildIndex([child, buildImage({ platform: 'linux/arm64', layers: ['one layer'] })])
  const client = registryClient(portal.url, basic(administrator.email, administrator.password))
  await pushImage(client, 'platform/tool', index, 'latest')
  return { image, layers: encodeURIComponent(child.digest) }
}
