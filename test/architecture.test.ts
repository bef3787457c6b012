import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'

// The rules of ARCHITECTURE.md, executable. A rule that is only prose decays.

const SOURCE = ['app', 'components', 'server', 'workers', 'scripts', 'bench', 'test']
const files = SOURCE.flatMap((directory) => walk(directory)).filter((path) => /\.(ts|tsx|mjs|js)$/.test(path))
const text = new Map(files.map((path) => [path, readFileSync(path, 'utf8')]))

function walk(directory: string): string[] {
  let names: string[]
  try {
    names = readdirSync(directory)
  } catch {
    return []
  }
  return names.flatMap((name) => {
    const path = join(directory, name)
    return statSync(path).isDirectory() ? walk(path) : [path]
  })
}

/** Modules a file imports, with `@/` taken off our own. */
function imports(path: string): string[] {
  const source = text.get(path) ?? ''
  const found = source.matchAll(/(?<!['"])(?:from|import)\s*\(?\s*['"]([^'"]+)['"]/g)
  return [...found].map(([, name]) => (name ?? '').replace(/^@\//, ''))
}

/** Files that break a rule; each line of the failure names the file and what it does. */
function offenders(paths: string[], breaks: (path: string) => string[]): string[] {
  return paths.flatMap((path) => breaks(path).map((what) => `${path}: ${what}`))
}

const inside = (...folders: string[]) =>
  files.filter((path) => folders.some((folder) => path.startsWith(`${folder}/`)))
const importing = (pattern: RegExp) => (path: string) => imports(path).filter((name) => pattern.test(name))

describe('direction of dependencies', () => {
  it('server knows no Next, no React and nothing above it', () => {
    const above = /^(next($|\/)|next-auth|react($|-dom|\/)|app\/|components\/|workers\/|scripts\/|test\/)/
    const paths = inside('server').filter((path) => path !== 'server/auth/session.ts')
    expect(offenders(paths, importing(above))).toEqual([])
  })

  it('components reach the server only through schemas and the typed client', () => {
    const breaks = (path: string) =>
      imports(path).filter(
        (name) => name.startsWith('server/') && !/\/schema$|^server\/api\/client$/.test(name),
      )
    expect(offenders(inside('components'), breaks)).toEqual([])
  })

  it('the session belongs to web: no worker and nothing shared reaches it', () => {
    const homes = ['server/api/web.ts']
    const paths = inside('server', 'workers', 'scripts').filter((path) => !homes.includes(path))
    expect(offenders(paths, importing(/^server\/(auth\/session|api\/web)$/))).toEqual([])
  })

  it('nothing outside app imports app, and nothing imports workers but workers and tests', () => {
    const paths = inside('components', 'server', 'workers', 'scripts')
    expect(offenders(paths, importing(/^app\//))).toEqual([])
    expect(offenders(inside('app', 'components', 'server'), importing(/^workers\//))).toEqual([])
  })

  it('nothing that runs in production imports tests', () => {
    expect(
      offenders(inside('app', 'components', 'server', 'workers', 'scripts'), importing(/^test\/|vitest/)),
    ).toEqual([])
  })

  it('schemas import zod and other schemas only', () => {
    const paths = files.filter((path) => path.startsWith('server/') && path.endsWith('/schema.ts'))
    expect(
      offenders(paths, (path) => imports(path).filter((name) => name !== 'zod' && !name.endsWith('/schema'))),
    ).toEqual([])
  })

  it('platform folders import no domain', () => {
    const platform = inside(
      'server/http',
      'server/storage',
      'server/blobs',
      'server/tasks',
      'server/audit',
      'server/database',
      'server/yt',
    )
    expect(
      offenders(
        platform,
        importing(/^server\/(mirror|images|proxy|oci|gateway|apt|archives|cache|publishing|reviews|api)\//),
      ),
    ).toEqual([])
  })

  it('domains know one another in one direction: oci, mirror, images, proxy, apt, archives, gateway, API', () => {
    const above = {
      oci: /^server\/(mirror|images|proxy|apt|archives|gateway|api)\//,
      mirror: /^server\/(images|proxy|apt|archives|gateway|api)\//,
      images: /^server\/(proxy|apt|archives|gateway|api)\//,
      proxy: /^server\/(apt|archives|gateway|api)\//,
      apt: /^server\/(archives|gateway|api)\//,
      archives: /^server\/(gateway|api)\//,
      gateway: /^server\/api\//,
    }
    const breaks = Object.entries(above).flatMap(([domain, others]) =>
      offenders(inside(`server/${domain}`), importing(others)),
    )
    expect(breaks).toEqual([])
  })

  it('domains before the Debian repositories know none of their tables', () => {
    const named = (path: string) => (text.get(path) ?? '').match(/\bapt_[a-z_]+|\.apt[A-Z]\w+/g) ?? []
    const before = inside('server/oci', 'server/mirror', 'server/images', 'server/proxy')
    expect(offenders(before, named)).toEqual([])
  })

  it('mirrored images use the formats of the registry, and nothing of its working', () => {
    const formats = /^server\/oci\/(?!(answers|digest|faults|manifest|media-types|mirrored|name|route)$)/
    expect(offenders(inside('server/images', 'server/mirror'), importing(formats))).toEqual([])
  })

  it('pages and components hold no database client', () => {
    expect(offenders(inside('app', 'components'), importing(/prisma|server\/db$/))).toEqual([])
  })
})

describe('single homes', () => {
  const only = (pattern: RegExp, homes: string[], folders: string[]) =>
    inside(...folders).filter((path) => pattern.test(text.get(path) ?? '') && !homes.includes(path))
  const production = ['app', 'components', 'server', 'workers']

  it('process.env is read in server/env.ts', () => {
    expect(only(/process\.env\b/, ['server/env.ts'], production)).toEqual([])
  })

  it('the Prisma client is made in server/db.ts', () => {
    expect(only(/new PrismaClient/, ['server/db.ts'], production)).toEqual([])
  })

  it('node-forge is used where certificates are built', () => {
    expect(only(/from 'node-forge'/, ['server/proxy/certificates.ts'], production)).toEqual([])
  })

  it('next-auth is known to the session and the sign-in alone', () => {
    const homes = ['server/auth/session.ts']
    expect(only(/from 'next-auth'/, homes, ['server', 'workers'])).toEqual([])
  })

  it('storage keys are built in server/blobs/keys.ts', () => {
    expect(only(/['"`](blobs\/sha256|incoming)\//, ['server/blobs/keys.ts'], production)).toEqual([])
  })

  it('the disk is touched by storage, by what starts the system, and by key files', () => {
    const homes =
      /^server\/(storage\/(filesystem|fill-file|write-many)|database\/|start\/|proxy\/authority-(store|keys)|mirror\/upstream-agent|apt\/import\/directory-place)/
    const breaks = inside('app', 'components', 'server').filter(
      (path) => /from 'node:fs/.test(text.get(path) ?? '') && !homes.test(path),
    )
    expect(breaks).toEqual([])
  })
})

describe('shape', () => {
  it('files stay small', () => {
    const long = files.filter(
      (path) => (text.get(path) ?? '').split('\n').length > (path.startsWith('test/') ? 500 : 400),
    )
    expect(long).toEqual([])
  })

  it('folder names say something', () => {
    expect(
      files.filter((path) => /(^|\/)(utils?|lib|helpers?|common|misc|services|types)\//.test(path)),
    ).toEqual([])
  })

  it('no barrels and no index files', () => {
    expect(files.filter((path) => /(^|\/)index\.(ts|tsx)$/.test(path))).toEqual([])
    expect(files.filter((path) => /^export \* from/m.test(text.get(path) ?? ''))).toEqual([])
  })

  it('nothing is left unfinished, skipped in silence or waited for by the clock', () => {
    const unfinished = files.filter((path) => path !== 'test/architecture.test.ts')
    expect(unfinished.filter((path) => /\b(TODO|FIXME|XXX|HACK)\b/.test(text.get(path) ?? ''))).toEqual([])
    const tests = inside('test').filter((path) => path !== 'test/architecture.test.ts')
    expect(
      tests.filter((path) => /\b(it|test|describe)\.(only|todo)\b|waitForTimeout/.test(text.get(path) ?? '')),
    ).toEqual([])
  })

  it('file names are kebab-case, components PascalCase', () => {
    const bad = inside('server', 'workers', 'scripts').filter(
      (path) => !/\/[a-z0-9-]+(\.[a-z]+)*\.(ts|mjs)$/.test(path),
    )
    expect(bad).toEqual([])
  })
})
