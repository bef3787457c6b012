/** What the demonstration organisation uses: believable names below hosts that exist for examples only. */

export interface DemoTeam {
  slug: string
  name: string
  people: string[]
}

export const teams: DemoTeam[] = [
  { slug: 'firmware', name: 'Firmware', people: ['Ines Moreau', 'Tomasz Zielinski'] },
  { slug: 'vision', name: 'Machine vision', people: ['Aiko Tanaka', 'Ruben Claes'] },
  { slug: 'motion', name: 'Motion control', people: ['Lena Vogt'] },
  { slug: 'cloud', name: 'Cloud services', people: ['Samir Haddad', 'Grace Otieno', 'Piet Jansen'] },
  { slug: 'build', name: 'Build and release', people: ['Noor de Wit', 'Jonas Berg'] },
  { slug: 'security', name: 'Product security', people: ['Marta Silva'] },
  { slug: 'data', name: 'Data science', people: ['Hugo Lindqvist', 'Amara Diallo'] },
  { slug: 'lab', name: 'Test laboratory', people: ['Elif Kaya'] },
]

export interface DemoProject {
  name: string
  host: string
  /** `{v}` is the version. */
  path: string
  versions: string[]
  licence: string
  teams: string[]
  reason: string
  /** Typical size of a release in bytes; kept small, the demonstration is not about bytes. */
  size: number
}

const KIB = 1024

