import { answerSignIn } from '@/server/auth/session'
import { runtime } from '@/server/runtime'

async function handle(request: Request): Promise<Response> {
  const { ctx } = await runtime()
  return answerSignIn(ctx, request)
}

export { handle as GET, handle as POST }
