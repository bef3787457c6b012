import { AppError } from '@/server/errors'

/** Platforms as indexes name them: `os/arch[/variant]`. */

/**
 * Whether a platform of an index is one of those chosen. One without a variant stands for all variants; arm64 has but one
 * (v8), which some indexes name and others leave out.
 * @param chosen empty for all.
 */
export function isChosen(platform: string, chosen: readonly string[]): boolean {
  return chosen.length === 0 || chosen.some((one) => matches(platform, one))
}

function matches(platform: string, chosen: string): boolean {
  const [os, architecture, variant] = usual(platform)
  const [wantedOs, wantedArchitecture, wantedVariant] = usual(chosen)
  const isSame = os === wantedOs && architecture === wantedArchitecture
  return isSame && (wantedVariant === undefined || wantedVariant === variant)
}

function usual(platform: string): string[] {
  return platform
    .toLowerCase()
    .replace(/^([^/]+\/arm64)\/v8$/, '$1')
    .split('/')
}

/**
 * The choice that covers both; undefined when the first does so already.
 * @param chosen of what is known; empty for all.
 * @param wanted besides; empty for all.
 */
export function widened(chosen: readonly string[], wanted: readonly string[]): string[] | undefined {
  if (chosen.length === 0) return undefined
  if (wanted.length === 0) return []
  const missing = wanted.filter((platform) => !isChosen(platform, chosen))
  return missing.length === 0 ? undefined : [...new Set([...chosen, ...missing])]
}

/**
 * @param platforms that an index has.
 * @throws AppError `unprocessable` when one is chosen that is not among them; it names those that are.
 */
export function refuseUnmatched(chosen: readonly string[], platforms: readonly string[]): void {
  const missing = chosen.filter((one) => !platforms.some((platform) => matches(platform, one)))
  if (missing.length === 0) return
  const there = [...platforms].sort().join(', ') || 'none'
  throw new AppError('unprocessable', `The index has no ${missing.join(', no ')}. It has: ${there}.`)
}
