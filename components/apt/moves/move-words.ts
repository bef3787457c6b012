interface Moved {
  kind: string
  fromBranch: string | null
  toBranch: string | null
}

/** What a move did, as people say it: `unstable → testing`, `Taken out of testing`. */
export function moveWords({ kind, fromBranch, toBranch }: Moved): string {
  const way = fromBranch && toBranch ? `${fromBranch} → ${toBranch}` : undefined
  if (kind === 'copy') return `Copied ${way ?? `into ${toBranch}`}`
  if (kind === 'remove') return `Taken out of ${fromBranch}`
  if (kind === 'roll_back') return `${toBranch ?? fromBranch} rolled back`
  if (kind === 'undo')
    return way ? `Taken back: ${way}` : `Taken back ${toBranch ? `into ${toBranch}` : `out of ${fromBranch}`}`
  return way ?? (toBranch ? `Into ${toBranch}` : `Out of ${fromBranch}`)
}
