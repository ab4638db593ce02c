CREATE TABLE public._prisma_migrations (
    id character varying(36) NOT NULL,
    checksum character varying(64) NOT NULL,
    finished_at timestamp with time zone,
    migration_name character varying(255) NOT NULL,
    logs text,
    rolled_back_at timestamp with time zone,
    started_at timestamp with time zone DEFAULT now() NOT NULL,
    applied_steps_count integer DEFAULT 0 NOT NULL
);
INSERT INTO public._prisma_migrations VALUES ('adaed158-b207-402f-ab4e-8c254bba47d9', 'd6907d6e6dff88c703661ca99d011ff827378e1a7cff8a37231f104426cd6c8c', '2026-11-22 22:39:55.652+00', '20240101000000_a', NULL, NULL, '2026-11-22 22:39:55.617+00', 1);
INSERT INTO public._prisma_migrations VALUES ('6e9bc556-aa0c-4991-9504-09a8c2cb4609', 'c9322aa2f46933cf946925d8fa0c17b4990b43344851f272f2b47ad5208e4e82', '2026-11-22 22:39:55.686+00', '20240102000000_b', NULL, NULL, '2026-11-22 22:39:55.669+00', 1);
ALTER TABLE ONLY public._prisma_migrations
    ADD CONSTRAINT _prisma_migrations_pkey PRIMARY KEY (id);
