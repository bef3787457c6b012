import { generateKey } from 'openpgp'
import type { BrowserContext, Locator, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { unwrap } from '@/server/api/client'
import type { RepositoryDetail } from '@/server/apt/schema'
import { type AptPortal, openAptPortal } from '@/test/support/apt-portal'
import { describeInBrowser } from '@/test/support/chromium'
import { buildDeb } from '@/test/support/debs'
import {
  chooseTab,
  keepToasts,
  openContext,
  pressUntil,
  signIn,
  startPortal,
  visit,
} from '@/test/support/portal'

const MINUTE = 60_000
const portal = await startPortal()

const column = (page: Page, branch: string) => page.locator(`[data-branch="${branch}"]`)
const cardIn = (page: Page, branch: string, source: string) =>
  column(page, branch).locator('[data-row]', { hasText: source })

describeInBrowser('Debian repositories', (browser) => {
  let context: BrowserContext
  let page: Page
  let apt: AptPortal
  beforeAll(async () => {
    apt = await openAptPortal(portal)
    context = await openContext(browser(), portal)
    page = await context.newPage()
    await signIn(page)
  })
  afterAll(() => context?.close())

  it('makes the first one from the empty list, with its branches put in order', async () => {
    await visit(page, '/debian')
    await page.getByLabel('Name', { exact: true }).fill('platform')
    await page.getByRole('button', { name: 'Take out prestable' }).click()
    await page.getByRole('button', { name: 'Move testing earlier' }).click()
    await page.getByRole('button', { name: 'Move testing later' }).click()
    await page.getByLabel('Add a branch').fill('frozen')
    await page.keyboard.press('Enter')
    await page.getByRole('button', { name: 'Create the repository' }).click()
    await page.getByRole('heading', { name: 'platform', level: 1 }).waitFor()
    const made = await apt.ask<RepositoryDetail>('GET', '/apt/repositories/platform')
    expect(made.branches.map(({ name }) => name)).toEqual(['unstable', 'testing', 'stable', 'frozen'])
    await page.getByText('Nothing is in this branch yet.').first().waitFor()
  })

  it('takes packages that are dropped, and refuses what is none', async () => {
    await openTab(page, 'Uploads')
    const dropped = [
      buildDeb({ name: 'hello', version: '1.0', description: 'greets\nIt greets everybody.' }),
      buildDeb({ name: 'hello-tools', version: '1.0', source: 'hello', depends: 'hello (= 1.0)' }),
      { file: 'hello_1.0.dsc', bytes: Buffer.from('Source: hello\n') },
    ]
    await drop(page.getByRole('region', { name: 'Upload packages' }), dropped)
    const files = page.getByRole('list', { name: 'Files' })
    await files.getByText('Send sources with dput or dupload.', { exact: false }).waitFor()
    await expect
      .poll(() => files.getByText('Published', { exact: false }).count(), { timeout: MINUTE })
      .toBe(2)
    await page.getByRole('region', { name: 'Uploads' }).getByText('Accepted').first().waitFor()
  })

  it('promotes by drag, after the plan was shown, and takes it back', async () => {
    await visit(page, '/debian/platform')
    await keepToasts(page)
    await cardIn(page, 'unstable', 'hello').dragTo(column(page, 'testing'))
    const dialog = page.getByRole('dialog', { name: 'Move hello 1.0' })
    await dialog.getByRole('heading', { name: 'Moves: 2 packages' }).waitFor()
    await expect.poll(() => dialog.getByRole('combobox', { name: 'To' }).inputValue()).toBe('testing')
    await dialog.getByRole('button', { name: 'Move 2 packages' }).click()
    const undo = page.getByRole('button', { name: 'Undo' })
    await undo.waitFor()
    await cardIn(page, 'testing', 'hello').waitFor()
    await cardIn(page, 'unstable', 'hello').waitFor({ state: 'detached' })
    await undo.click()
    await cardIn(page, 'unstable', 'hello').waitFor()
    await cardIn(page, 'testing', 'hello').waitFor({ state: 'detached' })
  })

  it('promotes by keyboard alone', async () => {
    await apt.upload('platform', 'unstable', [buildDeb({ name: 'other', version: '2.0' })])
    await visit(page, '/debian/platform')
    await cardIn(page, 'unstable', 'other').waitFor()
    await pressUntil(page.locator('[data-row] a:focus'), 'j')
    await page.keyboard.press('x')
    await page.keyboard.press('j')
    await page.keyboard.press('x')
    await page.getByRole('toolbar', { name: 'Selected cards' }).getByText('2 selected in unstable').waitFor()
    await page.keyboard.press('m')
    const dialog = page.getByRole('dialog', { name: 'Move 2 source versions' })
    await dialog.getByRole('button', { name: 'Move 3 packages' }).waitFor()
    await page.keyboard.press('Control+Enter')
    await dialog.waitFor({ state: 'hidden' })
    await cardIn(page, 'testing', 'other').waitFor()
    await cardIn(page, 'testing', 'hello').waitFor()
    await column(page, 'unstable').getByText('Nothing is in this branch yet.').waitFor()
  })

  it('warns of a dependency that would be missing', async () => {
    await apt.upload('platform', 'unstable', [
      buildDeb({ name: 'needy', version: '1.0', depends: 'hello-tools (>= 9)' }),
    ])
    await visit(page, '/debian/platform')
    await page.getByRole('button', { name: 'Move needy 1.0' }).click()
    const dialog = page.getByRole('dialog', { name: 'Move needy 1.0' })
    await dialog.getByText('dependency missing').waitFor()
    await dialog.getByRole('button', { name: 'Move 1 package anyway' }).waitFor()
    await page.keyboard.press('Escape')
  })

  it('finds a package as one types, and shows all of it', async () => {
    await openTab(page, 'Packages')
    await page.getByRole('link', { name: 'other' }).waitFor()
    await page.getByLabel('Search packages').fill('hello-t')
    await page.getByRole('link', { name: 'other' }).waitFor({ state: 'detached' })
    await page.getByRole('link', { name: 'hello', exact: true }).click()
    await page.getByRole('heading', { name: 'Versions and branches' }).waitFor()
    await page.getByRole('link', { name: 'hello-tools' }).click()
    await page.getByRole('heading', { name: 'hello-tools 1.0', level: 1 }).waitFor()
    await page.getByRole('link', { name: 'hello (= 1.0)' }).waitFor()
    await page.getByRole('link', { name: 'unstable → testing' }).first().waitFor()
    await page.getByText('sudo apt-get install hello-tools=1.0').waitFor()
    await page.getByRole('tab', { name: 'Contents' }).click()
    await page.getByText('usr/share/doc/hello-tools/copyright').waitFor()
  })

  it('compares two snapshots, and rolls the branch back to one', async () => {
    await openTab(page, 'Snapshots')
    const rows = page.getByRole('table', { name: 'Snapshots' }).locator('[data-row]')
    await rows.first().waitFor()
    const held = await hold(page, /\/snapshots\?.*branch=testing/)
    await page.getByRole('button', { name: 'testing', exact: true }).click()
    await held.arrived
    // No row of the other branch is left that could be taken for one of this.
    await expect.poll(() => rows.count()).toBe(0)
    held.release()
    await rows.nth(1).waitFor()
    await rows.nth(0).getByLabel('Select this row').check()
    await rows.nth(1).getByLabel('Select this row').check()
    await page.getByRole('button', { name: 'Compare the two' }).click()
    await page.getByRole('region', { name: 'Came' }).getByText('other').waitFor()

    const before = await rows.count()
    await rows
      .nth(1)
      .getByRole('button', { name: /^Actions for/ })
      .click()
    await page.getByRole('menuitem', { name: 'Roll back to it' }).click()
    const dialog = page.getByRole('dialog', { name: 'Roll testing back' })
    await dialog.getByLabel('Why').fill('The other one breaks the importer.')
    await dialog.getByLabel('Type “testing” to confirm').fill('testing')
    await dialog.getByRole('button', { name: 'Roll back' }).click()
    await dialog.waitFor({ state: 'hidden' })
    await expect.poll(() => rows.count()).toBe(before + 1)
    await page.getByRole('link', { name: 'Roll-back' }).waitFor()
    await page.getByRole('tab', { name: 'Board' }).click()
    await column(page, 'testing').getByText('Nothing is in this branch yet.').waitFor()
  })

  it('rotates the signing key: a second one first, then the former one retired', async () => {
    await openTab(page, 'Keys')
    const signing = page.getByRole('article').filter({ hasText: 'Signing' })
    await signing.waitFor()
    const former = (await signing.getAttribute('aria-label'))?.replace('Key ', '') ?? ''
    await page.getByRole('button', { name: 'Rotate' }).click()
    await page.getByRole('dialog').getByRole('button', { name: 'Make a new key' }).click()
    await expect.poll(() => signing.count()).toBe(2)
    const card = page.getByRole('article', { name: `Key ${former}` })
    await card.getByRole('button', { name: 'Retire' }).click()
    const dialog = page.getByRole('dialog', { name: 'Retire a signing key' })
    await dialog.getByLabel(/^Type “/).fill(former.toUpperCase())
    await dialog.getByRole('button', { name: 'Retire the key' }).click()
    await card.getByText('Retired').first().waitFor()
    await expect.poll(() => signing.count()).toBe(1)
  })

  it('knows an uploader by a public key, until it is removed', async () => {
    const { publicKey } = await generateKey({
      type: 'curve25519',
      userIDs: [{ name: 'Ada', email: 'ada@example.org' }],
      format: 'armored',
    })
    await openTab(page, 'Keys')
    await page.getByRole('button', { name: 'Add an uploader' }).click()
    const dialog = page.getByRole('dialog', { name: 'Add an uploader' })
    await dialog.getByLabel('Public key, armored').fill('no key at all')
    await dialog.getByRole('button', { name: 'Add the uploader' }).click()
    await expect
      .poll(() => dialog.getByLabel('Public key, armored').getAttribute('aria-invalid'))
      .toBe('true')
    await dialog.getByLabel('Public key, armored').fill(publicKey)
    await dialog.getByRole('button', { name: 'Add the uploader' }).click()
    await page.getByRole('button', { name: 'Remove Ada <ada@example.org>' }).click()
    await page.getByRole('dialog').getByRole('button', { name: 'Remove the uploader' }).click()
    await page.getByText('No key is known yet.').waitFor()
  })

  it('is found from everywhere: a repository, and a package', async () => {
    const palette = page.getByRole('dialog', { name: 'Search or go to' })
    const find = async (typed: string, option: RegExp) => {
      await visit(page, '/tasks')
      await pressUntil(palette, 'Control+k')
      await palette.getByPlaceholder('A page, an action, a part of a URL').fill(typed)
      await palette.getByRole('option', { name: option }).click()
    }
    await find('platf', /^platform$/)
    await page.getByRole('tab', { name: 'Board' }).waitFor()
    await find('need', /^needy ?platform$/)
    await page.getByRole('heading', { name: 'needy', level: 1 }).waitFor()
  })

  it('fills the chosen branch and architecture into what one copies', async () => {
    await openTab(page, 'Set me up')
    await page.getByRole('combobox', { name: 'Branch' }).selectOption('testing')
    await page.getByRole('combobox', { name: 'Architecture' }).selectOption('arm64')
    const main = page.getByRole('main')
    await main.getByText('Suites: testing').waitFor()
    await main.getByText('Architectures: arm64').waitFor()
    await main.getByText(`${portal.url}/apt/platform`).first().waitFor()
    await page.getByRole('tab', { name: 'dput' }).click()
    await main.getByText('incoming = /upload/platform/testing/').waitFor()
  })

  it('has a second person approve what needs it', { timeout: 3 * MINUTE }, async () => {
    await openTab(page, 'Settings')
    await keepToasts(page)
    const form = page.getByRole('form', { name: 'Settings of unstable' })
    await form.waitFor()
    await page.getByRole('tab', { name: 'testing' }).click()
    const other = page.getByRole('form', { name: 'Settings of testing' })
    await other.getByLabel('Moves into it need approval').check()
    await page.getByRole('button', { name: 'Save testing' }).click()
    await page.getByText('The settings of testing hold from now on.').waitFor()

    await visit(page, '/debian/platform')
    await column(page, 'testing').getByText('by approval').waitFor()
    await page.getByRole('button', { name: 'Move needy 1.0' }).click()
    await page.getByRole('dialog').getByRole('button', { name: 'Ask for approval' }).click()
    await page.getByRole('tab', { name: /Moves & requests/ }).click()
    await page.getByRole('button', { name: 'Withdraw' }).waitFor()

    const second = { email: 'second@example.org', password: 'another password' }
    const json = { ...second, name: 'Second', role: 'maintainer' as const, teams: ['platform'] }
    await unwrap(portal.api.users.$post({ json, query: {} }))
    const own = await openContext(browser(), portal)
    const theirs = await own.newPage()
    await signIn(theirs, second)
    await openTab(theirs, /Moves & requests/)
    await theirs.getByRole('button', { name: 'Approve' }).click()
    const dialog = theirs.getByRole('dialog', { name: 'Approve: needy 1.0 to testing' })
    await dialog.getByRole('heading', { name: 'Moves: 1 package' }).waitFor()
    await dialog.getByRole('button', { name: 'Approve and move' }).click()
    await theirs.getByRole('region', { name: 'Moves' }).getByRole('link', { name: 'needy 1.0' }).waitFor()
    await theirs.getByRole('tab', { name: 'Board' }).click()
    await cardIn(theirs, 'testing', 'needy').waitFor()
    await own.close()
  })
})

/** Goes to a part of the repository as a person does; what it shows takes input at once. */
async function openTab(page: Page, name: string | RegExp): Promise<void> {
  await visit(page, '/debian/platform')
  await chooseTab(page, name)
}

/** Keeps answers back, from the first request for such a URL until they are released. */
async function hold(page: Page, url: RegExp) {
  let release: () => void = () => undefined
  const released = new Promise<void>((resolve) => {
    release = resolve
  })
  const arrived = page.waitForRequest(url)
  await page.route(url, async (route) => {
    await released
    await route.continue()
  })
  return { arrived, release }
}

/** Drops files as a file manager does. */
async function drop(target: Locator, files: readonly { file: string; bytes: Buffer }[]): Promise<void> {
  const given = files.map(({ file, bytes }) => ({ file, base64: bytes.toString('base64') }))
  const dataTransfer = await target.page().evaluateHandle((all) => {
    const transfer = new DataTransfer()
    for (const { file, base64 } of all) {
      const bytes = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0))
      transfer.items.add(new File([bytes], file))
    }
    return transfer
  }, given)
  await target.dispatchEvent('drop', { dataTransfer })
}
