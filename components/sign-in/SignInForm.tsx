'use client'

import { LogIn } from 'lucide-react'
import { useState } from 'react'
import { signInWithPassword, startSingleSignOn } from '@/components/sign-in/sign-in-calls'
import { Button } from '@/components/ui/Button'
import { Field } from '@/components/ui/Field'
import { Form } from '@/components/ui/Form'
import { Input } from '@/components/ui/Input'

interface SignInFormProps {
  /** Where to go on; the page that is shown without one. */
  next?: string
  /** What went wrong before, as a sentence. */
  problem?: string
  /** Name of the identity provider, when one is set up. */
  singleSignOn?: string
}

/** E-mail and password, and the organisation's own sign-in where there is one. */
export function SignInForm({ next, problem, singleSignOn }: SignInFormProps) {
  const [said, setSaid] = useState(problem)
  const [pending, setPending] = useState<'password' | 'single'>()

  const go = async (
    way: 'password' | 'single',
    start: (next: string) => ReturnType<typeof startSingleSignOn>,
  ) => {
    setPending(way)
    const here = `${window.location.pathname}${window.location.search}`
    try {
      const outcome = await start(next ?? here)
      if (outcome.ok) return leaveFor(outcome.url)
      setSaid(outcome.problem)
    } catch {
      setSaid('The server does not answer. Check the connection and try again.')
    }
    setPending(undefined)
  }
  const submit = (values: FormData) => {
    const given = { email: String(values.get('email')), password: String(values.get('password')) }
    void go('password', (target) => signInWithPassword(given, target))
  }
  return (
    <div className="flex flex-col gap-4">
      <Form label="Sign in" onSubmit={submit} pending={pending !== undefined} error={said}>
        <Field label="E-mail" name="email" required>
          <Input type="email" autoComplete="username" autoFocus />
        </Field>
        <Field label="Password" name="password" required>
          <Input type="password" autoComplete="current-password" />
        </Field>
        <Button type="submit" variant="primary" block pending={pending === 'password'}>
          Sign in
        </Button>
      </Form>
      {singleSignOn !== undefined && (
        <>
          <div className="flex items-center gap-3 text-ink-faint text-xs">
            <span className="h-px flex-1 bg-line" />
            or
            <span className="h-px flex-1 bg-line" />
          </div>
          <Button
            block
            icon={LogIn}
            pending={pending === 'single'}
            onClick={() => go('single', startSingleSignOn)}
          >
            {singleSignOn}
          </Button>
        </>
      )}
    </div>
  )
}

/** A whole new load: what was shown to nobody in particular must not stay in any cache. */
function leaveFor(url: string): void {
  if (url === window.location.href) window.location.reload()
  else window.location.assign(url)
}
