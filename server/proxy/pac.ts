interface PacInput {
  /** `host:port` of the proxy. */
  proxy: string
  /** Hosts that clients reach themselves: Entrepôt's own. */
  direct: readonly string[]
}

/**
 * A proxy auto-configuration file: everything goes through the proxy, except Entrepôt itself and names without a dot.
 * There is no way around a proxy that does not answer: a client that quietly went to the internet would hide what is missing.
 */
export function proxyAutoConfiguration({ proxy, direct }: PacInput): string {
  return `function FindProxyForURL(url, host) {
  var direct = ${JSON.stringify(['localhost', '127.0.0.1', '::1', ...direct])};
  if (isPlainHostName(host) || direct.indexOf(host) >= 0) return "DIRECT";
  return ${JSON.stringify(`PROXY ${proxy}`)};
}
`
}
