import type { Browser, BrowserContext, BrowserContextOptions, Locator, Page } from 'playwright-core'
import { beforeAll } from 'vitest'
import { createClient } from '@/server/api/client'
import { noteFaults, tellWhatIsShown } from '@/test/support/chromium'
import { installation } from '@/test/support/installation'

export const administrator = { email: 'admin@example.org', password: 'a password for the tests' }
const token = `ent_${'test'.repeat(8)}`

/** A whole installation, as somebody has it who has just run `npm start`. */
export interface Portal {
  url: string
  /** Such as `http://127.0.0.1:8080`. */
  gateway: string
  /** Such as `http://127.0.0.1:3128`. */
  proxy: string
  /** Such as `http://127.0.0.1:8088`. */
  dmove: string
  /** The file that clients trust. */
  caFile: string
  /** The administrator’s API token. */
  token: string
  /** The admin API, as the administrator. */
  api: ReturnType<typeof createClient>
}

/**
 * Starts a whole installation for the test file, before its tests.
 * @param variables what differs from a newcomer's environment, once it is known.
 */
export async function startPortal(variables: () => Record<string, string> = () => ({})): Promise<Portal> {
  const here = await installation()
  const url = `http://127.0.0.1:${here.variables.ENTREPOT_WEB_PORT}`
  beforeAll(async () => {
    const started = here.start({
      ENTREPOT_ADMIN_EMAIL: administrator.email,
      ENTREPOT_ADMIN_PASSWORD: administrator.password,
      ENTREPOT_ADMIN_TOKEN: token,
      ENTREPOT_UPSTREAM_ALLOW: '127.0.0.0/8 ::1/128',
      ...variables(),
    })
    await started.ready()
  }, 300_000)
  return {
    url,
    gateway: `http://127.0.0.1:${here.variables.ENTREPOT_GATEWAY_PORT}`,
    proxy: `http://127.0.0.1:${here.variables.ENTREPOT_PROXY_PORT}`,
    dmove: `http://127.0.0.1:${here.variables.ENTREPOT_DMOVE_PORT}`,
    caFile: `${here.data}/ca.crt`,
    token,
    api: createClient({ baseUrl: url, token }),
  }
}

/** A browser of one's own, with nobody signed in. */
export async function openContext(
  browser: Browser,
  portal: Portal,
  options: BrowserContextOptions = {},
): Promise<BrowserContext> {
  const viewport = { width: 1440, height: 900 }
  const context = await browser.newContext({ baseURL: portal.url, viewport, ...options })
  noteFaults(context)
  return context
}

/** Signs in as a person does, and waits for the page that follows. */
export async function signIn(page: Page, { email, password } = administrator): Promise<void> {
  try {
    await visit(page, '/sign-in')
    await page.getByLabel('E-mail').fill(email)
    await page.getByLabel('Password').fill(password)
    await page.getByRole('button', { name: 'Sign in' }).click()
    await page.waitForURL((url) => url.pathname === '/')
  } catch (error) {
    // Most sign in before their first test, whose failure tells.
    await tellWhatIsShown(page.context().browser())
    throw error
  }
}

/** Opens a page and waits until all of it takes input. */
export async function visit(page: Page, path: string): Promise<void> {
  const answer = await page.goto(path)
  if (answer && answer.status() >= 500) throw new Error(`${path}: ${answer.status()} ${await answer.text()}`)
  await hydrated(page)
}

/**
 * React marks what it has taken over, part by part; before, a click or a key would be lost. It listens for shortcuts once it has
 * nothing left to do.
 */
async function hydrated(page: Page): Promise<void> {
  await page.waitForFunction(() =>
    [...document.querySelectorAll('main :is(a, button, input, select, textarea)')].every((control) =>
      Object.keys(control).some((key) => key.startsWith('__reactProps')),
    ),
  )
  await idle(page)
}

/** Waits until the page has done all that it has begun: what is shown listens a moment later than it can be seen. */
async function idle(page: Page): Promise<void> {
  await page.evaluate(() => new Promise<void>((resolve) => requestIdleCallback(() => resolve())))
}

/** Presses keys as soon as what is shown listens to them, and waits for what comes of it. */
export async function pressUntil(shown: Locator, ...keys: string[]): Promise<void> {
  await idle(shown.page())
  for (const key of keys) await shown.page().keyboard.press(key)
  await shown.waitFor()
}

/** Waits until a field has the focus: what is typed before goes elsewhere. */
export async function focused(field: Locator): Promise<void> {
  await field.and(field.page().locator(':focus')).waitFor()
}

/** Keeps what the page tells from now on: it goes after six seconds, seen or not, but never under a pointer that moves. */
export async function keepToasts(page: Page): Promise<void> {
  await page.evaluate(() => {
    const movesOn = () => new MouseEvent('mousemove', { bubbles: true })
    setInterval(() => document.querySelector('[data-sonner-toaster]')?.dispatchEvent(movesOn()), 500)
  })
}

/** Chooses a tab, and waits until it is the one that is shown. */
export async function chooseTab(page: Page, name: string | RegExp): Promise<void> {
  await page.getByRole('tab', { name }).click()
  await page.getByRole('tab', { name, selected: true }).waitFor()
}
