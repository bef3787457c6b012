import { execFile } from 'node:child_process'
import { createHash, randomBytes } from 'node:crypto'
import { promisify } from 'node:util'
import { describe, expect } from 'vitest'
import { openTestContext } from '@/test/support/context'
import { curlThrough } from '@/test/support/curl'
import { startTestProxy } from '@/test/support/proxy'
import { storeFile } from '@/test/support/stored-file'
import { itWith } from '@/test/support/tools'

/* The programs that people use, unchanged, fetch what is stored under its own URL from hosts that cannot be reached. */

const run = promisify(execFile)
const ctx = await openTestContext({ ENTREPOT_PUBLIC_URL: 'http://entrepot.example.org' })
const proxy = await startTestProxy(ctx)

const small = Buffer.from('small content\n'.repeat(100))
const large = randomBytes(5_000_000)
const digest = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex')
for (const base of [
  'http://files.example.org',
  'https://files.example.org',
  'https://files.example.org:8443',
]) {
  await storeFile(ctx, `${base}/small.txt`, small, { contentType: 'text/plain' })
  await storeFile(ctx, `${base}/v1.tar.gz?a=1&b=2`, large)
}
await storeFile(ctx, 'https://192.0.2.7/small.txt', small)
await storeFile(ctx, 'https://[2001:db8::7]/small.txt', small)
await storeFile(ctx, 'http://[2001:db8::7]:8080/small.txt', small)

const curl = (url: string, ...args: string[]) =>
  curlThrough({ proxy: proxy.url, caFile: proxy.caFile }, url, args)

/** Standard output of a program that knows the proxy and the authority from its environment alone. */
async function output(command: string, args: string[]): Promise<Buffer> {
  const { stdout } = await run(command, args, {
    encoding: 'buffer',
    maxBuffer: 64 * 1024 * 1024,
    env: {
      ...{ NODE_ENV: 'test' as const, PATH: process.env.PATH, HOME: ctx.env.ENTREPOT_DATA },
      ...{ http_proxy: proxy.url, https_proxy: proxy.url, HTTPS_PROXY: proxy.url, no_proxy: '' },
      ...{ SSL_CERT_FILE: proxy.caFile, NODE_EXTRA_CA_CERTS: proxy.caFile },
    } as unknown as NodeJS.ProcessEnv,
  })
  return stdout
}

describe('curl', () => {
  itWith('curl', 'gets the same bytes over every protocol, from names and addresses', async () => {
    for (const url of [
      'http://files.example.org/small.txt',
      'https://files.example.org/small.txt',
      'https://files.example.org:8443/small.txt',
      'https://192.0.2.7/small.txt',
      'https://[2001:db8::7]/small.txt',
      'http://[2001:db8::7]:8080/small.txt',
    ]) {
      for (const protocol of ['--http1.1', '--http2', '--http1.0']) {
        const answer = await curl(url, protocol)
        expect([url, protocol, answer.status]).toEqual([url, protocol, 200])
        expect(answer.body.equals(small)).toBe(true)
      }
    }
  })

  itWith('curl', 'speaks HTTP/2 where it can', async () => {
    expect((await curl('https://files.example.org/small.txt')).headers).toMatch(/^HTTP\/2 200/)
  })

  itWith('curl', 'gets large files whole and resumes them', async () => {
    for (const scheme of ['http', 'https']) {
      const url = `${scheme}://files.example.org/v1.tar.gz?a=1&b=2`
      expect(digest((await curl(url)).body)).toBe(digest(large))
      const rest = await curl(url, '--range', '4000000-')
      expect(rest.status).toBe(206)
      expect(rest.body.equals(large.subarray(4_000_000))).toBe(true)
    }
  })

  itWith('curl', 'gets several parts, fields alone, and nothing when nothing changed', async () => {
    const url = 'https://files.example.org/small.txt'
    const parts = await curl(url, '--range', '0-4,14-18')
    expect(parts.headers).toContain('multipart/byteranges')
    expect(parts.body.toString().match(/\r\n\r\nsmall/g)).toHaveLength(2)
    const head = await curl(url, '--head')
    expect(head.headers.toLowerCase()).toContain(`content-length: ${small.length}`)
    expect(head.body.length).toBe(0)
    const same = await curl(url, '--header', `If-None-Match: "sha256:${digest(small)}"`)
    expect([same.status, same.body.length]).toEqual([304, 0])
  })

  itWith('curl', 'tunnels plain http as well', async () => {
    const answer = await curl('http://files.example.org/small.txt', '--proxytunnel')
    expect(answer.body.equals(small)).toBe(true)
  })

  itWith('curl', 'is told why, and what to do, when there is nothing', async () => {
    const answer = await curl('https://files.example.org/undeclared')
    expect(answer.status).toBe(404)
    expect(answer.body.toString()).toContain(
      'http://entrepot.example.org/files/declare?url=https%3A%2F%2Ffiles.example.org%2Fundeclared',
    )
  })

  itWith('curl', 'is told when the connection is for another host', async () => {
    const answer = await curl(
      'https://files.example.org/small.txt',
      '--http1.1',
      '--header',
      'Host: other.example.org',
    )
    expect(answer.status).toBe(421)
    expect((await curl('http://files.example.org/small.txt', '--request', 'PURGE')).status).toBe(405)
  })
})

