/** Branches in the order of promotion. */
export const branches = ['unstable', 'testing', 'prestable', 'stable']

export interface DemoSource {
  name: string
  team: string
  component: string
  section: string
  /** With the architecture: `any` of both, or `all`. */
  binaries: { name: string; architecture: 'any' | 'all' }[]
  depends: string
  /** Oldest first, each with the branch that it has come to. */
  versions: { version: string; branch: string }[]
  summary: string
  /** What the newest version changed. */
  change: string
}

/** name ; team ; component/section ; binaries, `*` for all architectures ; depends ; version@branch … ; summary ; newest change */
const SOURCES = `
fleet-agent ; cloud ; main/net ; fleet-agent fleet-agent-data* ; libfleet1, ca-certificates ; 2.13.1@stable 2.14.0@prestable 2.15.0@testing 2.16.0~rc1@unstable ; reports the state of a machine to the fleet service ; Sends metrics in batches when the link is slow
libfleet ; cloud ; main/libs ; libfleet1 libfleet-dev ; libssl3 ; 1.8.0@stable 1.9.0@testing ; messages between machines and the fleet service ; Adds the health message of protocol 9
motion-controller ; motion ; main/misc ; motion-controller motion-controller-doc* ; libfleet1 (>= 1.8) ; 4.1.2@stable 4.2.0@prestable 4.3.0@unstable ; plans and drives the paths of the axes ; Follows spline corners at full speed
motion-firmware ; motion ; non-free/kernel ; motion-firmware* ;  ; 20260311@stable 20260602@testing ; firmware of the motor drivers ; Fixes the brake delay of drivers of revision D
vision-runtime ; vision ; main/science ; vision-runtime libvision2 libvision-dev ; libc6 ; 1.9.3@stable 2.0.0@testing 2.1.0@unstable ; finds edges and defects in camera pictures ; Reads pictures of 12 bit
vision-models ; vision ; non-free/science ; vision-models* ; vision-runtime ; 2026.03@stable 2026.06@prestable ; classifiers of surface defects ; Trained with the pictures of line 4
boot-splash ; firmware ; main/graphics ; boot-splash* ;  ; 3@stable ; picture that boards show while they start ; New logo
board-tools ; firmware ; main/utils ; board-tools ; libc6, python3 ; 0.9.2@stable 0.9.3@prestable 1.0.0@unstable ; reads and writes the identity of controller boards ; Refuses boards whose fuse is blown
rescue-image ; firmware ; main/admin ; rescue-image* ; board-tools ; 12.4@stable 12.5@testing ; image that a board starts when all else fails ; Takes the network settings of the broken system along
release-tools ; build ; main/devel ; release-tools* ; git, python3 ; 5.2@stable 5.3@unstable ; what the release team builds, signs and moves packages with ; Moves several packages at once
config-base ; build ; main/admin ; config-base* ; ; 41@stable 42@prestable ; settings that every machine of the company has ; Trusts the certificates of 2026
rig-recorder ; lab ; main/science ; rig-recorder ; libfleet1, libvision2 ; 1.4@stable 1.5@testing ; records the endurance rigs ; Writes a checksum after every hour
log-shipper ; cloud ; main/net ; log-shipper ; ca-certificates ; 7.0.1@stable 7.1.0@testing 7.2.0@unstable ; carries logs to the archive ; Goes on where it was after a restart
key-rotator ; security ; main/admin ; key-rotator ; libssl3 ; 1.2.0@stable 1.3.0@prestable ; changes the keys of a machine before they expire ; Keeps the old key for a day
`

export const sources: DemoSource[] = SOURCES.trim()
  .split('\n')
  .map((row) => {
    const cells = row.split(';').map((cell) => cell.trim())
    const [
      name = '',
      team = '',
      place = '',
      binaries = '',
      depends = '',
      versions = '',
      summary = '',
      change = '',
    ] = cells
    const [component = '', section = ''] = place.split('/')
    return {
      ...{ name, team, component, section, depends, summary, change },
      binaries: binaries.split(' ').map((binary) => ({
        name: binary.replace('*', ''),
        architecture: binary.endsWith('*') ? ('all' as const) : ('any' as const),
      })),
      versions: versions.split(' ').map((one) => {
        const [version = '', branch = ''] = one.split('@')
        return { version, branch }
      }),
    }
  })
