CREATE EXTENSION IF NOT EXISTS pg_trgm;

-- Time-ordered identifiers (RFC 9562 version 7) on every PostgreSQL that we support: keyset pages follow creation. The 12 bits
-- after the version hold the fraction of the millisecond (section 6.2, method 3), so that rows of one statement keep their order.
CREATE FUNCTION uuid7() RETURNS uuid LANGUAGE sql VOLATILE PARALLEL SAFE AS $$
  SELECT encode(
    overlay(
      overlay(uuid_send(gen_random_uuid()) PLACING substring(int8send(micros / 1000) FROM 3) FROM 1 FOR 6)
      PLACING int2send((28672 + micros % 1000 * 4096 / 1000)::int2) FROM 7 FOR 2),
    'hex')::uuid
  FROM (SELECT (extract(epoch FROM clock_timestamp()) * 1000000)::bigint AS micros) AS clock
$$;



-- CreateEnum
CREATE TYPE "role" AS ENUM ('viewer', 'member', 'maintainer', 'administrator');

-- CreateEnum
CREATE TYPE "file_state" AS ENUM ('pending', 'fetching', 'stored', 'failed');

-- CreateEnum
CREATE TYPE "file_origin" AS ENUM ('upstream', 'upload');

-- CreateEnum
CREATE TYPE "miss_state" AS ENUM ('open', 'declared', 'dismissed');

-- CreateEnum
CREATE TYPE "host_action" AS ENUM ('deny');

-- CreateEnum
CREATE TYPE "authority_origin" AS ENUM ('generated', 'imported');

-- CreateEnum
CREATE TYPE "task_state" AS ENUM ('waiting', 'running', 'succeeded', 'failed', 'cancelled');

-- CreateTable
CREATE TABLE "users" (
    "id" UUID NOT NULL DEFAULT uuid7(),
    "email" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "role" "role" NOT NULL DEFAULT 'viewer',
    "password_hash" TEXT,
    "oidc_subject" TEXT,
    "session_version" INTEGER NOT NULL DEFAULT 1,
    "failed_sign_ins" INTEGER NOT NULL DEFAULT 0,
    "locked_until" TIMESTAMPTZ(3),
    "last_sign_in_at" TIMESTAMPTZ(3),
    "disabled_at" TIMESTAMPTZ(3),
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "users_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "teams" (
    "id" UUID NOT NULL DEFAULT uuid7(),
    "slug" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "teams_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "memberships" (
    "user_id" UUID NOT NULL,
    "team_id" UUID NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "memberships_pkey" PRIMARY KEY ("user_id","team_id")
);

-- CreateTable
CREATE TABLE "api_tokens" (
    "id" UUID NOT NULL DEFAULT uuid7(),
    "name" TEXT NOT NULL,
    "prefix" TEXT NOT NULL,
    "hash" TEXT NOT NULL,
    "user_id" UUID NOT NULL,
    "team_id" UUID,
    "scopes" TEXT[],
    "expires_at" TIMESTAMPTZ(3),
    "last_used_at" TIMESTAMPTZ(3),
    "revoked_at" TIMESTAMPTZ(3),
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "api_tokens_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "blobs" (
    "sha256" TEXT NOT NULL,
    "size" BIGINT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "blobs_pkey" PRIMARY KEY ("sha256")
);

-- CreateTable
CREATE TABLE "files" (
    "id" UUID NOT NULL DEFAULT uuid7(),
    "uri" TEXT NOT NULL,
    "declared_uri" TEXT NOT NULL,
    "host" TEXT NOT NULL,
    "state" "file_state" NOT NULL DEFAULT 'pending',
    "origin" "file_origin" NOT NULL DEFAULT 'upstream',
    "sha256" TEXT,
    "size" BIGINT,
    "expected_integrity" TEXT,
    "content_type" TEXT,
    "content_disposition" TEXT,
    "upstream_etag" TEXT,
    "upstream_modified_at" TIMESTAMPTZ(3),
    "redirects" JSONB NOT NULL DEFAULT '[]',
    "error_code" TEXT,
    "error" TEXT,
    "attempts" INTEGER NOT NULL DEFAULT 0,
    "next_attempt_at" TIMESTAMPTZ(3),
    "stored_at" TIMESTAMPTZ(3),
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "files_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "uses" (
    "id" UUID NOT NULL DEFAULT uuid7(),
    "file_id" UUID NOT NULL,
    "team_id" UUID NOT NULL,
    "reason" TEXT NOT NULL,
    "project" TEXT,
    "licence" TEXT,
    "created_by_id" UUID,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "retired_at" TIMESTAMPTZ(3),
    "retired_reason" TEXT,

    CONSTRAINT "uses_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "file_search" (
    "id" UUID NOT NULL,
    "uri" TEXT NOT NULL,

    CONSTRAINT "file_search_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "download_days" (
    "file_id" UUID NOT NULL,
    "day" DATE NOT NULL,
    "team_id" UUID NOT NULL,
    "count" BIGINT NOT NULL DEFAULT 0,
    "bytes" BIGINT NOT NULL DEFAULT 0,

    CONSTRAINT "download_days_pkey" PRIMARY KEY ("file_id","day","team_id")
);

