'use client'

import { useState } from 'react'
import { useRefusal } from '@/components/providers/Viewer'
import { accessKeys, addRule } from '@/components/registry/access-queries'
import { writtenNode } from '@/components/registry/places'
import { registryKeys } from '@/components/registry/queries'
import { permissionTexts } from '@/components/registry/rule-texts'
import { type RuleWho, SubjectField } from '@/components/registry/SubjectField'
import { Checkbox } from '@/components/ui/Checkbox'
import { FormDialog } from '@/components/ui/FormDialog'
import { Segments } from '@/components/ui/Segments'
import { useAction } from '@/components/use-action'
import type { NodePermission } from '@/server/oci/access/schema'

const effects = [
  { value: 'allow', label: 'may' },
  { value: 'deny', label: 'may not' },
] as const

interface AddRuleProps {
  cluster: string
  path: string
  onClose: () => void
}

/** Asks whom a new rule is about, what it allows or denies, and how far it reaches. */
export function AddRule({ cluster, path, onClose }: AddRuleProps) {
  const [who, setWho] = useState<RuleWho>({ subject: 'team' })
  const [effect, setEffect] = useState<'allow' | 'deny'>('allow')
  const [permissions, setPermissions] = useState<readonly NodePermission[]>(['read'])
  const [inherited, setInherited] = useState(true)
  const mayListPeople = useRefusal('user.read') === undefined
  const add = useAction(addRule, {
    faults: 'form',
    success: `The rule holds at ${writtenNode(path)} from now on.`,
    invalidates: [accessKeys.all, registryKeys.all],
    onSuccess: onClose,
  })
  const toggle = (permission: NodePermission, isOn: boolean) =>
    setPermissions(isOn ? [...permissions, permission] : permissions.filter((one) => one !== permission))
  return (
    <FormDialog
      width="medium"
      title={`Add a rule to ${writtenNode(path)}`}
      description="A denial wins over every permission, wherever either stands."
      verb="Add the rule"
      action={{ ...add, error: add.error ?? add.fields?.permissions }}
      onClose={onClose}
      onSubmit={() => add.run({ cluster, path, ...who, effect, permissions: [...permissions], inherited })}
    >
      <SubjectField value={who} onChange={setWho} mayListPeople={mayListPeople} />
      <Segments label="Effect" options={effects} value={effect} onChange={setEffect} />
      <fieldset className="flex flex-col gap-2">
        <legend className="pb-2 font-strong text-sm">What?</legend>
        {permissionTexts.map(({ value, label, help }) => (
          <Checkbox
            key={value}
            label={label}
            help={help}
            checked={permissions.includes(value)}
            onChange={(isOn) => toggle(value, isOn)}
          />
        ))}
      </fieldset>
      <Checkbox label="Also for all nodes below" checked={inherited} onChange={setInherited} />
    </FormDialog>
  )
}
