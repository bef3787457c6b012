import { AxeBuilder } from '@axe-core/playwright'
import type { Page } from 'playwright-core'

const wide = { width: 1440, height: 900 }
const narrow = { width: 390, height: 844 }

/** What axe finds on the page as it is shown, wide and narrow, light and dark; and whether it is too wide for a telephone. */
export async function faultsOf(page: Page): Promise<string[]> {
  // Nothing is left that stands for what is still read.
  await page.waitForFunction(() => document.querySelector('.animate-breathe') === null)
  await page.emulateMedia({ colorScheme: 'light', reducedMotion: 'reduce' })
  await page.setViewportSize(wide)
  const light = await axe(page)
  await page.emulateMedia({ colorScheme: 'dark', reducedMotion: 'reduce' })
  // The theme changes colours, and nothing else.
  const dark = await axe(page, ['color-contrast', 'link-in-text-block'])
  await page.setViewportSize(narrow)
  const small = await axe(page)
  const beyond = await page.evaluate(
    () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
  )
  const sideways = beyond > 0 ? [`scrolls sideways by ${beyond} px`] : []
  return [
    ...light.map((fault) => `light, wide: ${fault}`),
    ...dark.map((fault) => `dark, wide: ${fault}`),
    ...[...small, ...sideways].map((fault) => `dark, narrow: ${fault}`),
  ]
}

/** What axe finds once nothing moves: in between, colours are those of neither theme. */
async function axe(page: Page, rules: string[] = []): Promise<string[]> {
  await page.waitForFunction(() => document.getAnimations().every(({ playState }) => playState !== 'running'))
  // In the page itself: it has no frames, for which axe would open another page each time.
  const builder = new AxeBuilder({ page }).setLegacyMode()
  if (rules.length > 0) builder.withRules(rules)
  const { violations } = await builder.analyze()
  return violations.flatMap(({ id, nodes }) =>
    nodes.map(({ html, failureSummary = '' }) => `${id}: ${html.slice(0, 200)}: ${failureSummary}`),
  )
}
