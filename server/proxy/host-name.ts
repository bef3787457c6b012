import { isIP } from 'node:net'
import { domainToASCII } from 'node:url'
import ipaddr from 'ipaddr.js'
import { AppError } from '@/server/errors'

/** A host as a certificate names it. `name` is canonical: two spellings of one host give the same `name`. */
export type HostName = { kind: 'dns'; name: string } | { kind: 'ip'; name: string; octets: Buffer }

/** RFC 1035 §3.1: 255 octets on the wire, which leaves 253 characters. */
const MAX_LENGTH = 253

/** RFC 1123 §2.1, and the underscore that RFC 952 forbids but storage buckets and service records have. */
const LABEL = /^[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?$/

/**
 * The host named by an SNI extension, a CONNECT authority without its port, or a Host header without its port.
 * Names become lower-case A-labels (UTS #46) without the root's dot; addresses take their shortest form, without brackets.
 *
 * @throws AppError `invalid` for anything that is neither; nothing is repaired.
 */
export function parseHostName(text: string): HostName {
  const address = parseAddress(text)
  if (address !== undefined) return address
  const name = toAscii(text).replace(/\.$/, '')
  const labels = name.split('.')
  const isNumeric = /^(?:\d+|0x[0-9a-f]*)$/.test(labels.at(-1) ?? '')
  if (name.length > MAX_LENGTH || isNumeric || !labels.every((label) => LABEL.test(label)))
    throw malformed(text)
  return { kind: 'dns', name }
}

function parseAddress(text: string): HostName | undefined {
  const bare = text.startsWith('[') && text.endsWith(']') ? text.slice(1, -1) : text
  // isIP first: ipaddr.js also reads octal, hexadecimal and shortened IPv4, which other programs read otherwise.
  const family = isIP(bare)
  if (family === 0 || bare.includes('%') || (family === 4 && bare !== text)) return undefined
  const address = ipaddr.parse(bare)
  return { kind: 'ip', name: address.toString(), octets: Buffer.from(address.toByteArray()) }
}

function toAscii(text: string): string {
  // Plain ASCII skips the URL parser, which would decode %-escapes and read 0x7f.1 as an address.
  if (/^[\x21-\x7e]*$/.test(text)) return text.toLowerCase()
  if (text.length > MAX_LENGTH || /[\0-\x20%/?#@:[\\\]\x7f]/.test(text)) throw malformed(text)
  return domainToASCII(text)
}

function malformed(text: string): AppError {
  const shown = text.length > 64 ? `${text.slice(0, 64)}…` : text
  return new AppError('invalid', `${JSON.stringify(shown)} is not a host name.`)
}
