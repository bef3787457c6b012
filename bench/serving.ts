import { execFile } from 'node:child_process'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { type Installation, startInstallation } from '@/bench/entrepot'
import { load } from '@/bench/load'
import { startNginx } from '@/bench/peers/nginx'
import { startOrigin } from '@/bench/peers/origin'
import { startSquid } from '@/bench/peers/squid'
import { findProgram } from '@/bench/programs'
import { compared, type Line, perSecond, throughput } from '@/bench/report'
import { inTurn } from '@/bench/rounds'
import { keptAlive, newHosts } from '@/bench/tunnel-load'
import { freePort } from '@/server/database/embedded'

const run = promisify(execFile)
const HOST = 'files.example.org'
const SMALL = Buffer.alloc(1536, 'x')
const LARGE = Buffer.alloc(200 * 1024 * 1024, 'y')
const SECONDS = 3

/** The proxy against squid with ssl-bump, the gateway against nginx; each pair in turn, on the same bodies. */
export async function benchServing(directory: string): Promise<Line[]> {
  const ours = await startInstallation(join(directory, 'entrepot'))
  try {
    const sha256 = await prepare(ours)
    const lines: Line[] = []
    const squid = findProgram('squid')
    const nginx = findProgram('nginx')
    if (squid) lines.push(...(await againstSquid(squid, directory, ours)))
    else console.log('squid is not installed: the proxy is not compared (apt-get install squid-openssl)')
    if (nginx) lines.push(await againstNginx(nginx, directory, { ours, sha256 }))
    else console.log('nginx is not installed: the gateway is not compared (apt-get install nginx-light)')
    return lines
  } finally {
    await ours.stop()
  }
}

async function prepare(ours: Installation): Promise<string> {
  await ours.store(`http://${HOST}/large`, LARGE)
  await ours.store(`https://${HOST}/small`, SMALL)
  return ours.store(`http://${HOST}/small`, SMALL)
}

async function againstSquid(program: string, directory: string, ours: Installation): Promise<Line[]> {
  const place = join(directory, 'squid')
  await mkdir(place, { recursive: true })
  const identity = await selfSigned(place)
  const origin = await startOrigin(
    new Map([
      ['/small', SMALL],
      ['/large', LARGE],
    ]),
    identity,
  )
  const port = await freePort()
  const squid = await startSquid(program, { directory: place, port, origin })
  try {
    const [mine, theirs] = [
      { port: ours.ports.proxy, ca: ours.ca },
      { port, ca: squid.ca },
    ]
    await warmUp(mine)
    await warmUp(theirs)
    const lines: Line[] = []
    for (const { what, least, unit, measure } of proxyMeasures) {
      const figures = await inTurn(
        (round) => measure(mine, round),
        (round) => measure(theirs, round),
      )
      lines.push(compared(what, { ...figures, peerName: 'squid', least, unit }))
    }
    return lines
  } finally {
    await squid.stop()
    origin.stop()
  }
}

interface Proxy {
  port: number
  ca: string
}

async function warmUp({ port }: Proxy): Promise<void> {
  for (const name of ['small', 'large', 'large']) {
    await run('curl', ['-sf', '-o', '/dev/null', '-x', `http://127.0.0.1:${port}`, `http://${HOST}/${name}`])
  }
}

const plain = ({ port }: Proxy, name: string, connections: number) =>
  load({ port, host: HOST, target: `http://${HOST}/${name}`, connections, seconds: SECONDS })
const tunnel = ({ port, ca }: Proxy, hostOf: (index: number) => string, connections: number) => ({
  proxyPort: port,
  path: '/small',
  ca,
  hostOf,
  connections,
  seconds: SECONDS,
})

interface Measure {
  what: string
  least: number
  unit: (value: number) => string
  measure: (proxy: Proxy, round: number) => Promise<number>
}

const proxyMeasures: Measure[] = [
  {
    what: 'proxy, plain HTTP hit, 1.5 kB',
    least: 1,
    unit: perSecond,
    measure: async (proxy) => (await plain(proxy, 'small', 32)).requests,
  },
  {
    what: 'proxy, plain HTTP hit, 200 MB',
    least: 2,
    unit: throughput,
    measure: async (proxy) => (await plain(proxy, 'large', 4)).bytes,
  },
  {
    what: 'proxy, forged TLS kept alive, 1.5 kB',
    least: 1,
    unit: perSecond,
    measure: (proxy) => keptAlive(tunnel(proxy, () => HOST, 32)),
  },
  {
    what: 'proxy, forged TLS, new host',
    least: 2,
    unit: perSecond,
    measure: (proxy, round) => newHosts(tunnel(proxy, (index) => `h${index}.round${round}.example.org`, 8)),
  },
]

async function againstNginx(
  program: string,
  directory: string,
  { ours, sha256 }: { ours: Installation; sha256: string },
): Promise<Line> {
  const place = join(directory, 'nginx')
  await mkdir(join(place, 'root/files'), { recursive: true })
  await writeFile(join(place, 'root/files/small'), SMALL)
  const port = await freePort()
  const nginx = await startNginx(program, { directory: place, port })
  try {
    const common = { host: 'localhost', connections: 32, seconds: SECONDS }
    const figures = await inTurn(
      async () =>
        (await load({ ...common, port: ours.ports.gateway, target: `/files/sha256/${sha256}` })).requests,
      async () => (await load({ ...common, port, target: '/files/small' })).requests,
    )
    return compared('gateway /files/sha256/…, 1.5 kB', {
      ...figures,
      peerName: 'nginx',
      least: 0.5,
      unit: perSecond,
    })
  } finally {
    await nginx.stop()
  }
}

async function selfSigned(directory: string): Promise<{ key: string; cert: string }> {
  const [key, cert] = [join(directory, 'origin.key'), join(directory, 'origin.crt')]
  const options = ['-newkey', 'rsa:2048', '-nodes', '-days', '2', '-subj', '/CN=origin.example.org']
  await run('openssl', ['req', '-x509', ...options, '-keyout', key, '-out', cert])
  return { key: await readFile(key, 'utf8'), cert: await readFile(cert, 'utf8') }
}
