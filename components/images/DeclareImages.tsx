'use client'

import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { useRouter } from 'next/navigation'
import { useMemo, useState } from 'react'
import { type Check, submitOf } from '@/components/declare/check'
import { DeclareButton } from '@/components/declare/DeclareButton'
import { UseFields } from '@/components/declare/UseFields'
import { useDebounced } from '@/components/declare/use-debounced'
import { inputOf, type UseValues, useUseValues } from '@/components/declare/use-values'
import { type ChosenPlatforms, imageCheck, imagesOf } from '@/components/images/declare-queries'
import { declareImage, declareImages, imageKeys } from '@/components/images/queries'
import { ReferenceLines } from '@/components/images/ReferenceLines'
import { parseReferences, type ReferenceLine, replaceReference } from '@/components/images/references'
import { missKeys } from '@/components/misses/queries'
import { useRefusal } from '@/components/providers/Viewer'
import { Field } from '@/components/ui/Field'
import { Form } from '@/components/ui/Form'
import { Textarea } from '@/components/ui/Textarea'
import { sentenceOf, useAction } from '@/components/use-action'
import type { ResolvedTag } from '@/server/images/schema'

const PAUSE_MS = 300
const wording = { one: 'image', many: 'images', empty: 'Give at least one image.' }

interface DeclareImagesProps {
  /** Given in the link that led here; the cursor starts in the reason then. */
  references: readonly string[]
}

/** Asks for images and the reason, resolves tags to digests, shows what will happen to each line, and declares them. */
export function DeclareImages({ references }: DeclareImagesProps) {
  const [text, setText] = useState(references.join('\n'))
  const [chosen, choose] = useState<ChosenPlatforms>({})
  const [values, change] = useUseValues()
  const lines = useMemo(() => parseReferences(text), [text])
  const { check, isStale, error } = useCheck(lines, chosen, values)
  const { verb, refusal } = submitOf(lines, isStale ? undefined : check, wording)
  const notAllowed = useRefusal('image.declare')
  const action = useDeclare(lines, chosen, values)
  const takeDigest = (line: ReferenceLine, resolved: ResolvedTag, platforms: readonly string[]) => {
    setText(replaceReference(text, line.reference, resolved.reference))
    // None chosen stands for all.
    if (platforms.length > 0) choose({ ...chosen, [resolved.reference]: platforms })
  }
  return (
    <Form
      label="Declare images"
      pending={action.pending}
      fields={action.fields}
      error={
        action.error ?? Object.entries(action.fields ?? {}).find(([path]) => path.startsWith('images.'))?.[1]
      }
      onSubmit={() => refusal === undefined && notAllowed === undefined && action.run()}
    >
      <Field
        label="Images"
        name="reference"
        required
        help="One to a line, as name@sha256:… A line with a tag can be resolved to its digest here."
      >
        <Textarea
          mono
          rows={references.length > 1 ? 5 : 2}
          value={text}
          onChange={(event) => setText(event.target.value)}
          placeholder="docker.io/library/debian:13"
          spellCheck={false}
          autoFocus={references.length === 0}
        />
      </Field>
      {lines.length > 0 && (
        <ReferenceLines
          lines={lines}
          check={isStale ? undefined : check}
          chosen={chosen}
          onResolved={takeDigest}
        />
      )}
      {error && <p className="text-attention text-xs">The lines could not be checked: {sentenceOf(error)}</p>}
      <UseFields values={values} onChange={change} autoFocus={references.length > 0} />
      <DeclareButton verb={verb} pending={action.pending} disabledReason={notAllowed ?? refusal} />
    </Form>
  )
}

interface Checking {
  check: Check | undefined
  isStale: boolean
  error: Error | null
}

/** The dry run for what was typed a moment ago; stale while it belongs to an earlier text. */
function useCheck(lines: readonly ReferenceLine[], chosen: ChosenPlatforms, values: UseValues): Checking {
  const settled = useDebounced(lines, PAUSE_MS)
  const settledProject = useDebounced(values.project.trim(), PAUSE_MS)
  const { data, error, isPlaceholderData } = useQuery({
    ...imageCheck(settled, chosen, { team: values.team, project: settledProject }),
    placeholderData: keepPreviousData,
  })
  return { check: data, error, isStale: settled !== lines || isPlaceholderData }
}

/** One image goes on to its page, many to the list of the team. */
function useDeclare(lines: readonly ReferenceLine[], chosen: ChosenPlatforms, values: UseValues) {
  const router = useRouter()
  const invalidates = [imageKeys.all, missKeys.all, missKeys.counts]
  const one = useAction(declareImage, {
    faults: 'form',
    invalidates,
    onSuccess: ({ id }) => router.push(`/images/${id}`),
  })
  const many = useAction(declareImages, {
    faults: 'form',
    invalidates,
    success: ({ created }) => (created === 1 ? '1 image is declared.' : `${created} images are declared.`),
    onSuccess: () => router.push(`/images?team=${values.team}`),
  })
  const images = imagesOf(lines, chosen)
  const [only] = images
  const isOne = images.length === 1
  const use = inputOf(values)
  return {
    pending: one.pending || many.pending,
    fields: isOne ? one.fields : many.fields,
    error: isOne ? one.error : many.error,
    run: () => (isOne && only ? one.run({ ...only, ...use }) : many.run({ ...use, images })),
  }
}
