'use client'

import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { licenceOptions } from '@/components/declare/licences'
import { Combobox } from '@/components/ui/Combobox'
import { Field } from '@/components/ui/Field'

interface LicenceFieldProps {
  value: string
  onChange: (value: string) => void
}

const none: never[] = []

/** An SPDX expression: one of the list, or several joined. */
export function LicenceField({ value, onChange }: LicenceFieldProps) {
  const [isWanted, setWanted] = useState(value !== '')
  const { data = none } = useQuery({ ...licenceOptions, enabled: isWanted })
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: the focus of the field inside is only watched
    <div onFocus={() => setWanted(true)}>
      <Field
        label="Licence"
        name="licence"
        help="An SPDX expression, such as MIT or Apache-2.0 OR GPL-2.0-only."
      >
        <Combobox options={data} value={value} onChange={onChange} freeText placeholder="Not known" />
      </Field>
    </div>
  )
}
