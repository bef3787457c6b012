import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { type CorpusPackage, writeCorpus } from '@/bench/debian-corpus'
import { type DebianDoor, openDebianDoor } from '@/bench/debian-door'
import { type Installation, startInstallation } from '@/bench/entrepot'
import { load } from '@/bench/load'
import { openAptly } from '@/bench/peers/aptly'
import { openReprepro } from '@/bench/peers/reprepro'
import { openSigningHome, type SigningHome } from '@/bench/peers/signing-home'
import { findProgram } from '@/bench/programs'
import { bounded, type Line, mebibytes, milliseconds, quicker, reached, throughput } from '@/bench/report'
import { inTurn, ROUNDS } from '@/bench/rounds'

const PACKAGES = 60_000
const IMPORTED = 5_000
const MEMORY = 512 * 2 ** 20
const SECONDS = 3
const WAY = ['unstable', 'testing'] as const

/** Directories of packages. */
interface Corpus {
  /** What both branches have. */
  branch: string
  moved: { directory: string; packages: CorpusPackage[] }
  /** What is imported into an empty repository, of each round its own. */
  imported: string[]
}

interface Bench {
  directory: string
  corpus: Corpus
  signing: SigningHome
  ours: Installation
  door: DebianDoor
}

/** Branches of 60,000 packages against aptly and reprepro with the same packages, all signed with Ed25519. */
export async function benchDebian(directory: string): Promise<Line[]> {
  const corpus = await makeCorpus(join(directory, 'packages'))
  const signing = await openSigningHome(join(directory, 'gpg'))
  const ours = await startInstallation(join(directory, 'debian'))
  try {
    const bench: Bench = { directory, corpus, signing, ours, door: await openDebianDoor(ours) }
    return [...(await imports(bench)), ...(await branches(bench))]
  } finally {
    await ours.stop()
    await signing.close()
    await rm(join(directory, 'packages'), { recursive: true, force: true })
  }
}

async function makeCorpus(directory: string): Promise<Corpus> {
  const branch = join(directory, 'branch')
  await writeCorpus(branch, 0, PACKAGES)
  const moved = join(directory, 'moved')
  const packages = await writeCorpus(moved, PACKAGES, PACKAGES + 2 * ROUNDS + 1)
  const imported = Array.from({ length: ROUNDS }, (_, round) => join(directory, `imported-${round}`))
  for (const [round, place] of imported.entries()) {
    const first = 2 * PACKAGES + round * IMPORTED
    await writeCorpus(place, first, first + IMPORTED)
  }
  return { branch, moved: { directory: moved, packages }, imported }
}

/** A directory of small packages into an empty repository, until its branch names them. */
async function imports({ directory, corpus, signing, ours, door }: Bench): Promise<Line[]> {
  const program = installed('reprepro', 'imports are')
  if (program === undefined) return []
  const watched = watch(() => ours.memory())
  const figures = await inTurn(
    async (round) => {
      const repository = `import-${round}`
      await door.addRepository(repository, ['unstable'])
      return door.import({ repository, branch: 'unstable', directory: corpus.imported[round] as string })
    },
    async (round) => {
      const place = join(directory, `reprepro-${round}`)
      const reprepro = await openReprepro(program, { directory: place, signing, branches: ['unstable'] })
      const took = await reprepro.include('unstable', corpus.imported[round] as string)
      await rm(place, { recursive: true })
      return took
    },
  )
  return [
    quicker('debian, import of 5,000 packages', {
      ...{ ...figures, peerName: 'reprepro', least: 0.5, unit: milliseconds },
    }),
    bounded('debian, memory while importing', { ours: watched.end(), most: MEMORY, unit: mebibytes }),
  ]
}

async function branches(bench: Bench): Promise<Line[]> {
  const { corpus, ours, door } = bench
  const repository = 'large'
  await door.addRepository(repository, [...WAY, 'empty'])
  const watched = watch(() => ours.memory())
  for (const branch of WAY) await door.import({ repository, branch, directory: corpus.branch })
  await door.import({ repository, branch: 'unstable', directory: corpus.moved.directory })
  const memory = bounded('debian, memory while importing 60,000 packages', {
    ...{ ours: watched.end(), most: MEMORY, unit: mebibytes },
  })
  const lines = [memory, ...(await moves(bench, repository)), ...(await serving(bench, repository))]
  return [...lines, ...(await publishing(bench, repository))]
}

