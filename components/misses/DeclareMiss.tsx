'use client'

import { useRouter } from 'next/navigation'
import { useId } from 'react'
import { UseFields } from '@/components/declare/UseFields'
import { inputOf, useUseValues } from '@/components/declare/use-values'
import { fileKeys } from '@/components/files/queries'
import { declareMiss, missKeys } from '@/components/misses/queries'
import { Sightings } from '@/components/misses/Sightings'
import { likelyTeam } from '@/components/misses/sightings'
import { useViewer } from '@/components/providers/Viewer'
import { Button } from '@/components/ui/Button'
import { Copyable } from '@/components/ui/Copyable'
import { Dialog } from '@/components/ui/Dialog'
import { Form } from '@/components/ui/Form'
import { useAction } from '@/components/use-action'
import type { Miss } from '@/server/mirror/schema'

interface DeclareMissProps {
  miss: Miss
  onClose: () => void
}

/** Shows who asked for a URL, and declares it. */
export function DeclareMiss({ miss, onClose }: DeclareMissProps) {
  const form = useId()
  const router = useRouter()
  const { me, team } = useViewer()
  const asked = likelyTeam(miss.sightings)
  const mayActFor = me.role === 'administrator' || me.teams.some(({ slug }) => slug === asked)
  const [values, change] = useUseValues({ team: (mayActFor ? asked : undefined) ?? team })
  const declare = useAction(declareMiss, {
    faults: 'form',
    success: 'Declared; it is fetched now.',
    invalidates: [missKeys.all, missKeys.counts, fileKeys.all],
    onSuccess: onClose,
  })
  return (
    <Dialog
      open
      onOpenChange={onClose}
      width="medium"
      title="Declare a missed URL"
      description={<Copyable value={miss.url} label="URL" tail={28} />}
      footer={
        <>
          <Button
            onClick={() => router.push(`/files/declare?url=${encodeURIComponent(miss.url)}&miss=${miss.id}`)}
            variant="quiet"
          >
            Open the whole form
          </Button>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" form={form} variant="primary" pending={declare.pending}>
            Declare this file
          </Button>
        </>
      }
    >
      <div className="flex flex-col gap-4">
        <Form
          id={form}
          pending={declare.pending}
          fields={declare.fields}
          error={declare.error ?? declare.fields?.uri}
          onSubmit={() => declare.run({ id: miss.id, ...inputOf(values) })}
        >
          <UseFields values={values} onChange={change} />
        </Form>
        <section aria-label="Who asked" className="flex flex-col gap-1.5">
          <h3 className="text-sm">Who asked</h3>
          <Sightings miss={miss} />
        </section>
      </div>
    </Dialog>
  )
}
