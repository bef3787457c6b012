export interface Line {
  what: string
  /** Formatted figure of Entrepôt. */
  ours: string
  /** Formatted figure of the peer, and its name; or the bound. */
  against: string
  /** Ours divided by the peer's, or undefined for a bound. */
  ratio?: number
  target: string
  met: boolean
}

/** A line that compares with a peer measured in the same run: more is better. */
export function compared(
  what: string,
  figures: { ours: number; peer: number; peerName: string; least: number; unit: (value: number) => string },
): Line {
  const { ours, peer, peerName, least, unit } = figures
  const ratio = ours / peer
  return {
    what,
    ours: unit(ours),
    against: `${unit(peer)} ${peerName}`,
    ratio,
    target: `≥ ${least.toFixed(1)} ×`,
    met: ratio >= least,
  }
}

/** A line with an upper bound of its own: less is better. */
export function bounded(
  what: string,
  figures: { ours: number; most: number; unit: (value: number) => string },
): Line {
  const { ours, most, unit } = figures
  return { what, ours: unit(ours), against: '', target: `< ${unit(most)}`, met: ours < most }
}

/** A line that compares times with a peer's: the ratio is how much quicker ours is. */
export function quicker(
  what: string,
  figures: { ours: number; peer: number; peerName: string; least: number; unit: (value: number) => string },
): Line {
  const ratio = figures.peer / figures.ours
  return { ...compared(what, figures), ratio, met: ratio >= figures.least }
}

/** A line with a lower bound of its own: more is better. */
export function reached(
  what: string,
  figures: { ours: number; least: number; unit: (value: number) => string },
): Line {
  const { ours, least, unit } = figures
  return { what, ours: unit(ours), against: '', target: `≥ ${unit(least)}`, met: ours >= least }
}

export const perSecond = (value: number) => `${Math.round(value).toLocaleString('en')} /s`
export const throughput = (value: number) => `${(value / 1e9).toFixed(2)} GB/s`
export const mebibytes = (value: number) => `${(value / 2 ** 20).toFixed(0)} MiB`
export const milliseconds = (value: number) => `${value.toFixed(1)} ms`
export const seconds = (value: number) => `${value.toFixed(1)} s`

/** The table, as Markdown that is also readable in a terminal. */
export function table(lines: Line[]): string {
  const rows = lines.map((line) => [
    line.what,
    line.ours,
    line.against,
    line.ratio === undefined ? '' : `${line.ratio.toFixed(2)} ×`,
    line.target,
    line.met ? 'yes' : 'no',
  ])
  const head = ['what', 'Entrepôt', 'peer', 'ratio', 'target', 'met']
  const widths = head.map((title, column) =>
    Math.max(title.length, ...rows.map((row) => row[column]?.length ?? 0)),
  )
  const format = (cells: string[]) =>
    `| ${cells.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |`
  return [
    format(head),
    `|${widths.map((width) => '-'.repeat(width + 2)).join('|')}|`,
    ...rows.map(format),
  ].join('\n')
}