/** From the request until the InRelease of both branches, as clients get it, is new. */
async function moves({ directory, corpus, signing, ours, door }: Bench, repository: string): Promise<Line[]> {
  const [first, ...packages] = corpus.moved.packages as [CorpusPackage, ...CorpusPackage[]]
  await ours.restart()
  // A process that was just started has read nothing yet.
  await door.move(repository, first, ...WAY)
  const watched = watch(() => ours.memory())
  const mine = (round: number) => door.move(repository, packages[round] as CorpusPackage, ...WAY)
  const program = installed('aptly', 'moves are')
  let figures: { ours: number; peer?: number }
  if (program === undefined) {
    figures = { ours: await mine(0) }
  } else {
    const place = join(directory, 'aptly')
    const aptly = await openAptly(program, { directory: place, signing, branches: WAY })
    for (const branch of WAY) await aptly.add(branch, corpus.branch)
    await aptly.add('unstable', corpus.moved.directory)
    for (const branch of WAY) await aptly.publish(branch)
    figures = await inTurn(mine, (round) => aptly.move(packages[round] as CorpusPackage, ...WAY))
    await rm(place, { recursive: true })
  }
  const { ours: took, peer } = figures
  const unit = milliseconds
  return [
    bounded('debian, move among 60,000 packages', { ours: took, most: 300, unit }),
    ...(peer === undefined
      ? []
      : [
          quicker('debian, move and publish of both', {
            ours: took,
            peer,
            peerName: 'aptly',
            least: 5,
            unit,
          }),
        ]),
    bounded('debian, memory while moving', { ours: watched.end(), most: MEMORY, unit: mebibytes }),
  ]
}

/** All indexes of a branch, when nothing of them is there: what the first move out of it makes. */
async function publishing(
  { directory, corpus, signing, ours, door }: Bench,
  repository: string,
): Promise<Line[]> {
  const program = installed('reprepro', 'publishing is')
  if (program === undefined) return []
  const place = join(directory, 'reprepro')
  const reprepro = await openReprepro(program, { directory: place, signing, branches: ['unstable'] })
  await reprepro.include('unstable', corpus.branch)
  const watched = watch(() => ours.memory())
  const figures = await inTurn(
    async (round) => {
      await door.forgetIndexes(repository)
      // Without the jobs, which would publish the other branches at the same time.
      await ours.restart('gateway,proxy')
      const one = corpus.moved.packages[1 + ROUNDS + round] as CorpusPackage
      return door.move(repository, one, 'unstable', 'empty')
    },
    () => reprepro.exportAnew('unstable'),
  )
  await rm(place, { recursive: true })
  return [
    quicker('debian, publishing 60,000 packages from nothing', {
      ...{ ...figures, peerName: 'reprepro', least: 0.5, unit: milliseconds },
    }),
    bounded('debian, memory while publishing', { ours: watched.end(), most: MEMORY, unit: mebibytes }),
  ]
}

/** The compressed index of all packages by its hash, as `apt-get update` takes it. */
async function serving({ ours, door }: Bench, repository: string): Promise<Line[]> {
  await ours.restart()
  const port = ours.ports.gateway
  const target = await door.indexTarget({ repository, branch: 'unstable' })
  const watched = watch(() => ours.memory())
  const host = `127.0.0.1:${port}`
  const rate = await load({ port, host, target, connections: 4, seconds: SECONDS })
  return [
    reached('debian, Packages.gz of 60,000 packages, out', {
      ours: rate.bytes,
      least: 1e9,
      unit: throughput,
    }),
    bounded('debian, memory while serving', { ours: watched.end(), most: MEMORY, unit: mebibytes }),
  ]
}

function installed(name: string, what: string): string | undefined {
  const program = findProgram(name)
  if (program === undefined)
    console.log(`${name} is not installed: ${what} not compared (apt-get install ${name})`)
  return program
}

/** The most that it has been, from now on. */
function watch(measure: () => number): { end(): number } {
  let peak = measure()
  const timer = setInterval(() => {
    peak = Math.max(peak, measure())
  }, 100)
  return {
    end() {
      clearInterval(timer)
      return peak
    },
  }
}
