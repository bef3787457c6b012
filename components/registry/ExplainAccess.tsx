'use client'

import { useState } from 'react'
import { useRefusal } from '@/components/providers/Viewer'
import { checkPermission } from '@/components/registry/access-queries'
import { writtenNode } from '@/components/registry/places'
import { RuleLine } from '@/components/registry/RuleLine'
import { PersonField, TeamField } from '@/components/registry/SubjectField'
import { Button } from '@/components/ui/Button'
import { Field } from '@/components/ui/Field'
import { Form } from '@/components/ui/Form'
import { Notice } from '@/components/ui/Notice'
import { Panel } from '@/components/ui/Panel'
import { Select } from '@/components/ui/Select'
import { useAction } from '@/components/use-action'
import type { NodePermission, PermissionAnswer } from '@/server/oci/access/schema'

const questions: { value: NodePermission; label: string }[] = [
  { value: 'read', label: 'pull' },
  { value: 'write', label: 'push' },
  { value: 'remove', label: 'delete' },
  { value: 'administer', label: 'change the rules' },
]

type Who = 'me' | 'team' | 'user'

interface ExplainAccessProps {
  cluster: string
  path: string
  /** Only who administers a node asks about others. */
  mayAskAboutOthers: boolean
}

/** “Why may I not push?”: the answer with the rule that decides. */
export function ExplainAccess({ cluster, path, mayAskAboutOthers }: ExplainAccessProps) {
  const [who, setWho] = useState<Who>('me')
  const [team, setTeam] = useState('')
  const [user, setUser] = useState('')
  const [permission, setPermission] = useState<NodePermission>('write')
  const [answer, setAnswer] = useState<PermissionAnswer>()
  const mayListPeople = useRefusal('user.read') === undefined
  const ask = useAction(checkPermission, { faults: 'form', onSuccess: setAnswer })
  const forget = () => setAnswer(undefined)
  const whos = [
    { value: 'me', label: 'I' },
    ...(mayAskAboutOthers ? [{ value: 'team', label: 'a team' }] : []),
    ...(mayAskAboutOthers && mayListPeople ? [{ value: 'user', label: 'a person' }] : []),
  ]
  const isReady = who === 'me' || (who === 'team' ? team !== '' : user !== '')
  return (
    <Panel title="Who may do what, and why">
      <div className="flex flex-col gap-4">
        <Form
          label="Ask for an explanation"
          pending={ask.pending}
          fields={ask.fields}
          error={ask.error}
          onSubmit={() =>
            isReady &&
            ask.run({
              cluster,
              path,
              permission,
              ...(who === 'team' && { team }),
              ...(who === 'user' && { user }),
            })
          }
        >
          <div className="grid gap-4 sm:grid-cols-2">
            <Field label="May" required>
              <Select
                options={whos}
                value={who}
                onChange={(value) => {
                  forget()
                  setWho(value === 'team' || value === 'user' ? value : 'me')
                }}
              />
            </Field>
            <Field label="do what here?" required>
              <Select
                options={questions}
                value={permission}
                onChange={(value) => {
                  forget()
                  setPermission(questions.find((one) => one.value === value)?.value ?? 'write')
                }}
              />
            </Field>
            {who === 'team' && (
              <TeamField
                value={team}
                onChange={(slug) => {
                  forget()
                  setTeam(slug)
                }}
              />
            )}
            {who === 'user' && (
              <PersonField
                value={user}
                onChange={(id) => {
                  forget()
                  setUser(id)
                }}
              />
            )}
          </div>
          <div>
            <Button
              type="submit"
              pending={ask.pending}
              disabledReason={isReady ? undefined : 'Say first whom you ask about.'}
            >
              Explain
            </Button>
          </div>
        </Form>
        {answer && <Answer answer={answer} cluster={cluster} path={path} />}
      </div>
    </Panel>
  )
}

function Answer({ answer, cluster, path }: { answer: PermissionAnswer; cluster: string; path: string }) {
  const { allowed, reason, rule, judgedAt } = answer
  return (
    <div className="flex flex-col gap-2">
      <Notice tone={allowed ? 'ok' : 'attention'} title={allowed ? 'Yes' : 'No'}>
        {reason}
        {judgedAt !== path && (
          <p className="text-ink-muted text-xs">
            The node does not exist yet, so {writtenNode(judgedAt)} decides.
          </p>
        )}
      </Notice>
      {rule && (
        <ul aria-label="The rule that decides" className="rounded-md border border-line">
          <RuleLine rule={rule} from={{ cluster, node: rule.node }} />
        </ul>
      )}
    </div>
  )
}
