import { cookies } from 'next/headers'
import type { ReactNode } from 'react'
import { portalSession } from '@/app/portal-session'
import { SignInScreen } from '@/app/sign-in/sign-in-screen'
import { TEAM_COOKIE, THEME_COOKIE, themeOf } from '@/components/preferences'
import { Providers } from '@/components/providers/Providers'
import { ViewerProvider } from '@/components/providers/Viewer'
import { AppShell } from '@/components/shell/AppShell'
import { actions, refusal } from '@/server/auth/permissions'
import { readMe } from '@/server/auth/read-me'
import { currentActor } from '@/server/auth/session'

export default async function PortalLayout({ children }: { children: ReactNode }) {
  // Rendered here, the sign-in comes whole from the server; what the page below throws is then never shown.
  const who = await currentActor()
  if (who.kind === 'anonymous') return <SignInScreen />
  const { ctx, actor } = await portalSession()
  const me = await readMe(ctx, actor)
  const chosen = await cookies()
  const wanted = chosen.get(TEAM_COOKIE)?.value
  const team = me.teams.find(({ slug }) => slug === wanted) ?? me.teams[0]
  const refusals = Object.fromEntries(
    actions.flatMap((action) => {
      const reason = refusal(actor, action)
      return reason === undefined ? [] : [[action, reason]]
    }),
  )
  return (
    <Providers>
      <ViewerProvider facts={{ me, refusals, team: team?.slug }}>
        <AppShell theme={themeOf(chosen.get(THEME_COOKIE)?.value)}>{children}</AppShell>
      </ViewerProvider>
    </Providers>
  )
}
