/** What a browser does with cookies and forms, against a handler instead of a network. */
export class Browser {
  private readonly jar = new Map<string, string>()
  /** Every `Set-Cookie` seen, as sent. */
  readonly received: string[] = []

  constructor(
    private readonly origin: string,
    private readonly handle: (request: Request) => Promise<Response>,
  ) {}

  async fetch(path: string, init: RequestInit = {}): Promise<Response> {
    const url = new URL(path, this.origin)
    const headers = new Headers(init.headers)
    headers.set('host', url.host)
    headers.set('cookie', this.cookies())
    const response = await this.handle(new Request(url, { ...init, headers }))
    for (const cookie of response.headers.getSetCookie()) this.keep(cookie)
    return response
  }

  cookies(): string {
    return [...this.jar].map(([name, value]) => `${name}=${value}`).join('; ')
  }

  cookie(name: string): string | undefined {
    return this.jar.get(name)
  }

  setCookie(name: string, value: string): void {
    this.jar.set(name, value)
  }

  /** Posts a form of next-auth, with its CSRF token. */
  async submit(path: string, fields: Record<string, string> = {}): Promise<Response> {
    const csrf = (await (await this.fetch('/api/auth/csrf')).json()) as { csrfToken: string }
    return this.fetch(path, {
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded', 'x-forwarded-for': '192.0.2.1' },
      body: new URLSearchParams({ csrfToken: csrf.csrfToken, json: 'true', ...fields }).toString(),
    })
  }

  private keep(cookie: string): void {
    this.received.push(cookie)
    const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(cookie) ?? []
    const isOver = /max-age=0\b/i.test(cookie) || /expires=Thu, 01 Jan 1970/i.test(cookie)
    if (isOver || value === '') this.jar.delete(name)
    else this.jar.set(name, value)
  }
}
