/** Cookie that holds the chosen theme, so that the server writes it into the page before the first paint. */
export const THEME_COOKIE = 'entrepot-theme'
/** Cookie that holds the slug of the team one acts for. */
export const TEAM_COOKIE = 'entrepot-team'

export type Theme = 'system' | 'light' | 'dark'

/** The theme a cookie names; `system` for anything else. */
export function themeOf(value: string | undefined): Theme {
  return value === 'light' || value === 'dark' ? value : 'system'
}

const YEAR_SECONDS = 365 * 24 * 3600

/** Remembers a choice of this browser where the server sees it too. */
export function writePreference(cookie: string, value: string): void {
  // biome-ignore lint/suspicious/noDocumentCookie: the Cookie Store API does not exist on plain HTTP
  document.cookie = `${cookie}=${encodeURIComponent(value)}; Path=/; Max-Age=${YEAR_SECONDS}; SameSite=Lax`
}

/** Shows a theme now, and from now on. */
export function applyTheme(theme: Theme): void {
  if (theme === 'system') delete document.documentElement.dataset.theme
  else document.documentElement.dataset.theme = theme
  writePreference(THEME_COOKIE, theme)
}
