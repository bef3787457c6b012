import { queryOptions } from '@tanstack/react-query'
import { api } from '@/components/api'
import { type Check, lineFaults, marksOf } from '@/components/declare/check'
import type { Checked } from '@/components/declare/queries'
import type { ReferenceLine } from '@/components/images/references'
import { ApiError, unwrap } from '@/server/api/client'
import type { ImagesInput } from '@/server/images/schema'

/** Nothing is saved by a dry run, so the reason that is not written yet may be this. */
const UNWRITTEN = 'Not written yet'

/** Platforms that were chosen, by reference; all of them without. */
export type ChosenPlatforms = Readonly<Record<string, readonly string[]>>

/** The lines as the API takes them. */
export function imagesOf(lines: readonly ReferenceLine[], chosen: ChosenPlatforms): ImagesInput['images'] {
  return lines.map(({ reference }) => {
    const platforms = chosen[reference]
    return { reference, ...(platforms && { platforms: [...platforms] }) }
  })
}

/** What declaring these lines would do, line by line. */
export const imageCheck = (lines: readonly ReferenceLine[], chosen: ChosenPlatforms, checked: Checked) =>
  queryOptions({
    queryKey: ['images', 'check', imagesOf(lines, chosen), checked] as const,
    queryFn: ({ signal }) => checkLines(imagesOf(lines, chosen), checked, signal),
    enabled: lines.length > 0 && checked.team !== undefined,
    staleTime: 10_000,
  })

/** One refusal hides what the good lines would do, so these are asked for alone. */
async function checkLines(
  images: ImagesInput['images'],
  checked: Checked,
  signal: AbortSignal,
): Promise<Check> {
  const first = await tryOut(images, checked, signal)
  if ('items' in first) return { marks: marksOf(images.length, new Map(), first.items) }
  const faults = lineFaults(first.fields, 'images')
  // A refusal that names no line concerns them all: it is the query's error.
  if (faults.size === 0) throw first
  const good = images.filter((_, index) => !faults.has(index))
  const second = good.length === 0 ? undefined : await tryOut(good, checked, signal)
  return { marks: marksOf(images.length, faults, second && 'items' in second ? second.items : undefined) }
}

async function tryOut(images: ImagesInput['images'], { team = '', project }: Checked, signal: AbortSignal) {
  const json = { images, reason: UNWRITTEN, team, project }
  try {
    return await unwrap(api.images.batch.$post({ json, query: { dryRun: 'true' } }, { init: { signal } }))
  } catch (error) {
    if (error instanceof ApiError && error.status < 500) return error
    throw error
  }
}
