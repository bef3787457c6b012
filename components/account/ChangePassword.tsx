'use client'

import { useState } from 'react'
import { changeOwnPassword } from '@/components/account/queries'
import { useViewer } from '@/components/providers/Viewer'
import { Button } from '@/components/ui/Button'
import { Field } from '@/components/ui/Field'
import { Form } from '@/components/ui/Form'
import { Input } from '@/components/ui/Input'
import { Panel } from '@/components/ui/Panel'
import { useAction } from '@/components/use-action'

/** Sets one's own password; all sessions end, so it goes on at the sign-in. */
export function ChangePassword() {
  const { me } = useViewer()
  const [differs, setDiffers] = useState(false)
  const action = useAction(changeOwnPassword, {
    faults: 'form',
    success: 'Your password is changed. Sign in with it.',
    onSuccess: () => window.location.assign('/sign-in?next=/account'),
  })
  const submit = (values: FormData) => {
    const password = String(values.get('password'))
    const isRepeated = password === values.get('again')
    setDiffers(!isRepeated)
    if (isRepeated) action.run({ current: String(values.get('current')), password })
  }
  return (
    <Panel title="Change your password">
      <Form
        label="Change your password"
        pending={action.pending}
        fields={action.fields}
        error={action.error}
        onSubmit={submit}
      >
        <input type="hidden" name="username" autoComplete="username" value={me.email ?? ''} readOnly />
        <Field label="Present password" name="current" required>
          <Input type="password" autoComplete="current-password" />
        </Field>
        <Field label="New password" name="password" required help="At least 10 characters.">
          <Input type="password" autoComplete="new-password" />
        </Field>
        <Field
          label="New password again"
          name="again"
          required
          error={differs ? 'The two new passwords are not the same.' : undefined}
        >
          <Input type="password" autoComplete="new-password" />
        </Field>
        <p className="text-ink-muted text-xs">You are signed out everywhere, here too. Your tokens go on.</p>
        <div>
          <Button type="submit" variant="primary" pending={action.pending}>
            Change password
          </Button>
        </div>
      </Form>
    </Panel>
  )
}
