'use client'

import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { useRouter } from 'next/navigation'
import { useMemo, useState } from 'react'
import { type Check, submitOf } from '@/components/declare/check'
import { DeclareButton } from '@/components/declare/DeclareButton'
import { LinePreview } from '@/components/declare/LinePreview'
import { filesOf, type Line, parseLines } from '@/components/declare/lines'
import { declareFile, declareFiles, lineCheck } from '@/components/declare/queries'
import { UseFields } from '@/components/declare/UseFields'
import { useDebounced } from '@/components/declare/use-debounced'
import { inputOf, type UseValues, useUseValues } from '@/components/declare/use-values'
import { fileKeys } from '@/components/files/queries'
import { missKeys } from '@/components/misses/queries'
import { useRefusal } from '@/components/providers/Viewer'
import { Field } from '@/components/ui/Field'
import { Form } from '@/components/ui/Form'
import { Input } from '@/components/ui/Input'
import { Textarea } from '@/components/ui/Textarea'
import { sentenceOf, useAction } from '@/components/use-action'

const PAUSE_MS = 300

interface DeclareFormProps {
  /** Given in the link that led here; the cursor starts in the reason then. */
  urls: readonly string[]
}

/** Asks for URLs and the reason, shows what will happen to each line, and declares them. */
export function DeclareForm({ urls }: DeclareFormProps) {
  const [text, setText] = useState(urls.join('\n'))
  const [sha256, setSha256] = useState('')
  const [values, change] = useUseValues()
  const lines = useMemo(() => parseLines(text), [text])
  const { check, isStale, error } = useCheck(lines, values)
  const { verb, refusal } = submitOf(lines, isStale ? undefined : check)
  const notAllowed = useRefusal('file.declare')
  const action = useDeclare(lines, values, sha256)
  const uriFault = lines.length === 1 ? faultOf(check, isStale) : undefined
  return (
    <Form
      label="Declare files"
      pending={action.pending}
      fields={action.fields}
      error={action.error}
      onSubmit={() => refusal === undefined && notAllowed === undefined && action.run()}
    >
      <Field
        label="URLs"
        name="uri"
        required
        error={uriFault}
        help="One to a line; a pasted list is fine. A SHA-256 beside a URL is checked when it is fetched."
      >
        <Textarea
          mono
          rows={urls.length > 1 ? 5 : 2}
          value={text}
          onChange={(event) => setText(event.target.value)}
          placeholder="https://"
          spellCheck={false}
          autoFocus={urls.length === 0}
        />
      </Field>
      {lines.length > 0 && uriFault === undefined && (
        <LinePreview lines={lines} check={isStale ? undefined : check} />
      )}
      {error && <p className="text-attention text-xs">The lines could not be checked: {sentenceOf(error)}</p>}
      <UseFields values={values} onChange={change} autoFocus={urls.length > 0} />
      {lines.length < 2 && (
        <Field label="Expected SHA-256" name="sha256" help="The fetch fails when the bytes have another one.">
          <Input
            mono
            value={sha256}
            onChange={(event) => setSha256(event.target.value.trim())}
            maxLength={64}
            autoComplete="off"
            spellCheck={false}
          />
        </Field>
      )}
      <DeclareButton verb={verb} pending={action.pending} disabledReason={notAllowed ?? refusal} />
    </Form>
  )
}

function faultOf(check: Check | undefined, isStale: boolean): string | undefined {
  const mark = isStale ? undefined : check?.marks[0]
  return mark?.outcome === 'fault' ? mark.message : undefined
}

/** The dry run for what was typed a moment ago; stale while it belongs to an earlier text. */
function useCheck(lines: readonly Line[], { team, project }: UseValues) {
  const settled = useDebounced(lines, PAUSE_MS)
  const settledProject = useDebounced(project.trim(), PAUSE_MS)
  const { data, error, isPlaceholderData } = useQuery({
    ...lineCheck(settled, { team, project: settledProject }),
    placeholderData: keepPreviousData,
  })
  return { check: data, error, isStale: settled !== lines || isPlaceholderData }
}

/** One file goes on to its page, many to the list of the team. */
function useDeclare(lines: readonly Line[], values: UseValues, sha256: string) {
  const router = useRouter()
  const invalidates = [fileKeys.all, missKeys.all, missKeys.counts]
  const [only] = lines
  const one = useAction(declareFile, {
    faults: 'form',
    invalidates,
    onSuccess: ({ id }) => router.push(`/files/${id}`),
  })
  const many = useAction(declareFiles, {
    faults: 'form',
    invalidates,
    success: ({ created, usesAdded }) => sentenceFor(created, usesAdded),
    onSuccess: () => router.push(`/files?team=${values.team}`),
  })
  const isOne = lines.length === 1
  const use = inputOf(values)
  return {
    pending: one.pending || many.pending,
    fields: isOne ? one.fields : many.fields,
    error: isOne ? one.error : many.error,
    run: () => {
      if (!isOne || !only) many.run({ ...use, files: filesOf(lines) })
      else one.run({ ...use, ...filesOf([only])[0], uri: only.uri, ...(sha256 !== '' && { sha256 }) })
    },
  }
}

function sentenceFor(created: number, usesAdded: number): string {
  const files = created === 1 ? '1 file is declared' : `${created.toLocaleString('en')} files are declared`
  const added = usesAdded - created
  if (added <= 0) return `${files}.`
  return `${files}; ${added.toLocaleString('en')} known ${added === 1 ? 'one has' : 'ones have'} your use now.`
}
