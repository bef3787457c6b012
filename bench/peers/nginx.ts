import { chmod, mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type Server, startServer } from '@/bench/programs'

/** nginx with one worker, serving a directory. */
export async function startNginx(
  program: string,
  place: { directory: string; port: number },
): Promise<Server> {
  const root = join(place.directory, 'root')
  await mkdir(root, { recursive: true })
  await chmod(place.directory, 0o755)
  const config = join(place.directory, 'nginx.conf')
  await writeFile(
    config,
    `daemon off; worker_processes 1; pid ${place.directory}/nginx.pid; error_log ${place.directory}/error.log;
events { worker_connections 1024; }
http {
  access_log off; sendfile on; tcp_nopush on; keepalive_requests 1000000; open_file_cache max=1000;
  client_body_temp_path ${place.directory}/b; proxy_temp_path ${place.directory}/p; fastcgi_temp_path ${place.directory}/f;
  uwsgi_temp_path ${place.directory}/u; scgi_temp_path ${place.directory}/s;
  server { listen 127.0.0.1:${place.port}; root ${root}; }
}
`,
  )
  return startServer(program, ['-c', config, '-p', place.directory], place.port)
}
