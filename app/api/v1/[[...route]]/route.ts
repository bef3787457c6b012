import { webApi } from '@/server/api/web'

async function handle(request: Request): Promise<Response> {
  return (await webApi()).fetch(request)
}

export { handle as DELETE, handle as GET, handle as PATCH, handle as POST, handle as PUT }
