-- Who removes pictures that no product names, since when, and what the last pass did: one row, for all replicas.
create table image_sweep (
  only_row    boolean primary key default true check (only_row),
  -- Written onto every picture uploaded: in a container of several shops each sweeps its own.
  shop_uid    uuid not null default gen_random_uuid(),
  -- When a pass may begin. While one runs this is its lease, which ends by itself when its process is killed.
  due_at      timestamptz not null default now(),
  holder      uuid,
  -- Where the storage's listing goes on, after a pass whose time was over.
  resume_from text,
  began_at    timestamptz,
  ended_at    timestamptz,
  report      json
);

insert into image_sweep default values;

-- In the order in which the storage lists names.
create index products_image_stem on products (image_stem collate "C") where image_stem is not null;
