import { X509Certificate } from 'node:crypto'
import { connect as openSocket, type Socket } from 'node:net'
import { connect as openTls } from 'node:tls'
import { bad, type Check, type Finding, good, reasonOf, unknown } from '@/scripts/entrepot/checks/finding'
import type { Connection } from '@/scripts/entrepot/connection'

const TIMEOUT_MS = 10_000
const WARN_DAYS = 30
const DAY_MS = 86_400_000
/** Asked for nothing: the handshake alone shows the chain, and leaves no miss. */
const NAME = 'doctor.example.org'
const PEM = /-----BEGIN CERTIFICATE-----[\s\S]+?-----END CERTIFICATE-----/g

export const authority: Check = {
  name: 'CA',
  async run({ url }) {
    const certificates = await authorities(url)
    if (certificates instanceof Error)
      return bad(`${url}/ca.crt: ${certificates.message}`, 'Without it no client can trust the proxy.')
    const [first] = certificates
    if (!first)
      return bad(`${url}/ca.crt holds no certificate`, 'Look at Settings, Authority, in the portal.')
    const days = Math.floor((Date.parse(first.validTo) - Date.now()) / DAY_MS)
    const name = first.subject.split('\n').join(', ')
    if (!first.ca) return bad(`${name} is not an authority`, 'Import another under Settings, Authority.')
    if (days < WARN_DAYS)
      return bad(`${name} ends in ${days} days`, 'Rotate it under Settings, Authority, with an overlap.')
    return good(`${name}, ${days} days left`)
  },
}

export const proxy: Check = {
  name: 'Proxy',
  async run(connection) {
    const certificates = await authorities(connection.url)
    if (certificates instanceof Error) return unknown('the CA is not known')
    const { host, port } = proxyOf(connection)
    try {
      const tunnel = await openTunnel(connection)
      return await shakeHands(tunnel, certificates.map(String).join('\n'))
    } catch (error) {
      return bad(
        `${host}:${port}: ${reasonOf(error)}`,
        'Check that the worker runs with the role proxy, and ENTREPOT_PROXY_PORT.',
      )
    }
  },
}

async function authorities(url: string): Promise<X509Certificate[] | Error> {
  try {
    const answer = await fetch(`${url}/ca.crt`, { signal: AbortSignal.timeout(TIMEOUT_MS) })
    if (!answer.ok) return new Error(`answers ${answer.status}`)
    return ((await answer.text()).match(PEM) ?? []).map((pem) => new X509Certificate(pem))
  } catch (error) {
    return new Error(reasonOf(error))
  }
}

function proxyOf({ url, local, settings }: Connection) {
  return {
    host: new URL(url).hostname.replace(/^\[|\]$/g, ''),
    port: local?.ports.ENTREPOT_PROXY_PORT ?? settings.ENTREPOT_PROXY_PORT,
  }
}

/** CONNECT (RFC 9110 §9.3.6), with the token where there is one. */
function openTunnel(connection: Connection): Promise<Socket> {
  const { host, port } = proxyOf(connection)
  const login = connection.token && Buffer.from(`entrepot:${connection.token}`).toString('base64')
  const credentials = login ? `Proxy-Authorization: Basic ${login}\r\n` : ''
  return new Promise((resolve, reject) => {
    const socket = openSocket({ host, port, timeout: TIMEOUT_MS })
    socket.on('timeout', () => socket.destroy(new Error('no answer')))
    socket.on('error', reject)
    socket.write(`CONNECT ${NAME}:443 HTTP/1.1\r\nHost: ${NAME}:443\r\n${credentials}\r\n`)
    socket.once('data', (head) => {
      const [line = ''] = head.toString('latin1').split('\r\n')
      if (/^HTTP\/1\.[01] 2\d\d/.test(line)) resolve(socket)
      else reject(new Error(`CONNECT was answered “${line}”`))
    })
  })
}

function shakeHands(tunnel: Socket, ca: string): Promise<Finding> {
  return new Promise((resolve, reject) => {
    const tls = openTls({ socket: tunnel, servername: NAME, ca }, () => {
      const { issuer } = tls.getPeerCertificate()
      tls.destroy()
      resolve(good(`forges certificates that the CA vouches for (${issuer.CN ?? issuer.O})`))
    })
    tls.on('error', reject)
  })
}
