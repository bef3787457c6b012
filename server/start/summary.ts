import { dmoveUrl, type Env, proxyAddress, publicUrl } from '@/server/env'
import type { FirstSignIn } from '@/server/start/first-sign-in'

export interface SummaryParts {
  env: Env
  signIn: Pick<FirstSignIn, 'email' | 'password' | 'token'> | undefined
  caFile: string
  logFile: string | undefined
}

/** What is printed when everything is up: all that is needed to go on, and secrets once only. */
export function summary({ env, signIn, caFile, logFile }: SummaryParts): string {
  const portal = publicUrl(env)
  const rows: [string, string | undefined][] = [
    ['Portal', portal],
    ['Sign in', signIn && `${signIn.email}${signIn.password ? `  password ${signIn.password}` : ''}`],
    ['Token', signIn?.token],
    ['Proxy', `http://${proxyAddress(env)}`],
    ['Dmove', dmoveUrl(env)],
    ['CA', caFile],
    ['Log', logFile],
    ['Next', `npx entrepot declare <url> --team platform --reason "why you need it"`],
  ]
  const lines = rows.flatMap(([name, value]) => (value ? [`  ${name.padEnd(8)} ${value}`] : []))
  const once = signIn?.password || signIn?.token ? '\n  Secrets are shown this once.\n' : ''
  return `\nEntrepôt is ready.\n\n${lines.join('\n')}\n${once}\nCtrl-C stops it.\n`
}
