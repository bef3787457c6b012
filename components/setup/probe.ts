import type { Installation } from '@/components/setup/recipes'

/** RFC 6761 §6.4: no such host will ever exist, so nobody is asked, whatever the proxy does. */
const HOST = 'check.entrepot.invalid'

/** A URL that nobody declared and nobody else asks for. */
export function probeUrl(id: string): string {
  return `https://${HOST}/${id}`
}

/**
 * The command that sends the probe with the very tool that was set up. The request arrives only when the client reaches the
 * proxy and trusts its certificate, so its arrival is the proof of both.
 */
export function probeCommand(recipe: string, url: string, { proxy }: Installation): string {
  switch (recipe) {
    case 'windows':
      // Schannel asks for a revocation list, which an authority of one's own does not have.
      return `curl.exe -sS --ssl-no-revoke ${url}`
    case 'docker':
      return `docker run --rm your-image curl -sS ${url}`
    case 'bazel':
      return `curl -sS --proxy http://${proxy} --cacert entrepot.crt ${url}`
    case 'node':
      return `node -e "fetch('${url}').then((answer) => answer.text()).then(console.log)"`
    case 'python':
      return `python3 -c "import urllib.request; urllib.request.urlopen('${url}')"`
    case 'git':
      return `git ls-remote ${url}`
    case 'cargo':
      return `curl -sS --proxy http://${proxy} --cacert ~/.entrepot.crt ${url}`
    case 'browser':
      return url
    default:
      return `curl -sS ${url}`
  }
}
