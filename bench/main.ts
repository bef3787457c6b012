import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { benchDebian } from '@/bench/debian'
import { benchFetching } from '@/bench/fetching'
import { benchLedger } from '@/bench/ledger'
import { benchRegistry } from '@/bench/registry'
import { type Line, table } from '@/bench/report'
import { benchServing } from '@/bench/serving'

// Measures the built worker against its peers in one run, and prints one table. `npm run bench -- serving` runs one part.
const parts: Record<string, (directory: string) => Promise<Line[]>> = {
  serving: benchServing,
  fetching: benchFetching,
  ledger: benchLedger,
  registry: benchRegistry,
  debian: benchDebian,
}

const chosen = process.argv.slice(2)
const directory = await mkdtemp(join(tmpdir(), 'entrepot-bench-'))
await chmod(directory, 0o755)
try {
  const lines: Line[] = []
  for (const [name, part] of Object.entries(parts)) {
    if (chosen.length > 0 && !chosen.includes(name)) continue
    console.log(`measuring ${name} …`)
    lines.push(...(await part(directory)))
  }
  console.log(`\n${table(lines)}`)
} finally {
  await rm(directory, { recursive: true, force: true })
}
