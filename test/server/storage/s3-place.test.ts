import { describe, expect, it } from 'vitest'
import { parseS3Place } from '@/server/storage/s3-place'

describe('the place of an S3 storage', () => {
  it.each([
    ['s3://bucket', { bucket: 'bucket', prefix: '' }],
    ['s3://bucket/', { bucket: 'bucket', prefix: '' }],
    ['s3://my.bucket-1/a/b/?region=eu-west-1', { bucket: 'my.bucket-1', prefix: 'a/b', region: 'eu-west-1' }],
    [
      's3://bucket/p?endpoint=http://127.0.0.1:9000',
      { bucket: 'bucket', prefix: 'p', endpoint: 'http://127.0.0.1:9000', region: 'us-east-1' },
    ],
    [
      's3://bucket/p?endpoint=https://s3.example.org&region=here',
      { bucket: 'bucket', prefix: 'p', endpoint: 'https://s3.example.org', region: 'here' },
    ],
  ])('%s', (text, place) => {
    expect(parseS3Place(text)).toEqual(place)
  })

  it.each([
    ['s3:///prefix', 'names no bucket'],
    ['s3://Bucket_1/x', 'not the name of a bucket'],
    ['s3://s3.example.org:9000/bucket', 'a server goes into endpoint='],
    ['s3://bucket/x?endpont=http://a', 'has no “endpont=”'],
    ['s3://bucket/x?endpoint=localhost:9000', 'must be an http(s) URL'],
    ['s3://key:secret@bucket/x', 'set AWS_ACCESS_KEY_ID'],
  ])('%s is refused with what to write', (text, words) => {
    expect(() => parseS3Place(text)).toThrow(words)
  })
})
