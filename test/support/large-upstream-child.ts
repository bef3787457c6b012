import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

/** An upstream in a process of its own, so that its memory is not the test's: `/<bytes>` is a file of so many bytes. */
const chunk = Buffer.alloc(256 * 1024, 'entrepot ')
const server = createServer((request, response) => {
  let left = Number((request.url ?? '').slice(1))
  response.writeHead(200, { 'content-length': left })
  const send = () => {
    while (left > 0) {
      const part = left < chunk.length ? chunk.subarray(0, left) : chunk
      left -= part.length
      if (!response.write(part)) return void response.once('drain', send)
    }
    response.end()
  }
  send()
})
server.listen(0, '127.0.0.1', () => process.stdout.write(`${(server.address() as AddressInfo).port}\n`))