/** name | host | path with {v} for the version | versions | licence | teams | size in KiB | reason */
const PROJECTS = `
linux | kernel.example.org | /pub/linux/v6.x/linux-{v}.tar.xz | 6.6.58 6.6.63 6.12.4 6.12.11 | GPL-2.0-only | firmware motion | 900 | Kernel of the controller boards
u-boot | boot.example.org | /u-boot/u-boot-{v}.tar.bz2 | 2024.10 2025.01 2025.07 | GPL-2.0-or-later | firmware | 300 | Boot loader of all boards since revision C
busybox | boot.example.org | /busybox/busybox-{v}.tar.bz2 | 1.36.1 1.37.0 | GPL-2.0-only | firmware lab | 120 | User land of the rescue image
openssl | code.example.com | /openssl/openssl/releases/download/openssl-{v}/openssl-{v}.tar.gz | 3.0.15 3.0.16 3.5.0 3.5.1 | Apache-2.0 | security cloud firmware | 400 | TLS in gateway and devices; 3.0 until field units are migrated
zlib | code.example.com | /madler/zlib/archive/refs/tags/v{v}.tar.gz | 1.3 1.3.1 | Zlib | build vision firmware | 80 | Dependency of nearly everything we link
protobuf | code.example.com | /protocolbuffers/protobuf/releases/download/v{v}/protobuf-{v}.zip | 25.5 27.5 29.3 30.1 | BSD-3-Clause | cloud build | 260 | Messages between controller and cloud
grpc | code.example.com | /grpc/grpc/archive/v{v}.tar.gz | 1.62.3 1.68.2 1.71.0 | Apache-2.0 | cloud | 380 | Remote calls of the fleet service
opencv | code.example.com | /opencv/opencv/archive/{v}.zip | 4.9.0 4.10.0 4.11.0 | Apache-2.0 | vision | 700 | Camera calibration and edge detection
eigen | code.example.com | /libeigen/eigen/-/archive/{v}/eigen-{v}.tar.gz | 3.4.0 | MPL-2.0 | vision motion | 90 | Matrices in calibration and in path planning
rules_go | code.example.com | /bazelbuild/rules_go/releases/download/v{v}/rules_go-v{v}.zip | 0.48.1 0.50.1 0.53.0 | Apache-2.0 | build cloud | 60 | Builds every Go service
rules_python | code.example.com | /bazelbuild/rules_python/releases/download/{v}/rules_python-{v}.tar.gz | 0.40.0 1.2.0 | Apache-2.0 | build data | 50 | Builds the analysis tools
go | go.example.net | /dl/go{v}.linux-amd64.tar.gz | 1.22.12 1.23.6 1.24.1 | BSD-3-Clause | build cloud | 800 | Tool chain of the cloud services, pinned by Bazel
node | nodejs.example.net | /dist/v{v}/node-v{v}-linux-x64.tar.xz | 20.18.1 22.12.0 22.14.0 | MIT | cloud build | 500 | Runs and builds the customer portal
python | python.example.net | /ftp/python/{v}/Python-{v}.tgz | 3.11.11 3.12.8 3.13.2 | PSF-2.0 | data lab | 420 | Interpreter in the analysis images
numpy | files.example.net | /packages/numpy/numpy-{v}.tar.gz | 1.26.4 2.1.3 2.2.3 | BSD-3-Clause | data vision | 210 | Arrays everywhere in data science
torch | files.example.net | /packages/torch/torch-{v}-cp312-linux_x86_64.whl | 2.4.1 2.5.1 2.6.0 | BSD-3-Clause | data vision | 1200 | Training of the defect classifier
scipy | files.example.net | /packages/scipy/scipy-{v}.tar.gz | 1.14.1 1.15.2 | BSD-3-Clause | data | 180 | Statistics of the wear model
gcc-arm | toolchains.example.com | /gnu-rm/{v}/gcc-arm-none-eabi-{v}-x86_64-linux.tar.xz | 12.3.rel1 13.3.rel1 14.2.rel1 | GPL-3.0-or-later | firmware motion | 950 | Cross compiler of the motor drivers
cmsis | toolchains.example.com | /cmsis/CMSIS_{v}.zip | 5.9.0 6.1.0 | Apache-2.0 | motion firmware | 70 | Register definitions
freertos | code.example.com | /FreeRTOS/FreeRTOS/releases/download/{v}/FreeRTOSv{v}.zip | 202212.01 202406.01 | MIT | motion | 140 | Scheduler of the axis controllers
lwip | boot.example.org | /lwip/lwip-{v}.zip | 2.1.3 2.2.1 | BSD-3-Clause | motion firmware | 60 | Network stack where there is no Linux
sqlite | sqlite.example.org | /2025/sqlite-autoconf-{v}.tar.gz | 3470200 3490100 | blessing | firmware cloud | 110 | Event log of a device
postgresql | db.example.org | /source/v{v}/postgresql-{v}.tar.bz2 | 16.6 17.2 17.4 | PostgreSQL | cloud | 330 | Database of the fleet service, built with our patches
grafana | charts.example.net | /oss/release/grafana-{v}.linux-amd64.tar.gz | 10.4.15 11.4.0 11.5.2 | AGPL-3.0-only | lab cloud | 640 | Dashboards of the endurance rigs; internal use only
mosquitto | mqtt.example.org | /files/source/mosquitto-{v}.tar.gz | 2.0.18 2.0.20 | EPL-2.0 | cloud lab | 90 | Broker between rigs and database
ffmpeg | media.example.org | /releases/ffmpeg-{v}.tar.xz | 6.1.2 7.1 | LGPL-2.1-or-later | vision | 300 | Recording of inspection runs; built without GPL parts
boost | boost.example.org | /release/{v}/source/boost_{v}.tar.gz | 1.84.0 1.86.0 1.87.0 | BSL-1.0 | motion vision | 800 | Path planner and vision pipeline
googletest | code.example.com | /google/googletest/archive/v{v}.tar.gz | 1.14.0 1.15.2 | BSD-3-Clause | build motion vision | 60 | Unit tests of all C++
cmake | cmake.example.org | /files/v{v}/cmake-{v}-linux-x86_64.tar.gz | 3.30.5 3.31.5 | BSD-3-Clause | build | 280 | Builds third-party code that is not under Bazel
qemu | emulation.example.org | /qemu-{v}.tar.xz | 9.1.2 9.2.2 | GPL-2.0-only | lab firmware | 620 | Boots board images in the nightly tests
yara | code.example.com | /VirusTotal/yara/archive/v{v}.tar.gz | 4.5.2 | BSD-3-Clause | security | 70 | Scans what suppliers send us
syft | code.example.com | /anchore/syft/releases/download/v{v}/syft_{v}_linux_amd64.tar.gz | 1.18.1 1.20.0 | Apache-2.0 | security build | 190 | Bills of material for releases
`

