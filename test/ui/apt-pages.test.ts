import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { BrowserContext } from 'playwright-core'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { unwrap } from '@/server/api/client'
import type { MoveOutcome, MoveRequest } from '@/server/apt/moves/schema'
import type { SourceDetail } from '@/server/apt/packages/schema'
import { openAptPortal } from '@/test/support/apt-portal'
import { describeInBrowser } from '@/test/support/chromium'
import { buildDeb } from '@/test/support/debs'
import { faultsOf } from '@/test/support/page-faults'
import { openContext, signIn, startPortal, visit } from '@/test/support/portal'

const portal = await startPortal()
const tree = mkdtempSync(join(tmpdir(), 'entrepot-legacy-'))
writeFileSync(join(tree, 'README'), 'An old tree.\n')
afterAll(() => rmSync(tree, { recursive: true, force: true }))

/** Pages, and the button that opens a dialog on them, if one is to be looked at; `:package` and the like stand for one that is there. */
const places: [path: string, button: string | RegExp][] = [
  ['/debian', ''],
  ['/debian', 'New repository'],
  ['/debian/platform', ''],
  ['/debian/platform?density=compact&q=hello', ''],
  ['/debian/platform', 'Move hello 2.0'],
  ['/debian/platform?tab=packages', ''],
  ['/debian/platform?tab=uploads', ''],
  ['/debian/platform?tab=uploads', 'Import a repository'],
  ['/debian/platform?tab=snapshots&branch=unstable', ''],
  ['/debian/platform?tab=snapshots&branch=unstable&from=:snapshot', ''],
  ['/debian/platform?tab=moves', ''],
  ['/debian/platform?tab=moves', 'Withdraw'],
  ['/debian/platform?tab=keys', ''],
  ['/debian/platform?tab=keys', 'Rotate'],
  ['/debian/platform?tab=keys', 'Add an uploader'],
  ['/debian/platform?tab=setup', ''],
  ['/debian/platform?tab=settings', ''],
  ['/debian/platform/sources/hello', ''],
  ['/debian/platform/packages/:package', ''],
  ['/debian/platform/uploads/:upload', ''],
  ['/debian/platform/moves/:move', ''],
  ['/debian/platform/moves/:move', 'Take it back'],
  ['/debian/nowhere', ''],
  ['/archives', ''],
  ['/archives', 'New archive'],
  ['/archives/squeeze', ''],
  ['/archives/squeeze', 'Change'],
  ['/archives/squeeze', 'Remove'],
]

describeInBrowser(
  'every page of Debian repositories and archives passes axe and fits a telephone',
  (browser) => {
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
      const address = path.replace(/:(\w+)/, (_, thing: string) => ids[thing] ?? thing)
      await visit(page, address)
      await page.getByRole('heading', { level: 1 }).first().waitFor({ state: 'attached' })
      if (button !== '') {
        await page.getByRole('button', { name: button, exact: true }).first().click()
        await page.getByRole('dialog').waitFor()
      }
      expect(await faultsOf(page)).toEqual([])
      expect(said.splice(0)).toEqual([])
      await page.close()
    })

    it('loads less than 200 kB of script for the list and for the board', async () => {
      for (const path of ['/debian', '/debian/platform']) {
        const page = await context.newPage()
        await visit(page, path)
        const bytes = await page.evaluate(() =>
          performance
            .getEntriesByType('resource')
            .filter(({ name }) => new URL(name).pathname.endsWith('.js'))
            .reduce((sum, entry) => sum + (entry as PerformanceResourceTiming).encodedBodySize, 0),
        )
        expect(bytes, path).toBeGreaterThan(50_000)
        expect(bytes, path).toBeLessThan(200_000)
        await page.close()
      }
    })

    it('people who only look find nothing to change', async () => {
      const viewer = { email: 'viewer@example.org', password: 'a password to look' }
      const json = { ...viewer, name: 'Viewer', role: 'viewer' as const, teams: ['platform'] }
      await unwrap(portal.api.users.$post({ json, query: {} }))
      const own = await openContext(browser(), portal)
      const page = await own.newPage()
      await signIn(page, viewer)
      await visit(page, '/debian/platform')
      const card = page.locator('[data-row]').first()
      await card.waitFor()
      await expect.poll(() => card.getAttribute('draggable')).toBe('false')
      await expect.poll(() => page.getByRole('button', { name: 'Move hello 2.0' }).isDisabled()).toBe(true)
      await visit(page, '/debian/platform?tab=settings')
      await page.getByText('You see the settings, and cannot change them.', { exact: false }).waitFor()
      await expect.poll(() => page.getByLabel('Label').isDisabled()).toBe(true)
      await own.close()
    })
  },
)

/** Puts one of each thing that has a page into the installation. @returns their ids. */
async function fillPortal(): Promise<Record<string, string>> {
  const apt = await openAptPortal(portal)
  const repository = '/apt/repositories/platform'
  await apt.ask('POST', '/apt/repositories', {
    name: 'platform',
    description: 'What the platform team builds.',
    components: ['main', 'contrib'],
    architectures: ['amd64', 'arm64'],
    branches: ['unstable', 'testing', { name: 'stable', approvalRequired: true, validDays: 7 }],
  })
  const tools = buildDeb({
    name: 'hello-tools',
    version: '1.0',
    source: 'hello',
    depends: 'hello (= 1.0), libc6',
  })
  await apt.upload('platform', 'unstable', [buildDeb({ name: 'hello', version: '1.0' }), tools])
  const packages = [{ package: 'hello', version: '1.0' }]
  const way = { repository: 'platform', packages }
  const { move } = await apt.ask<MoveOutcome>('POST', '/apt/moves', {
    ...way,
    from: 'unstable',
    to: 'testing',
  })
  await apt.upload('platform', 'unstable', [buildDeb({ name: 'hello', version: '2.0', depends: 'nowhere' })])
  await apt.ask<{ request: MoveRequest }>('POST', '/apt/moves', { ...way, from: 'testing', to: 'stable' })
  const source = await apt.ask<SourceDetail>('GET', `${repository}/sources/hello`)
  const { items: uploads } = await apt.ask<{ items: { id: string }[] }>('GET', `${repository}/uploads`)
  const { items: snapshots } = await apt.ask<{ items: { id: string }[] }>(
    'GET',
    `${repository}/snapshots?branch=unstable`,
  )
  await apt.ask('POST', '/archives', {
    name: 'squeeze',
    kind: 'directory',
    location: tree,
    description: 'Debian 6, for two machines in a cellar.',
    pointer: 'https://archive.example.org/',
    goneFrom: '2099-01-01',
  })
  await fetch(`${portal.url}/archive/squeeze/README`)
  return {
    package: String(source.versions.find(({ version }) => version === '1.0')?.packages[0]?.id),
    upload: String(uploads[0]?.id),
    move: String(move?.id),
    snapshot: String(snapshots.at(-1)?.id),
  }
}
