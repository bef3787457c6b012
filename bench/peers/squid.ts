import { execFileSync } from 'node:child_process'
import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type Server, startServer } from '@/bench/programs'

interface Place {
  directory: string
  port: number
  origin: { port: number; securePort: number }
}

export interface Squid extends Server {
  ca: string
}

/** squid with ssl-bump and a memory cache large enough for every body; TLS is bumped before the origin is asked. */
export async function startSquid(program: string, place: Place): Promise<Squid> {
  const { directory } = place
  await mkdir(directory, { recursive: true })
  const certificate = join(directory, 'ca.pem')
  const subject = [
    '-subj',
    '/CN=squid bench',
    '-addext',
    'basicConstraints=critical,CA:TRUE',
    '-addext',
    'keyUsage=critical,keyCertSign',
  ]
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes']
  execFileSync(
    'openssl',
    ['req', '-x509', ...key, '-days', '2', ...subject, '-keyout', certificate, '-out', `${certificate}.crt`],
    {
      stdio: 'ignore',
    },
  )
  const ca = await readFile(`${certificate}.crt`, 'utf8')
  await writeFile(certificate, `${await readFile(certificate, 'utf8')}${ca}`)
  const database = join(directory, 'certificates')
  execFileSync('/usr/lib/squid/security_file_certgen', ['-c', '-s', database, '-M', '64MB'], {
    stdio: 'ignore',
  })
  execFileSync('chown', ['-R', 'proxy:proxy', directory])
  await chmod(directory, 0o755)
  const config = join(directory, 'squid.conf')
  await writeFile(config, configuration(place, certificate, database))
  const server = await startServer(program, ['-N', '-f', config], place.port)
  return { ...server, ca }
}

function configuration(place: Place, certificate: string, database: string) {
  return `http_port 127.0.0.1:${place.port} ssl-bump generate-host-certificates=on dynamic_cert_mem_cache_size=64MB tls-cert=${certificate}
sslcrtd_program /usr/lib/squid/security_file_certgen -s ${database} -M 64MB
sslcrtd_children 4 startup=2 idle=1
ssl_bump bump all
http_access allow all
cache_mem 1024 MB
maximum_object_size_in_memory 512 MB
maximum_object_size 512 MB
memory_cache_mode always
cache_peer 127.0.0.1 parent ${place.origin.port} 0 no-query originserver name=plain
cache_peer 127.0.0.1 parent ${place.origin.securePort} 0 no-query originserver tls tls-flags=DONT_VERIFY_PEER,DONT_VERIFY_DOMAIN name=secure
acl secure proto HTTPS
cache_peer_access plain deny secure
cache_peer_access secure allow secure
never_direct allow all
refresh_pattern . 1440 100% 1440 override-expire ignore-reload
access_log none
cache_log ${place.directory}/cache.log
pid_filename ${place.directory}/squid.pid
coredump_dir ${place.directory}
shutdown_lifetime 0 seconds
client_persistent_connections on
max_filedescriptors 4096
cache_effective_user proxy
visible_hostname bench.example.org
`
}
