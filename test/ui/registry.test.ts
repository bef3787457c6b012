import type { BrowserContext, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { unwrap } from '@/server/api/client'
import { buildImage, buildIndex } from '@/test/support/build-image'
import { describeInBrowser } from '@/test/support/chromium'
import { administrator, openContext, signIn, startPortal, visit } from '@/test/support/portal'
import { basic, pushImage, registryClient } from '@/test/support/registry-client'

const MINUTE = 60_000
const portal = await startPortal()

const base = 'a layer that two repositories share'
const amd = buildImage({ platform: 'linux/amd64', layers: [base, 'amd64 only'] })
const arm = buildImage({ platform: 'linux/arm64', layers: ['arm64 only'] })
const index = buildIndex([amd, arm])
const short = (digest: string) => digest.slice(0, 'sha256:'.length + 12)

describeInBrowser('images and the registry', (browser) => {
  let context: BrowserContext
  let page: Page
  beforeAll(async () => {
    const client = registryClient(portal.url, basic(administrator.email, administrator.password))
    await pushImage(client, 'platform/tool', index, '1.0')
    await pushImage(client, 'platform/other', buildImage({ layers: [base] }), 'latest')
    context = await openContext(browser(), portal)
    page = await context.newPage()
    await signIn(page)
  })
  afterAll(() => context?.close())

  it('go down the tree to a tag, its platforms, and the layers of one', async () => {
    await visit(page, '/registry')
    await page.getByRole('link', { name: 'platform/' }).click()
    await page.getByRole('link', { name: 'tool', exact: true }).click()
    await page.getByRole('heading', { name: 'platform/tool', level: 1 }).waitFor()
    await page.locator('[data-row="1.0"]').getByText('linux/arm64').waitFor()
    await page.getByRole('link', { name: '1.0', exact: true }).click()
    await page.getByRole('heading', { name: '2 platforms' }).waitFor()
    await page.getByRole('link', { name: short(amd.digest) }).click()
    await page.getByRole('heading', { name: '2 layers' }).waitFor()
    await page.getByRole('button', { name: 'shared with 1' }).click()
    await page.getByRole('link', { name: 'platform/other' }).click()
    await page.getByRole('heading', { name: 'platform/other', level: 1 }).waitFor()
    await expect.poll(() => new URL(page.url()).pathname).toBe('/registry/default/platform/other')
  })

  it('says why somebody may not push, and then the rule that lets them', async () => {
    await visit(page, '/registry/access?cluster=default&path=platform')
    const explain = page.getByRole('form', { name: 'Ask for an explanation' })
    const ask = async () => {
      await explain.getByLabel('May').selectOption('team')
      await explain.getByLabel('Team').selectOption('platform')
      await explain.getByRole('button', { name: 'Explain' }).click()
    }
    await ask()
    await page.getByText('No rule of //platform or above it allows').waitFor()

    await page.getByRole('button', { name: 'Add a rule' }).click()
    const dialog = page.getByRole('dialog', { name: 'Add a rule to //platform' })
    await dialog.getByLabel('Team', { exact: true }).selectOption('platform')
    await dialog.getByLabel('Write').check()
    await dialog.getByRole('button', { name: 'Add the rule' }).click()
    await dialog.waitFor({ state: 'hidden' })
    await page.getByRole('button', { name: 'Remove the rule for Platform' }).waitFor()

    await ask()
    await page.getByText('//platform allows write to the team Platform.').waitFor()
    await page
      .getByRole('list', { name: 'The rule that decides' })
      .getByRole('link', { name: '//platform' })
      .waitFor()
  })

  it('resolves a tag, declares its digest for one platform, and takes the other later', {
    timeout: 3 * MINUTE,
  }, async () => {
    // This very registry is the upstream; it lets anybody read there.
    const json = { subject: 'everyone', permissions: ['read'], effect: 'allow' } as const
    await unwrap(
      portal.api.registry[':cluster'].rules.$post({
        param: { cluster: 'default' },
        query: { path: 'platform' },
        json: { ...json, permissions: [...json.permissions] },
      }),
    )
    const upstream = new URL(portal.url).host
    const images = page.getByRole('textbox', { name: 'Images' })
    await visit(page, `/images/declare?registry=${upstream}&repository=platform/tool&tag=1.0`)
    await expect.poll(() => images.inputValue()).toBe(`${upstream}/platform/tool:1.0`)
    await page.getByText('“1.0” is a tag').waitFor()
    await page.getByRole('button', { name: 'Resolve to a digest' }).click()
    await page.getByLabel('linux/arm64').uncheck()
    await page.getByRole('button', { name: 'Use this digest' }).click()
    await page.getByText('Of it: linux/amd64').waitFor()
    await expect.poll(() => images.inputValue()).toContain(`@${index.digest}`)
    await page.getByLabel('Why do you need it?').fill('The base of our services.')
    await page.getByRole('combobox', { name: 'Team', exact: true }).selectOption('platform')
    await page.getByRole('button', { name: 'Declare this image' }).click()
    await page.waitForURL(/\/images\/[0-9a-f-]{36}$/)
    const main = page.getByRole('main')
    await main.getByText('Stored', { exact: true }).first().waitFor({ timeout: MINUTE })
    await main.getByText('Mirrored', { exact: true }).waitFor()

    await page.getByRole('button', { name: 'Mirror linux/arm64' }).click()
    await expect.poll(() => main.getByText('Mirrored', { exact: true }).count(), { timeout: MINUTE }).toBe(2)
    await main.getByText('Pull it', { exact: true }).waitFor()
  })

  it('shows who may not read a repository the rule that decides', async () => {
    const stranger = { email: 'stranger@example.org', password: 'another password' }
    await unwrap(
      portal.api.users.$post({ json: { ...stranger, name: 'Stranger', role: 'member' }, query: {} }),
    )
    await unwrap(
      portal.api.registry[':cluster'].rules.$post({
        param: { cluster: 'default' },
        query: { path: 'platform/other' },
        json: { subject: 'signed_in', permissions: ['read'], effect: 'deny' },
      }),
    )
    const own = await openContext(browser(), portal)
    const theirs = await own.newPage()
    await signIn(theirs, stranger)
    await visit(theirs, '/registry/default/platform/other')
    await theirs.getByText('//platform/other denies read to everyone who is signed in.').waitFor()
    await visit(theirs, '/registry?path=platform')
    await theirs.getByRole('link', { name: 'tool', exact: true }).waitFor()
    expect(await theirs.getByRole('link', { name: 'other', exact: true }).count()).toBe(0)
    await own.close()
  })

  it('deletes a tag after its name was typed, and keeps what it led to', async () => {
    await visit(page, '/registry/default/platform/other')
    await page.getByRole('button', { name: 'Actions for latest' }).click()
    await page.getByRole('menuitem', { name: 'Delete the tag' }).click()
    const dialog = page.getByRole('dialog', { name: 'Delete a tag' })
    await dialog.getByLabel('Type “latest” to confirm').fill('latest')
    await dialog.getByRole('button', { name: 'Delete the tag' }).click()
    await page.getByText('This repository has no tag yet.').waitFor()
    await page.getByRole('tab', { name: 'Manifests' }).click()
    await page.getByText('untagged').waitFor()
  })
})