-- CreateTable
CREATE TABLE "misses" (
    "id" UUID NOT NULL DEFAULT uuid7(),
    "url" TEXT NOT NULL,
    "host" TEXT NOT NULL,
    "state" "miss_state" NOT NULL DEFAULT 'open',
    "count" BIGINT NOT NULL DEFAULT 0,
    "first_seen_at" TIMESTAMPTZ(3) NOT NULL,
    "last_seen_at" TIMESTAMPTZ(3) NOT NULL,
    "decided_by_id" UUID,
    "decided_at" TIMESTAMPTZ(3),
    "file_id" UUID,

    CONSTRAINT "misses_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "miss_sightings" (
    "miss_id" UUID NOT NULL,
    "client_network" TEXT NOT NULL,
    "user_agent" TEXT NOT NULL,
    "team_id" UUID NOT NULL,
    "count" BIGINT NOT NULL DEFAULT 0,
    "first_seen_at" TIMESTAMPTZ(3) NOT NULL,
    "last_seen_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "miss_sightings_pkey" PRIMARY KEY ("miss_id","client_network","user_agent","team_id")
);

-- CreateTable
CREATE TABLE "host_rules" (
    "host" TEXT NOT NULL,
    "action" "host_action" NOT NULL,
    "reason" TEXT NOT NULL,
    "created_by_id" UUID,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "host_rules_pkey" PRIMARY KEY ("host")
);