describe('wget', () => {
  itWith('wget', 'gets the same bytes', async () => {
    const wget = (url: string) => output('wget', ['-qO-', '-t1', `--ca-certificate=${proxy.caFile}`, url])
    expect((await wget('https://files.example.org/small.txt')).equals(small)).toBe(true)
    expect(digest(await wget('http://files.example.org/v1.tar.gz?a=1&b=2'))).toBe(digest(large))
  })
})

const python = `
import ssl, sys, urllib.request
context = ssl.create_default_context(cafile=sys.argv[1])
context.verify_flags |= ssl.VERIFY_X509_STRICT
opener = urllib.request.build_opener(urllib.request.HTTPSHandler(context=context))
sys.stdout.buffer.write(opener.open(sys.argv[2]).read())
`

describe('Python', () => {
  itWith('python3', 'gets the same bytes under the strictest verification', async () => {
    for (const url of [
      'https://files.example.org/v1.tar.gz?a=1&b=2',
      'http://files.example.org/v1.tar.gz?a=1&b=2',
    ]) {
      expect(digest(await output('python3', ['-c', python, proxy.caFile, url]))).toBe(digest(large))
    }
  })
})

const node = `
import { EnvHttpProxyAgent, request } from 'undici'
const { body } = await request(process.argv[1], { dispatcher: new EnvHttpProxyAgent() })
process.stdout.write(Buffer.from(await body.arrayBuffer()))
`

describe('Node', () => {
  itWith('node', 'gets the same bytes with its proxy from the environment', async () => {
    for (const url of [
      'https://files.example.org/v1.tar.gz?a=1&b=2',
      'http://files.example.org/v1.tar.gz?a=1&b=2',
    ]) {
      expect(digest(await output('node', ['--input-type=module', '--eval', node, url]))).toBe(digest(large))
    }
  })
})

describe('openssl', () => {
  itWith('openssl', 'verifies the certificate of a tunnel strictly, and agrees on HTTP/2', async () => {
    const args = ['s_client', '-proxy', `127.0.0.1:${proxy.port}`, '-connect', 'files.example.org:443']
    const checks = ['-verify_return_error', '-x509_strict', '-verify_hostname', 'files.example.org']
    const rest = ['-CAfile', proxy.caFile, '-alpn', 'h2,http/1.1']
    const said = run('openssl', [...args, ...checks, ...rest])
    said.child.stdin?.end()
    const { stdout } = await said
    expect(stdout).toContain('Verify return code: 0 (ok)')
    expect(stdout).toContain('ALPN protocol: h2')
  })
})
