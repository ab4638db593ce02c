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
INSERT INTO public._prisma_migrations VALUES ('107f9f07-8afe-4260-a31a-8c2b3e485267', '4854569dd94dd6fe0e1a572f8cfd03a99d427f66f5a03644ef0e482b04c906c2', NULL, '20240102000000_b', 'ERROR: division by zero', NULL, '2026-11-22 22:41:20.371+00', 0);
ALTER TABLE ONLY public._prisma_migrations
    ADD CONSTRAINT _prisma_migrations_pkey PRIMARY KEY (id);
