import { Mark } from '@/components/shell/Mark'
import { LazySignInForm } from '@/components/sign-in/LazySignInForm'
import { runtime } from '@/server/runtime'

interface SignInScreenProps {
  next?: string
  problem?: string
}

/** The sign-in as a whole screen, at its own address or in the place of a page that asks for it. */
export async function SignInScreen({ next, problem }: SignInScreenProps) {
  const { env } = (await runtime()).ctx
  const isOidc = env.ENTREPOT_OIDC_ISSUER && env.ENTREPOT_OIDC_CLIENT_ID && env.ENTREPOT_OIDC_CLIENT_SECRET
  return (
    <main className="grid min-h-dvh place-items-center px-4 py-10">
      <div className="flex w-full max-w-88 flex-col gap-6">
        <div className="flex flex-col gap-3">
          <span className="flex items-center gap-2.5 font-strong text-lg tracking-tight">
            <Mark size={26} /> Entrepôt
          </span>
          <div>
            <h1 className="text-xl tracking-tight">Sign in</h1>
            <p className="mt-1 text-ink-muted text-sm">
              Declare what you use and why. It is fetched once, verified, and kept.
            </p>
          </div>
        </div>
        <div className="rounded-lg border border-line bg-surface p-5 shadow-low">
          <LazySignInForm
            next={next}
            problem={problem}
            singleSignOn={isOidc ? env.ENTREPOT_OIDC_NAME : undefined}
          />
        </div>
        <p className="text-ink-faint text-xs">
          No account? An administrator adds people under Users. Machines use API tokens.
        </p>
      </div>
    </main>
  )
}
