import { createRoute } from '@hono/zod-openapi'
import { answers, apiArea, jsonBody } from '@/server/api/plumbing'
import { dryRunQuery, idParam, page } from '@/server/http/schema'
import { choosePlatforms } from '@/server/images/choose-platforms'
import { declareImage } from '@/server/images/declare-image'
import { declareImages } from '@/server/images/declare-images'
import { getImage } from '@/server/images/get-image'
import { listImages } from '@/server/images/list-images'
import { readImageDownloads } from '@/server/images/read-image-downloads'
import { readImageFacets } from '@/server/images/read-image-facets'
import { resolveTag } from '@/server/images/resolve-tag'
import { retryImage } from '@/server/images/retry-image'
import {
  imageDeclarations,
  imageDetail,
  imageFacets,
  imageInput,
  imageQuery,
  imageSummary,
  imagesInput,
  platformsInput,
  resolvedTag,
  resolveInput,
} from '@/server/images/schema'
import { downloads, downloadsQuery } from '@/server/mirror/schema'
import { taskDetail } from '@/server/tasks/schema'

const tags = ['Images']

export const imagesApi = apiArea()
  .openapi(
    createRoute({
      method: 'get',
      path: '/',
      tags,
      summary: 'List and search mirrored images, newest first',
      request: { query: imageQuery },
      responses: answers(200, page(imageSummary), 'A page of images'),
    }),
    async (c) => c.json(await listImages(c.var.ctx, c.var.actor, c.req.valid('query')), 200),
  )
  .openapi(
    createRoute({
      method: 'post',
      path: '/',
      tags,
      summary: 'Declare an image by its digest, with the reason',
      description:
        'Give `reference` as pasted (`docker.io/library/debian@sha256:…`), or registry, repository and digest. A tag is refused: ask `/images/resolve` for its digest first. An image that is known gets a use of your team (200).',
      request: { ...jsonBody(imageInput), query: dryRunQuery },
      responses: {
        ...answers(201, imageDetail, 'The image is new and will be fetched'),
        ...answers(200, imageDetail, 'The image was known'),
      },
    }),
    async (c) => {
      const { outcome, image } = await declareImage(
        c.var.ctx,
        c.var.actor,
        c.req.valid('json'),
        c.req.valid('query'),
      )
      return outcome === 'new' ? c.json(image, 201) : c.json(image, 200)
    },
  )
  .openapi(
    createRoute({
      method: 'post',
      path: '/batch',
      tags,
      summary: 'Declare many images with one reason: all, or none',
      request: { ...jsonBody(imagesInput), query: dryRunQuery },
      responses: answers(200, imageDeclarations, 'What became of each line'),
    }),
    async (c) =>
      c.json(await declareImages(c.var.ctx, c.var.actor, c.req.valid('json'), c.req.valid('query')), 200),
  )
  .openapi(
    createRoute({
      method: 'post',
      path: '/resolve',
      tags,
      summary: 'Ask a registry which digest a tag has now; nothing is declared',
      request: jsonBody(resolveInput),
      responses: answers(200, resolvedTag, 'The digest, and the platforms of an index'),
    }),
    async (c) => c.json(await resolveTag(c.var.ctx, c.var.actor, c.req.valid('json')), 200),
  )
  .openapi(
    createRoute({
      method: 'get',
      path: '/facets',
      tags,
      summary: 'List by which registries, states and teams images can be filtered',
      responses: answers(200, imageFacets, 'The values, the most frequent first'),
    }),
    async (c) => c.json(await readImageFacets(c.var.ctx, c.var.actor), 200),
  )
  .openapi(
    createRoute({
      method: 'get',
      path: '/{id}',
      tags,
      summary: 'Read one image with its tree, its platforms and its uses',
      request: { params: idParam },
      responses: answers(200, imageDetail, 'The image'),
    }),
    async (c) => c.json(await getImage(c.var.ctx, c.var.actor, c.req.valid('param')), 200),
  )
  .openapi(
    createRoute({
      method: 'get',
      path: '/{id}/downloads',
      tags,
      summary: 'Downloads of an image by day and by team',
      request: { params: idParam, query: downloadsQuery },
      responses: answers(200, downloads, 'The downloads'),
    }),
    async (c) => {
      const query = { ...c.req.valid('param'), ...c.req.valid('query') }
      return c.json(await readImageDownloads(c.var.ctx, c.var.actor, query), 200)
    },
  )
  .openapi(
    createRoute({
      method: 'post',
      path: '/{id}/retry',
      tags,
      summary: 'Fetch an image again whose fetch failed',
      request: { params: idParam, query: dryRunQuery },
      responses: answers(202, taskDetail, 'The new task'),
    }),
    async (c) => {
      const input = { ...c.req.valid('param'), ...c.req.valid('query') }
      return c.json(await retryImage(c.var.ctx, c.var.actor, input), 202)
    },
  )
  .openapi(
    createRoute({
      method: 'post',
      path: '/{id}/platforms',
      tags,
      summary: 'Fetch further platforms of an image; without any, all the rest',
      request: { ...jsonBody(platformsInput), params: idParam, query: dryRunQuery },
      responses: answers(202, taskDetail, 'The new task'),
    }),
    async (c) => {
      const input = { ...c.req.valid('json'), ...c.req.valid('param'), ...c.req.valid('query') }
      return c.json(await choosePlatforms(c.var.ctx, c.var.actor, input), 202)
    },
  )
