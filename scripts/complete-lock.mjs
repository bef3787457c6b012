// @ts-check
// `npm run lock:complete`, after `npm install <package>`. A registry that lacks the builds of a package for other
// systems leaves them out of package-lock.json, and then `npm ci` refuses the lock everywhere. They are noted here as
// what they are: optional, and for another system.
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { root } from './setup/root.mjs'

/** @typedef {{ version?: string, dev?: boolean, optional?: boolean, optionalDependencies?: Record<string, string> }} Package */

const path = join(root, 'package-lock.json')
const lock = JSON.parse(readFileSync(path, 'utf8'))
const missing = missingBuilds(lock.packages)
if (missing.length > 0) {
  const packages = { ...lock.packages, ...Object.fromEntries(missing) }
  const sorted = Object.keys(packages).sort((a, b) => a.localeCompare(b, 'en'))
  lock.packages = Object.fromEntries(sorted.map((name) => [name, packages[name]]))
  writeFileSync(path, `${JSON.stringify(lock, null, 2)}\n`)
}
console.log(`${missing.length} builds for other systems added to package-lock.json`)

/**
 * @param {Record<string, Package>} packages
 * @returns {[string, object][]} path and entry, its fields in npm's order
 */
function missingBuilds(packages) {
  /** @type {[string, object][]} */
  const missing = []
  for (const [parent, { dev, optionalDependencies = {} }] of Object.entries(packages)) {
    for (const [name, range] of Object.entries(optionalDependencies)) {
      const version = range.replace(/^[~^]/, '')
      const beside = packages[`node_modules/${name}`]
      // Builds are asked for in one version exactly; a range is an ordinary package, which npm has resolved.
      const isResolved = beside !== undefined && (beside.version === version || range !== version)
      if (isResolved || packages[`${parent}/node_modules/${name}`]) continue
      const { cpu, libc, os } = system(name)
      const entry = { version, cpu, dev, libc, optional: true, os }
      missing.push([beside ? `${parent}/node_modules/${name}` : `node_modules/${name}`, entry])
    }
  }
  return missing
}

/**
 * For which system a build is, by the parts of its name: `@example/tool-linux-x64-musl`.
 * @param {string} name
 */
function system(name) {
  const parts = name.split(/[/-]/)
  const libcs = /** @type {Record<string, string>} */ ({ gnu: 'glibc', musl: 'musl' })
  const os = parts.filter((part) =>
    /^(aix|android|darwin|freebsd|linux|netbsd|openbsd|openharmony|sunos|win32)$/.test(part),
  )
  const cpu = parts.filter((part) =>
    /^(arm|arm64|ia32|loong64|mips64el|ppc64|riscv64|s390x|wasm32|x64)$/.test(part),
  )
  const libc = parts.flatMap((part) => libcs[part] ?? [])
  if (os.length + cpu.length === 0)
    throw new Error(`${name} does not say for which system it is; run npm install again.`)
  // JSON leaves out what is undefined.
  return { cpu: orNothing(cpu), libc: orNothing(libc), os: orNothing(os) }
}

/** @param {string[]} list */
function orNothing(list) {
  return list.length > 0 ? list : undefined
}