export const projects: DemoProject[] = PROJECTS.trim()
  .split('\n')
  .map((row) => {
    const [
      name = '',
      host = '',
      path = '',
      versions = '',
      licence = '',
      owners = '',
      size = '0',
      reason = '',
    ] = row.split(' | ')
    return {
      name,
      host,
      path,
      versions: versions.split(' '),
      licence,
      teams: owners.split(' '),
      reason,
      size: Number(size) * KIB,
    }
  })

/** Architectures and signatures that people fetch beside a release. */
export const companions = ['', '.asc', '.sha256']

/** Upstreams that are down or refuse, and how that looks. */
export const failures: { uri: string; team: string; reason: string; code: string; error: string }[] = [
  {
    uri: 'https://vendor.example.com/sdk/imx8/bsp-5.15.71.tar.gz',
    team: 'firmware',
    reason: 'Board support of the i.MX8 carrier',
    code: 'upstream_refused',
    error: 'vendor.example.com answered 404 Not Found.',
  },
  {
    uri: 'https://vendor.example.com/sdk/imx8/bsp-6.1.55.tar.gz',
    team: 'firmware',
    reason: 'Next board support package, for evaluation',
    code: 'upstream_refused',
    error: 'vendor.example.com answered 403 Forbidden.',
  },
  {
    uri: 'https://cameras.example.com/drivers/gige-4.2.1.run',
    team: 'vision',
    reason: 'Driver of the line cameras in hall 3',
    code: 'digest_mismatch',
    error: 'The bytes have another SHA-256 than was declared: the vendor replaced the file.',
  },
  {
    uri: 'http://old.example.org/motion/spline-0.9.tar.gz',
    team: 'motion',
    reason: 'Reference implementation cited in the safety case',
    code: 'upstream_unreachable',
    error: 'old.example.org has no address (ENOTFOUND).',
  },
]

/** What builds asked for without anyone having declared it. */
export const missed: { url: string; agent: string; network: string; team: string | null; count: number }[] = [
  {
    url: 'https://code.example.com/bazelbuild/rules_rust/releases/download/0.57.1/rules_rust-0.57.1.tar.gz',
    agent: 'Bazel/release 8.1.0',
    network: '10.4.12.0/24',
    team: 'build',
    count: 41,
  },
  {
    url: 'https://files.example.net/packages/pandas/pandas-2.2.3.tar.gz',
    agent: 'pip/24.3.1',
    network: '10.4.30.0/24',
    team: 'data',
    count: 17,
  },
  {
    url: 'https://files.example.net/packages/polars/polars-1.22.0.tar.gz',
    agent: 'pip/24.3.1',
    network: '10.4.30.0/24',
    team: 'data',
    count: 6,
  },
  {
    url: 'https://nodejs.example.net/dist/v23.8.0/node-v23.8.0-linux-x64.tar.xz',
    agent: 'curl/8.11.1',
    network: '10.4.16.0/24',
    team: null,
    count: 3,
  },
  {
    url: 'https://telemetry.example.com/v1/ping',
    agent: 'node',
    network: '10.4.16.0/24',
    team: null,
    count: 1290,
  },
  {
    url: 'https://kernel.example.org/pub/linux/v6.x/linux-6.13.3.tar.xz',
    agent: 'Wget/1.24.5',
    network: '10.4.8.0/24',
    team: 'firmware',
    count: 2,
  },
  {
    url: 'https://go.example.net/dl/go1.24.2.linux-amd64.tar.gz',
    agent: 'Bazel/release 8.1.0',
    network: '10.4.12.0/24',
    team: 'build',
    count: 12,
  },
  {
    url: 'https://code.example.com/abseil/abseil-cpp/archive/20250127.0.tar.gz',
    agent: 'Bazel/release 8.1.0',
    network: '10.4.12.0/24',
    team: 'cloud',
    count: 9,
  },
  {
    url: 'http://mirror.example.org/debian/pool/main/c/cowsay/cowsay_3.03+dfsg2-8_all.deb',
    agent: 'Debian APT-HTTP/1.3 (2.6.1)',
    network: '10.4.40.0/24',
    team: 'lab',
    count: 4,
  },
]