-- CreateTable
CREATE TABLE "authorities" (
    "id" UUID NOT NULL DEFAULT uuid7(),
    "origin" "authority_origin" NOT NULL,
    "subject" TEXT NOT NULL,
    "fingerprint" TEXT NOT NULL,
    "certificate_pem" TEXT NOT NULL,
    "not_before" TIMESTAMPTZ(3) NOT NULL,
    "not_after" TIMESTAMPTZ(3) NOT NULL,
    "signs_from" TIMESTAMPTZ(3) NOT NULL,
    "retired_at" TIMESTAMPTZ(3),
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "authorities_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "tasks" (
    "id" UUID NOT NULL DEFAULT uuid7(),
    "kind" TEXT NOT NULL,
    "title" TEXT NOT NULL,
    "owner_id" UUID,
    "subject_type" TEXT,
    "subject_id" UUID,
    "state" "task_state" NOT NULL DEFAULT 'waiting',
    "done" BIGINT NOT NULL DEFAULT 0,
    "total" BIGINT,
    "unit" TEXT,
    "step" TEXT,
    "error" TEXT,
    "attempts" INTEGER NOT NULL DEFAULT 0,
    "cancel_requested_at" TIMESTAMPTZ(3),
    "run_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "started_at" TIMESTAMPTZ(3),
    "finished_at" TIMESTAMPTZ(3),

    CONSTRAINT "tasks_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "task_logs" (
    "id" BIGSERIAL NOT NULL,
    "task_id" UUID NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "level" TEXT NOT NULL DEFAULT 'info',
    "message" TEXT NOT NULL,

    CONSTRAINT "task_logs_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "job_runners" (
    "id" UUID NOT NULL,
    "lock_key" BIGINT NOT NULL,
    "worker_ids" TEXT[],
    "started_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "job_runners_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "audit_entries" (
    "id" UUID NOT NULL DEFAULT uuid7(),
    "at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "actor_type" TEXT NOT NULL,
    "actor_id" UUID,
    "actor_name" TEXT NOT NULL,
    "action" TEXT NOT NULL,
    "subject_type" TEXT NOT NULL,
    "subject_id" TEXT,
    "subject_name" TEXT NOT NULL,
    "details" JSONB NOT NULL DEFAULT '{}',
    "request_id" TEXT,

    CONSTRAINT "audit_entries_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "idempotency_keys" (
    "key" TEXT NOT NULL,
    "fingerprint" TEXT NOT NULL,
    "status" INTEGER,
    "body" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "idempotency_keys_pkey" PRIMARY KEY ("key")
);

-- CreateIndex
CREATE UNIQUE INDEX "users_email_key" ON "users"("email");

-- CreateIndex
CREATE UNIQUE INDEX "users_oidc_subject_key" ON "users"("oidc_subject");

-- CreateIndex
CREATE UNIQUE INDEX "teams_slug_key" ON "teams"("slug");

-- CreateIndex
CREATE INDEX "memberships_team_id_idx" ON "memberships"("team_id");

-- CreateIndex
CREATE UNIQUE INDEX "api_tokens_hash_key" ON "api_tokens"("hash");

-- CreateIndex
CREATE INDEX "api_tokens_user_id_idx" ON "api_tokens"("user_id");

-- CreateIndex
CREATE UNIQUE INDEX "files_uri_key" ON "files"("uri");

-- CreateIndex
CREATE INDEX "uses_file_id_idx" ON "uses"("file_id");

-- CreateIndex
CREATE UNIQUE INDEX "misses_url_key" ON "misses"("url");

-- CreateIndex
CREATE INDEX "misses_state_last_seen_at_id_idx" ON "misses"("state", "last_seen_at" DESC, "id" DESC);

-- CreateIndex
CREATE INDEX "misses_host_idx" ON "misses"("host");

-- CreateIndex
CREATE UNIQUE INDEX "authorities_fingerprint_key" ON "authorities"("fingerprint");

-- CreateIndex
CREATE INDEX "tasks_state_id_idx" ON "tasks"("state", "id" DESC);

-- CreateIndex
CREATE INDEX "tasks_subject_id_id_idx" ON "tasks"("subject_id", "id" DESC);

-- CreateIndex
CREATE INDEX "tasks_kind_id_idx" ON "tasks"("kind", "id" DESC);

-- CreateIndex
CREATE INDEX "task_logs_task_id_id_idx" ON "task_logs"("task_id", "id");

-- CreateIndex
CREATE INDEX "audit_entries_subject_type_subject_id_id_idx" ON "audit_entries"("subject_type", "subject_id", "id" DESC);

-- CreateIndex
CREATE INDEX "audit_entries_actor_id_id_idx" ON "audit_entries"("actor_id", "id" DESC);

-- CreateIndex
CREATE INDEX "audit_entries_action_id_idx" ON "audit_entries"("action", "id" DESC);

-- CreateIndex
CREATE INDEX "idempotency_keys_created_at_idx" ON "idempotency_keys"("created_at");

-- AddForeignKey
ALTER TABLE "memberships" ADD CONSTRAINT "memberships_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "users"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "memberships" ADD CONSTRAINT "memberships_team_id_fkey" FOREIGN KEY ("team_id") REFERENCES "teams"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "api_tokens" ADD CONSTRAINT "api_tokens_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "users"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "api_tokens" ADD CONSTRAINT "api_tokens_team_id_fkey" FOREIGN KEY ("team_id") REFERENCES "teams"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "files" ADD CONSTRAINT "files_sha256_fkey" FOREIGN KEY ("sha256") REFERENCES "blobs"("sha256") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "uses" ADD CONSTRAINT "uses_file_id_fkey" FOREIGN KEY ("file_id") REFERENCES "files"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "uses" ADD CONSTRAINT "uses_team_id_fkey" FOREIGN KEY ("team_id") REFERENCES "teams"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "uses" ADD CONSTRAINT "uses_created_by_id_fkey" FOREIGN KEY ("created_by_id") REFERENCES "users"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "download_days" ADD CONSTRAINT "download_days_file_id_fkey" FOREIGN KEY ("file_id") REFERENCES "files"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "misses" ADD CONSTRAINT "misses_file_id_fkey" FOREIGN KEY ("file_id") REFERENCES "files"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "miss_sightings" ADD CONSTRAINT "miss_sightings_miss_id_fkey" FOREIGN KEY ("miss_id") REFERENCES "misses"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "tasks" ADD CONSTRAINT "tasks_owner_id_fkey" FOREIGN KEY ("owner_id") REFERENCES "users"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "task_logs" ADD CONSTRAINT "task_logs_task_id_fkey" FOREIGN KEY ("task_id") REFERENCES "tasks"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- Invariants that the schema language cannot say.
ALTER TABLE "users" ADD CONSTRAINT "users_email_is_lower_case" CHECK ("email" = lower("email"));
ALTER TABLE "teams" ADD CONSTRAINT "teams_slug_grammar" CHECK ("slug" ~ '^[a-z0-9]([a-z0-9-]{0,62}[a-z0-9])?$');
ALTER TABLE "api_tokens" ADD CONSTRAINT "api_tokens_hash_is_sha256" CHECK ("hash" ~ '^[0-9a-f]{64}$');
ALTER TABLE "blobs" ADD CONSTRAINT "blobs_digest_is_sha256" CHECK ("sha256" ~ '^[0-9a-f]{64}$');
ALTER TABLE "blobs" ADD CONSTRAINT "blobs_size_is_not_negative" CHECK ("size" >= 0);
ALTER TABLE "files" ADD CONSTRAINT "files_stored_has_bytes"
  CHECK ("state" <> 'stored' OR ("sha256" IS NOT NULL AND "size" IS NOT NULL AND "stored_at" IS NOT NULL));
ALTER TABLE "files" ADD CONSTRAINT "files_only_stored_has_bytes" CHECK ("state" = 'stored' OR "sha256" IS NULL);
ALTER TABLE "files" ADD CONSTRAINT "files_failed_has_error" CHECK ("state" <> 'failed' OR "error" IS NOT NULL);
ALTER TABLE "files" ADD CONSTRAINT "files_uri_length" CHECK (length("uri") BETWEEN 8 AND 2048);
ALTER TABLE "uses" ADD CONSTRAINT "uses_reason_is_given" CHECK (length(btrim("reason")) > 0);
ALTER TABLE "uses" ADD CONSTRAINT "uses_retired_with_reason" CHECK (("retired_at" IS NULL) = ("retired_reason" IS NULL));
ALTER TABLE "misses" ADD CONSTRAINT "misses_url_length" CHECK (length("url") <= 2048);
ALTER TABLE "misses" ADD CONSTRAINT "misses_decided_when" CHECK ("state" = 'open' OR "decided_at" IS NOT NULL);
ALTER TABLE "tasks" ADD CONSTRAINT "tasks_finished_when" CHECK (("state" IN ('waiting', 'running')) = ("finished_at" IS NULL));
ALTER TABLE "authorities" ADD CONSTRAINT "authorities_fingerprint_is_sha256" CHECK ("fingerprint" ~ '^[0-9a-f]{64}$');

-- One active use of a file per team and project.
CREATE UNIQUE INDEX "uses_one_active" ON "uses" ("file_id", "team_id", coalesce("project", '')) WHERE "retired_at" IS NULL;
-- Search by any part of a URI, and by the first digits of a digest.
ALTER TABLE "file_search" ADD CONSTRAINT "file_search_of_file" FOREIGN KEY ("id") REFERENCES "files"("id") ON DELETE CASCADE;
CREATE INDEX "file_search_trigram" ON "file_search" USING gin ("uri" gin_trgm_ops)
  -- Gathered and merged by the megabyte: declaring thousands is quick, and a search has little to go through.
  WITH (fastupdate = on, gin_pending_list_limit = 1024);
CREATE FUNCTION fill_file_search() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO file_search (id, uri) SELECT id, lower(uri COLLATE "C") FROM added ORDER BY id;
  RETURN NULL;
END $$;
CREATE TRIGGER "files_are_searched" AFTER INSERT ON "files" REFERENCING NEW TABLE AS added
  FOR EACH STATEMENT EXECUTE FUNCTION fill_file_search();
CREATE FUNCTION refuse_other_uri() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'the URI of a file never changes';
END $$;
CREATE TRIGGER "files_keep_their_uri" BEFORE UPDATE OF "uri" ON "files"
  FOR EACH ROW WHEN (OLD."uri" IS DISTINCT FROM NEW."uri") EXECUTE FUNCTION refuse_other_uri();
-- Lists by state, host, team and licence, newest file first, without a look at the table.
CREATE INDEX "files_by_state" ON "files" ("state", "id" DESC) INCLUDE ("host");
CREATE INDEX "files_by_host" ON "files" ("host", "id" DESC) INCLUDE ("state");
CREATE INDEX "uses_by_team" ON "uses" ("team_id", "file_id" DESC) INCLUDE ("licence", "retired_at");
CREATE INDEX "uses_by_licence" ON "uses" ("licence", "file_id" DESC) INCLUDE ("team_id", "retired_at");
CREATE INDEX "uses_retired" ON "uses" ("file_id" DESC) WHERE "retired_at" IS NOT NULL;
CREATE INDEX "download_days_by_day" ON "download_days" ("day") INCLUDE ("count", "bytes");
CREATE INDEX "files_sha256_prefix" ON "files" ("sha256" text_pattern_ops);
CREATE INDEX "misses_url_trigram" ON "misses" USING gin ("url" gin_trgm_ops);
-- The audit log is written once.
CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'audit entries are never changed or removed';
END $$;
CREATE TRIGGER "audit_entries_are_final" BEFORE UPDATE OR DELETE ON "audit_entries"
  FOR EACH ROW EXECUTE FUNCTION refuse_change();
